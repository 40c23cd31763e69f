import { isConnectorError } from '../errors.ts';
import type { EventAttributes } from '../event-inbox/event-message.ts';
import { objectReadKey } from '../event-inbox/object-read.ts';
import { isObject } from '../is-object.ts';
import { memoizeByRef } from '../memoize.ts';
import type { Connector, ConnectorDeps } from '../operations/connector.ts';
import { retrieve } from '../operations/retrieve.ts';
import type { CallContext } from '../stripe/call-context.ts';
import { retrieveOrGone } from '../stripe/paginate.ts';
import type { StripeObject } from '../stripe/transport.ts';
import { stripSensitiveFields } from '../stripe/sensitive-fields.ts';
import { CoalescedReads, type StartRead } from './coalescing/coalesced-reads.ts';
import { SharedReads } from './coalescing/shared-reads.ts';
import { accountOf, eventTimeMs, objectIn, subjectOf, type StripeEvent } from './event.ts';

/**
 * Whether the message has the object's current state: `yes`; `no` if the settings do not require it; `gone` if the
 * object was deleted; `denied` if the key may not read it; `not offered` if the object cannot be read by its id.
 */
export type RefetchResult = EventAttributes['reread'];

export interface Refetched {
  readonly event: StripeEvent;
  readonly read: RefetchResult;
  /** When the object had this state: the time of the read, or of the event. Milliseconds since 1970. */
  readonly stateMs: number;
}

type Current = StripeObject | Exclude<RefetchResult, 'no' | 'yes'>;

/**
 * Returns the coalesced reads: within this instance (`instanceReads`), and over all instances (`sharedReads`). They are
 * kept by connector, because an instance has one connector.
 */
const readsOf = memoizeByRef(({ clock, deps }: Connector) => ({
  instanceReads: new CoalescedReads<Current>(clock),
  sharedReads: new SharedReads<Current>(deps.operations, clock),
}));

/**
 * Returns an event with the current state of its object as `data.object`, read within `maxMs` milliseconds. `events_refetch`
 * says whether the object is read. By default it is read for thin events, which do not contain an object. If it is not
 * read, the event is returned unchanged. The state is not older than the event, and not older than `sinceMs` in
 * milliseconds since 1970.
 * https://docs.stripe.com/events/how-events-work#thin-events
 */
export async function refetch(
  connector: Connector,
  event: StripeEvent,
  maxMs: number,
  sinceMs?: number,
): Promise<Refetched> {
  const { settings, deps, clock } = connector;
  const happenedMs = eventTimeMs(event, clock.epochMs());
  const asIs = (read: RefetchResult): Refetched => ({ event, read, stateMs: happenedMs });
  if (!(settings.eventsRefetch ?? event.object !== 'event')) return asIs('no');
  const { id, kind } = subjectOf(event);
  if (id === undefined || kind === undefined) return asIs('not offered');
  const account = accountOf(event) ?? settings.accountId;
  const call: CallContext = {
    name: `${event.type} (refetch)`,
    clock,
    deadlineAt: clock.monotonicMs() + maxMs,
    maxWaitMs: maxMs,
    outputFormat: 'native',
    // Waits in the class `bulk`, behind the calls of users.
    part: true,
    account,
  };
  const key = objectReadKey(account, kind, id);
  // The times of API v1 are whole seconds, so the event may have happened up to 999 ms later.
  const latestMs = happenedMs + (typeof event.created === 'number' ? 999 : 0);
  const neededMs = Math.max(latestMs, sinceMs ?? latestMs);
  const { value, readAtMs } = await coalescedRead(connector, key, neededMs, () =>
    currentObject(deps, event, { id, kind }, call),
  );
  if (value === 'not offered' || value === 'denied') return asIs(value);
  const object = value === 'gone' ? { ...(objectIn(event) ?? { id, object: kind }), deleted: true } : { ...value };
  const data = { ...(isObject(event.data) ? event.data : {}), object };
  return { event: { ...event, data }, read: value === 'gone' ? 'gone' : 'yes', stateMs: readAtMs };
}

/** Reads an object, or uses the read that this or another instance makes for another event of the object. */
function coalescedRead(
  connector: Connector,
  key: string,
  happenedMs: number,
  read: () => Promise<Current>,
): ReturnType<CoalescedReads<Current>['read']> {
  const { instanceReads, sharedReads } = readsOf(connector);
  const start: StartRead<Current> = (progress) =>
    // The local server is the only instance.
    connector.local
      ? sharedReads.readAlone({ ...progress, read })
      : sharedReads.read({ ...progress, key, happenedMs, read, storable });
  return instanceReads.read(key, happenedMs, start);
}

/** Returns an object without secrets, so that its read can be shared through the store. */
function storable(value: Current): Current {
  return typeof value === 'string' ? value : stripSensitiveFields(value);
}

/** Reads an object by its kind and id, or else by the path that the event names. */
async function currentObject(
  deps: ConnectorDeps,
  event: StripeEvent,
  { id, kind }: { readonly id: string; readonly kind: string },
  call: CallContext,
): Promise<Current> {
  const object = await retrieve(deps, kind, id, call).catch(classifyFailedRead);
  const path = event.related_object?.url;
  if (object !== 'not offered' || !isObjectPath(path, id)) return object;
  return retrieveOrGone(deps.stripe, { method: 'GET', path, params: {}, account: call.account }, call).catch(
    classifyFailedRead,
  );
}

/** Returns whether a value is the path of the object at Stripe, such as `/v1/accounts/acct_1/persons/person_1`. */
function isObjectPath(path: unknown, id: string): path is string {
  return typeof path === 'string' && /^\/v[12](?:\/\w[\w.-]*)+$/.test(path) && path.endsWith(`/${id}`);
}

/**
 * Classifies a failed read. If the object can never be read, its event is published unchanged. A transient error is
 * rethrown.
 */
function classifyFailedRead(cause: unknown): 'denied' | 'not offered' {
  if (!isConnectorError(cause)) throw cause;
  if (cause.status === 'PERMISSION_DENIED') return 'denied';
  if (cause.status === 'INVALID_ARGUMENT' || cause.status === 'NOT_FOUND') return 'not offered';
  throw cause;
}
