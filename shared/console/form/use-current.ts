import { useRef } from 'react';
import { rowsOfReply, runFunction, isSuccess, type OutputRow } from '../api/calls.ts';
import { useLoaded } from '../api/use-loaded.ts';
import type { FormTarget } from './target.ts';

/**
 * The object that an Update or a Delete changes, as it is after the call `round`; undefined before its id is complete. One
 * request to Stripe.
 */
export function useCurrent(target: FormTarget, entityId: string, round = 0): OutputRow | undefined {
  const wanted =
    target.kind === 'entity' &&
    (target.operation === 'Update' || target.operation === 'Delete') &&
    /^\w{6,}$/.test(entityId);
  const { data } = useLoaded(wanted ? `current ${target.entity} ${entityId} ${round}` : '', async () => {
    if (!wanted) return undefined;
    const reply = await runFunction({ functionName: 'get-entity', body: { entity: target.entity, entityId } });
    return isSuccess(reply) ? rowsOfReply(reply)[0] : undefined;
  });
  // After a call it is read again: until then the form shows what it was.
  const last = useRef<OutputRow>(undefined);
  if (data !== undefined) last.current = data;
  return data ?? (wanted && last.current?.['Id'] === entityId ? last.current : undefined);
}
