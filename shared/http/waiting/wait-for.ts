import { enumeration, type Entity } from '../../catalog/types.ts';
import { isOfTypes } from '../../config/event-type.ts';
import { invalidArgument, type FieldViolation } from '../../errors.ts';
import { awaitStatus, reachedStatus } from '../../event-inbox/await-status.ts';
import { isObject } from '../../is-object.ts';
import { DELETED_STATUS, waitStatuses } from '../../schema/wait-for-schema.ts';
import { currentActionRow, requireAction } from '../../operations/actions.ts';
import type { Connector, OperationResult } from '../../operations/connector.ts';
import { remainingMs, type CallContext } from '../../stripe/call-context.ts';

/** `{"status": ["succeeded"], "seconds": 40}`: the call is answered when an event has the object in such a status. */
export interface WaitFor {
  readonly status: readonly string[];
  readonly seconds: number;
}

/** What a call that waits works on. */
export interface WaitTarget {
  /** The entity, or undefined for an action. */
  readonly entity: string | undefined;
  readonly action: string | undefined;
  /** The object, where the request names it. */
  readonly objectId: string | undefined;
}

/** Clocks differ, and Stripe's times are whole seconds. */
const EVENT_CLOCK_MARGIN_MS = 5000;
/** What the response itself needs. */
const RESERVE_MS = 300;

/**
 * Event types that bring an object into a status, where its name is not the status. Other statuses come with the event
 * of their own name, or with any event of an object that has no such event. https://docs.stripe.com/api/events/types
 */
const EVENTS_OF_STATUS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  payment_intent: {
    requires_payment_method: ['payment_intent.payment_failed', 'payment_intent.created'],
    requires_confirmation: ['payment_intent.created'],
    requires_capture: ['payment_intent.amount_capturable_updated'],
  },
  setup_intent: {
    requires_payment_method: ['setup_intent.setup_failed', 'setup_intent.created'],
    requires_confirmation: ['setup_intent.created'],
  },
  invoice: {
    draft: ['invoice.created'],
    open: ['invoice.finalized', 'invoice.updated'],
    paid: ['invoice.paid', 'invoice.payment_succeeded', 'invoice.updated'],
    void: ['invoice.voided', 'invoice.updated'],
    uncollectible: ['invoice.marked_uncollectible', 'invoice.updated'],
  },
  quote: { draft: ['quote.created'], open: ['quote.finalized'] },
};

/** Checks a wait before the call. Throws INVALID_INPUT if it could not end by an event. */
export function checkWait(connector: Connector, target: WaitTarget, wait: WaitFor, deadlineMs: number): void {
  const { settings, deps } = connector;
  const violations: FieldViolation[] = [];
  if (wait.seconds * 1000 > deadlineMs - RESERVE_MS)
    violations.push({ field: 'waitFor.seconds', description: `is more than deadline_ms (${deadlineMs}) leaves` });
  if (settings.eventsTopic === undefined)
    violations.push({ field: 'waitFor', description: 'needs the events of Stripe; set events_topic' });
  const entity = deps.catalog.entity(entityName(connector, target));
  for (const status of wait.status) {
    if (!waitStatuses(entity).includes(status))
      violations.push({ field: 'waitFor.status', description: `${status} is not a status of ${entity.entity}` });
    else if (!typesBringing(connector, entity, status).some((type) => isOfTypes(type, settings.eventTypes)))
      violations.push({ field: 'waitFor.status', description: `no type of event_types brings ${status}` });
  }
  if (settings.eventPayload === 'thin' && settings.eventsRefetch === false)
    violations.push({
      field: 'waitFor',
      description: 'needs events with a status; thin ones have none without events_refetch',
    });
  if (target.action === undefined && target.entity !== undefined && target.objectId === '')
    violations.push({ field: 'waitFor', description: 'needs one object: entityId, not a filterClause' });
  if (violations.length > 0) throw invalidArgument(violations);
}

function entityName({ deps }: Connector, { entity, action }: WaitTarget): string {
  return entity ?? requireAction(deps.catalog, action ?? '').entity;
}

function typesBringing({ deps }: Connector, { object }: Entity, status: string): string[] {
  const all = enumeration(deps.catalog.entity('Event').fields['type']?.type)?.map(String) ?? [];
  if (status === DELETED_STATUS) return all.filter((name) => `.${name}`.endsWith(`.${object}.deleted`));
  const named = EVENTS_OF_STATUS[object ?? '']?.[status] ?? [`${object}.${status}`];
  const known = named.filter((name) => all.includes(name));
  // `subscription` has its events below another name: customer.subscription.updated.
  return known.length > 0 ? known : all.filter((name) => `.${name}`.includes(`.${object}.`));
}

/**
 * Waits after a write until an event has its object in a wanted status, and adds `waitFor` to the response: whether it
 * was reached, the status and the event. An action's row is then read again. The write itself is done, so nothing that
 * happens here changes its effect.
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
  const written = isObject(row) ? row : {};
  const objectId = [written['id'], written['Id'], target.objectId].find((id) => typeof id === 'string' && id !== '');
  const report = (status: unknown, event: string | null, more: object = {}): OperationResult => ({
    ...result,
    body: { ...result.body, ...more, waitFor: { reached: wait.status.includes(String(status)), status, event } },
  });
  const now = written['status'] ?? null;
  if (typeof objectId !== 'string' || wait.status.includes(String(now))) return report(now, null);
  const entry = await awaitStatus(inbox, clock, {
    objectId,
    account: call.account ?? '',
    statuses: wait.status,
    // A repeated call waits for what its first attempt caused, so its event may have arrived long ago.
    sinceMs: call.responseFlags?.has('replayed') === true ? 0 : startedMs - EVENT_CLOCK_MARGIN_MS,
    waitMs: Math.min(wait.seconds * 1000, remainingMs(call) - RESERVE_MS),
  });
  if (entry === undefined) return report(now, null);
  const status = reachedStatus(entry, wait.status);
  if (target.action === undefined) return report(status, entry.id);
  const current = await currentActionRow(deps, target.action, objectId, call).catch(() => undefined);
  return report(status, entry.id, current === undefined ? {} : { connectorOutputPayload: [current] });
}
