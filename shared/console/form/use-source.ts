import { rowsOfReply, runFunction, isSuccess, type OutputRow } from '../api/calls.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { useCatalog } from '../shell/console-context.tsx';

/** Inputs with the id of the object whose money a call moves, such as the payment of a refund. */
const SOURCES = ['PaymentIntent', 'Charge', 'Invoice', 'PaymentIntentId', 'ChargeId', 'InvoiceId'] as const;

export interface MoneySource {
  readonly entity: string;
  readonly row: OutputRow;
}

/**
 * The object whose money the call moves. It is read when the text looks like a whole id, and again when
 * `lastCallNumber` changes.
 */
export function useMoneySource(
  payload: Readonly<Record<string, unknown>>,
  lastCallNumber = 0,
): MoneySource | undefined {
  const { entities } = useCatalog();
  const input = SOURCES.find((name) => typeof payload[name] === 'string' && /^[a-z]+_\w{6,}$/.test(payload[name]));
  const entity = input?.replace(/Id$/, '');
  const id = input === undefined ? '' : String(payload[input]);
  const isOffered = entities.some(({ name, operations }) => name === entity && operations.includes('Get'));
  const { data } = useLoaded(isOffered ? `source ${id} ${lastCallNumber}` : '', async () => {
    if (entity === undefined || !isOffered) return undefined;
    const reply = await runFunction({ functionName: 'get-entity', body: { entity, entityId: id } });
    const [row] = isSuccess(reply) ? rowsOfReply(reply) : [];
    return row === undefined ? undefined : { entity, row };
  });
  return data;
}
