import { enumeration, type Entity } from '../../catalog/types.ts';
import { isOfTypes } from '../../config/event-type.ts';
import { invalidArgument, type FieldViolation } from '../../errors.ts';
import { awaitStatus, reachedStatus } from '../../event-inbox/await-status.ts';
import { isObject } from '../../is-object.ts';
import { DELETED_STATUS, waitStatuses } from '../../schema/wait-for-schema.ts';
import { currentActionRow, requireAction } from '../../operations/actions.ts';
import type { Connector, OperationResult } from '../../operations/connector.ts';
import { remainingMs, type CallContext } from '../../stripe/call-context.ts';

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

/** Margin for events before the call, because clocks differ and Stripe's times are whole seconds. */
const EVENT_CLOCK_MARGIN_MS = 5000;
/** Time reserved for the response. */
const RESPONSE_MS = 300;

/**
 * Types of events that report a status, if the type does not end with the name of the status. Any other status is reported
 * by the event with its name, or if there is none by any event of the object. https://docs.stripe.com/api/events/types
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
    if (!waitStatuses(entity).includes(status))
      violations.push({ field: 'waitFor.status', description: `${status} is not a status of ${entity.entity}` });
    else if (!eventTypesOf(connector, entity, status).some((type) => isOfTypes(type, settings.eventTypes)))
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

function eventTypesOf({ deps }: Connector, { object }: Entity, status: string): string[] {
  const all = enumeration(deps.catalog.entity('Event').fields['type']?.type)?.map(String) ?? [];
  if (status === DELETED_STATUS) return all.filter((name) => `.${name}`.endsWith(`.${object}.deleted`));
  const expected = EVENTS_OF_STATUS[object ?? '']?.[status] ?? [`${object}.${status}`];
  const known = expected.filter((name) => all.includes(name));
  // The events of `subscription` have a longer name: customer.subscription.updated.
  return known.length > 0 ? known : all.filter((name) => `.${name}`.includes(`.${object}.`));
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
  const currentStatus = object['status'] ?? null;
  if (typeof objectId !== 'string' || wait.status.includes(String(currentStatus))) return report(currentStatus, null);
  const entry = await awaitStatus(inbox, clock, {
    objectId,
    account: call.account ?? '',
    statuses: wait.status,
    // The event of a repeated call may have arrived after its first attempt, long ago.
    sinceMs: call.responseFlags?.has('replayed') === true ? 0 : startedMs - EVENT_CLOCK_MARGIN_MS,
    waitMs: Math.min(wait.seconds * 1000, remainingMs(call) - RESPONSE_MS),
  });
  if (entry === undefined) return report(currentStatus, null);
  const status = reachedStatus(entry, wait.status);
  if (target.action === undefined) return report(status, entry.id);
  const current = await currentActionRow(deps, target.action, objectId, call).catch(() => undefined);
  return report(status, entry.id, current === undefined ? {} : { connectorOutputPayload: [current] });
}
