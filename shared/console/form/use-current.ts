import { useRef } from 'react';
import { rowsOfReply, runFunction, isSuccess, type OutputRow } from '../api/calls.ts';
import { useLoaded } from '../api/use-loaded.ts';
import type { FormTarget } from './target.ts';

/**
 * The object that an Update or a Delete changes. One request to Stripe reads the object when the text looks like a
 * whole id, and again after each call: `lastCallNumber` is the number of the last call.
 */
export function useCurrent(target: FormTarget, entityId: string, lastCallNumber = 0): OutputRow | undefined {
  const isRead =
    target.kind === 'entity' &&
    (target.operation === 'Update' || target.operation === 'Delete') &&
    /^\w{6,}$/.test(entityId);
  const { data } = useLoaded(isRead ? `current ${target.entity} ${entityId} ${lastCallNumber}` : '', async () => {
    if (!isRead) return undefined;
    const reply = await runFunction({ functionName: 'get-entity', body: { entity: target.entity, entityId } });
    return isSuccess(reply) ? rowsOfReply(reply)[0] : undefined;
  });
  // While the object is read again, the form shows its previous values.
  const last = useRef<OutputRow>(undefined);
  if (data !== undefined) last.current = data;
  return data ?? (isRead && last.current?.['Id'] === entityId ? last.current : undefined);
}
