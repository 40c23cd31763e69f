import { DELETED_STATUS } from '../../catalog/events/status-events.ts';
import { invalidArgument, type FieldViolation } from '../../errors.ts';
import { awaitStatus, reachedStatus } from '../../event-inbox/await-status.ts';
import { awaitObject, objectReadKey } from '../../event-inbox/object-read.ts';
import type { InboxEntry } from '../../event-inbox/store.ts';
import { isObject } from '../../is-object.ts';
import { currentActionRow, requireAction } from '../../operations/actions.ts';
import type { Connector, OperationResult } from '../../operations/connector.ts';
import { retrieve } from '../../operations/retrieve.ts';
import { MS_US } from '../../ports/time-units.ts';
import { remainingMs, type CallContext } from '../../stripe/call-context.ts';
import type { StripeObject } from '../../stripe/transport.ts';
import { changeKey } from '../cloud-event.ts';
import { readsForStatus, unreachableReason } from './reachable.ts';
import { writeTime } from './write-time.ts';

/**
 * Delays the response until an event shows the object in one of the statuses: `{"status": ["succeeded"], "seconds":
 * 40}`.
 */
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

/** Checks a wait before the call. Throws INVALID_INPUT if no event could end it. */
export function checkWait(connector: Connector, target: WaitTarget, wait: WaitFor, deadlineMs: number): void {
  const { settings, deps } = connector;
  const violations: FieldViolation[] = [];
  if (wait.seconds * 1000 > deadlineMs - RESPONSE_MS)
    violations.push({ field: 'waitFor.seconds', description: `is more time than deadline_ms (${deadlineMs}) leaves` });
  if (settings.eventsTopic === undefined)
    violations.push({ field: 'waitFor', description: 'needs the events of Stripe; set events_topic' });
  const entity = deps.catalog.entity(entityName(connector, target));
  for (const status of wait.status) {
    const description = unreachableReason(connector, entity, status);
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
 * Waits after a write until an event shows the object in one of the statuses. It adds `waitFor` to the response:
 * whether a status was reached, the status, and the id of the event. It reads the object again at most once: for the
 * row of an action, or to confirm an event that may be older than the write. It ignores a failure of that read, because
 * the write has already taken effect.
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
  const row = firstRow(result);
  const objectId = [row['id'], row['Id'], target.objectId].find((id) => typeof id === 'string' && id !== '');
  const report = (status: unknown, event: string | null, otherFields: object = {}): OperationResult => ({
    ...result,
    body: { ...result.body, ...otherFields, waitFor: { reached: wait.status.includes(String(status)), status, event } },
  });
  const written = call.written?.object;
  // The row of an entity operation has only the id, so its status comes from Stripe's response to the write.
  const currentStatus = row['status'] ?? (written?.id === objectId ? written?.status : undefined) ?? null;
  if (typeof objectId !== 'string' || wait.status.includes(String(currentStatus))) return report(currentStatus, null);
  const entity = deps.catalog.entity(entityName(connector, target));
  const kind = written?.id === objectId && typeof written.type === 'string' ? written.type : entity.object;
  const { createdMs, receivedMs, certainMs } = writeTime(call, startedMs);
  const waitMs = Math.min(wait.seconds * 1000, remainingMs(call) - RESPONSE_MS);
  const account = call.account ?? '';
  const isOfWrite = (event: InboxEntry): boolean => isCausedByWrite(event, call);
  let read: StripeObject | 'gone' | 'not offered' | undefined;
  const readOnce = async (): Promise<typeof read> => (read ??= await rereadObject(connector, kind, objectId, call));
  const [entry] = await Promise.all([
    awaitStatus(inbox, clock, {
      objectId,
      account,
      statuses: wait.status,
      createdMs,
      receivedMs,
      waitMs,
      isAfterWrite: (event) => event.createdMs >= certainMs || isOfWrite(event),
      confirm: async () => {
        const now = objectStatus(await readOnce());
        // If the object cannot be read, the status of the event is accepted.
        return now === undefined || wait.status.includes(now);
      },
    }),
    kind !== null && wait.status.some((status) => readsForStatus(connector, entity, status))
      ? announceWait(connector, objectReadKey(call.account, kind, objectId), waitMs)
      : undefined,
  ]);
  if (entry === undefined) return report(currentStatus, null);
  const reached = reachedStatus(entry, wait.status);
  const confirmed = objectStatus(read);
  // The read is not used if it showed another status and a later event ended the wait. The result then has the status
  // of that event and the row of the write.
  const mayUseRead = read === undefined || (confirmed !== undefined && wait.status.includes(confirmed));
  const status = read !== undefined && mayUseRead ? confirmed : reached;
  if (target.action === undefined || !mayUseRead) return report(status, entry.id);
  const current = await readOnce();
  return typeof current === 'string' || current === undefined
    ? report(status, entry.id)
    : report(status, entry.id, {
        connectorOutputPayload: [currentActionRow(deps, target.action, current, call)],
      });
}

/** Returns the first row of a result, or an empty object if the result has no row. */
function firstRow({ body }: OperationResult): Readonly<Record<string, unknown>> {
  const payload: unknown = body['connectorOutputPayload'];
  const row: unknown = Array.isArray(payload) ? payload[0] : payload;
  return isObject(row) ? row : {};
}

/** Returns whether the request of the call's write caused an event. */
function isCausedByWrite({ type, objectId, account, changekey }: InboxEntry, { written }: CallContext): boolean {
  const cause = written?.requestId;
  return cause !== undefined && changekey === changeKey({ account, objectId, type, cause });
}

/**
 * Tells all instances that a call waits for an object, so that they read the object without a pause when an event of it
 * arrives. A failure is ignored, because it only makes the wait longer.
 */
async function announceWait({ deps }: Connector, readKey: string, waitMs: number): Promise<void> {
  await deps.operations.update(readKey, awaitObject(waitMs * MS_US)).catch(() => undefined);
}

/** Reads an object again. Returns `not offered` if the kind of the object is unknown, or if the read fails. */
function rereadObject(
  { deps }: Connector,
  kind: string | null,
  id: string,
  call: CallContext,
): Promise<StripeObject | 'gone' | 'not offered'> {
  // Without an operationId, the read returns the current object. With the write's id it would return the recorded
  // result.
  const { operationId: _, ...readCall } = call;
  if (kind === null) return Promise.resolve('not offered');
  return retrieve(deps, kind, id, readCall).catch(() => 'not offered' as const);
}

/**
 * Returns the status of an object, `deleted` if the object is deleted, or an empty text if the object has no status.
 * Undefined if the object was not or could not be read.
 */
function objectStatus(object: StripeObject | 'gone' | 'not offered' | undefined): string | undefined {
  if (object === undefined || object === 'not offered') return undefined;
  if (object === 'gone' || object['deleted'] === true) return DELETED_STATUS;
  return typeof object['status'] === 'string' ? object['status'] : '';
}
