import { invalidArgument, type FieldViolation } from '../../errors.ts';
import { awaitStatus, reachedStatus } from '../../event-inbox/await-status.ts';
import { isObject } from '../../is-object.ts';
import { currentActionRow, requireAction } from '../../operations/actions.ts';
import type { Connector, OperationResult } from '../../operations/connector.ts';
import { remainingMs, type CallContext } from '../../stripe/call-context.ts';
import { unreachable } from './reachable.ts';

/** Delays the response until an event shows the object in one of the statuses: `{"status": ["succeeded"], "seconds": 40}`. */
export interface WaitFor {
  readonly status: readonly string[];
  readonly seconds: number;
}

/** The target of a call that waits. */
export interface WaitTarget {
  /** The entity, or undefined for an action. */
  readonly entity: string | undefined;
  readonly action: string | undefined;
  /** The id of the object if the request contains it. Empty for a clause, which may match many objects. */
  readonly objectId: string | undefined;
}

/** Time reserved for the response. */
const RESPONSE_MS = 300;
/** How far the clocks of Stripe, of an instance and of the store may differ. */
const MAX_CLOCK_SKEW_MS = 100;
/** Stripe's `created` of a snapshot event is in whole seconds. https://docs.stripe.com/api/events/object */
const EVENT_TIME_RESOLUTION_MS = 1000;

/** Checks a wait before the call. Throws INVALID_INPUT if no event could end it. */
export function checkWait(connector: Connector, target: WaitTarget, wait: WaitFor, deadlineMs: number): void {
  const { settings, deps } = connector;
  const violations: FieldViolation[] = [];
  if (wait.seconds * 1000 > deadlineMs - RESPONSE_MS)
    violations.push({ field: 'waitFor.seconds', description: `is more than deadline_ms (${deadlineMs}) leaves` });
  if (settings.eventsTopic === undefined)
    violations.push({ field: 'waitFor', description: 'needs the events of Stripe; set events_topic' });
  const entity = deps.catalog.entity(entityName(connector, target));
  for (const status of wait.status) {
    const description = unreachable(connector, entity, status);
    if (description !== undefined) violations.push({ field: 'waitFor.status', description });
  }
  if (target.action === undefined && target.entity !== undefined && target.objectId === '')
    violations.push({ field: 'waitFor', description: 'needs one object: entityId, not a filterClause' });
  if (violations.length > 0) throw invalidArgument(violations);
}

function entityName({ deps }: Connector, { entity, action }: WaitTarget): string {
  return entity ?? requireAction(deps.catalog, action ?? '').entity;
}

/**
 * Waits after a write until an event shows the object in one of the statuses. It adds `waitFor` to the response: whether a
 * status was reached, the status and the event. The row of an action is then read again. The write has already taken
 * effect, so no error is thrown here.
 */
export async function waitAfter(
  connector: Connector,
  target: WaitTarget,
  wait: WaitFor,
  result: OperationResult,
  call: CallContext,
  startedMs: number,
): Promise<OperationResult> {
  const { deps, clock, inbox } = connector;
  const payload: unknown = result.body['connectorOutputPayload'];
  const row: unknown = Array.isArray(payload) ? payload[0] : payload;
  const object = isObject(row) ? row : {};
  const objectId = [object['id'], object['Id'], target.objectId].find((id) => typeof id === 'string' && id !== '');
  const report = (status: unknown, event: string | null, otherFields: object = {}): OperationResult => ({
    ...result,
    body: { ...result.body, ...otherFields, waitFor: { reached: wait.status.includes(String(status)), status, event } },
  });
  const written = call.written?.object;
  // The row of an entity has the id alone.
  const currentStatus = object['status'] ?? (written?.id === objectId ? written?.status : undefined) ?? null;
  if (typeof objectId !== 'string' || wait.status.includes(String(currentStatus))) return report(currentStatus, null);
  const writtenMs = writtenAtMs(call, startedMs);
  // A repeated call knows the time of the store, which is a server's as Stripe's is.
  const stripeAheadMs = call.written?.repeatedMs === undefined ? (call.written?.stripeAheadMs ?? 0) : 0;
  const entry = await awaitStatus(inbox, clock, {
    objectId,
    account: call.account ?? '',
    statuses: wait.status,
    createdMs: Math.floor((writtenMs + stripeAheadMs) / EVENT_TIME_RESOLUTION_MS) * EVENT_TIME_RESOLUTION_MS,
    receivedMs: writtenMs,
    waitMs: Math.min(wait.seconds * 1000, remainingMs(call) - RESPONSE_MS),
  });
  if (entry === undefined) return report(currentStatus, null);
  const status = reachedStatus(entry, wait.status);
  if (target.action === undefined) return report(status, entry.id);
  const current = await currentActionRow(deps, target.action, objectId, call).catch(() => undefined);
  return report(status, entry.id, current === undefined ? {} : { connectorOutputPayload: [current] });
}

/** Returns when the write took effect at the earliest. A repeated call wrote in its first attempt, perhaps long ago. */
function writtenAtMs({ written }: CallContext, startedMs: number): number {
  return (written?.repeatedMs ?? written?.sentMs ?? startedMs) - MAX_CLOCK_SKEW_MS;
}
