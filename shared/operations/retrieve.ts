import type { StripeObject } from '../stripe/transport.ts';
import type { Call } from '../stripe/call-context.ts';
import type { ConnectorParts } from './connector.ts';
import { objectNow } from '../stripe/paginate.ts';
import { addressed, planEntity } from './request/entity-request.ts';

/** An object as Stripe has it now; `gone` where it was deleted, `not offered` where Stripe has no way to read one alone. */
export async function readObject(
  parts: ConnectorParts,
  kind: string,
  id: string,
  call: Call,
): Promise<StripeObject | 'gone' | 'not offered'> {
  // `checkout.session`, `payment_intent`, `invoiceitem`: names are found whatever their case.
  const name = parts.catalogue.nameOf(kind.replaceAll('_', ''));
  if (name === undefined || !parts.catalogue.operationsOf(name).includes('Get')) return 'not offered';
  const entity = parts.catalogue.entity(name);
  const row = entity.operations.Get;
  if (row === undefined || !/^[^{]*\{id\}$/.test(row.path)) return 'not offered';
  return objectNow(
    parts.door,
    addressed(planEntity('Get', entity, row, id, {}, { strict: parts.strict }).request, call),
    call,
  );
}
