/** The statuses that `waitFor` may name: those that a subscribed event reports, by family, type and status together. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DELETED_STATUS, documentedStatuses, eventsOfStatus } from '../../shared/catalog/events/status-events.ts';
import { sharedType } from '../../shared/config/event-type.ts';
import { subscribableTypes } from '../../shared/config/subscriptions.ts';
import { ConnectorError } from '../../shared/errors.ts';
import { actionHandler, entityHandler } from '../../shared/http/operation-handlers.ts';
import { waitStatuses } from '../../shared/schema/wait-for-schema.ts';
import { CATALOG } from '../support/connector-deps.ts';
import { testConnector } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const TYPES = subscribableTypes(CATALOG);
const SHARED_TYPES = new Set([...TYPES.snapshot, ...TYPES.thin.map(sharedType)]);

/** The message of a rejected wait; undefined if it is accepted. Nothing is sent to Stripe. */
function rejection(settings: object, target: string, status: string): string | undefined {
  const stripe = fakeStripe(() => ({ id: 'x' }));
  const connector = testConnector({ clock: new VirtualClock(), stripe, settings });
  const [name = '', operation] = target.split(' ');
  const waitFor = { status: [status], seconds: 10 };
  const terms = { operationId: 'op', deadlineMs: 50_000, responseFlags: new Set<string>() };
  try {
    if (operation === undefined)
      actionHandler(name).prepare(connector, { connectorInputPayload: { [idInput(name)]: 'x_1' }, waitFor }, terms);
    else if (operation === 'Create')
      entityHandler('Create').prepare(connector, { entity: name, connectorInputPayload: {}, waitFor }, terms);
    else
      entityHandler(operation === 'Delete' ? 'Delete' : 'Update').prepare(
        connector,
        { entity: name, entityId: 'x_1', ...(operation === 'Update' ? { connectorInputPayload: {} } : {}), waitFor },
        terms,
      );
    return undefined;
  } catch (error) {
    assert.ok(error instanceof ConnectorError && error.status === 'INVALID_ARGUMENT', String(error));
    return error.message;
  } finally {
    assert.equal(stripe.requests.length, 0);
  }
}
const idInput = (action: string): string => `${action.replace(/^[A-Z][a-z]+/, '')}Id`;

const ANY = {};
const selecting = (...types: string[]): object => ({ event_types: types });
const NO_REFETCH = { events_refetch: false };
const CASES: readonly (readonly [string, object, string, string, RegExp | undefined])[] = [
  // One type brings the statuses that the object has when it is sent.
  ['its own type', selecting('payment_intent.succeeded'), 'ConfirmPaymentIntent', 'succeeded', undefined],
  [
    'the type of another status',
    selecting('payment_intent.created', 'payment_intent.canceled'),
    'ConfirmPaymentIntent',
    'succeeded',
    /no type of event_types reports succeeded of PaymentIntent; add payment_intent\.succeeded$/,
  ],
  [
    'a subscription that ends',
    selecting('customer.subscription.deleted'),
    'Subscription Update',
    'active',
    /reports active .*; add customer\.subscription\.created or customer\.subscription\.updated or v1\.customer\.subscription\.active or /,
  ],
  [
    'a subscription that changes',
    selecting('customer.subscription.updated'),
    'Subscription Update',
    'active',
    undefined,
  ],
  [
    'an update does not end a subscription',
    selecting('customer.subscription.updated'),
    'Subscription Update',
    'canceled',
    /add customer\.subscription\.deleted$/,
  ],
  [
    "another object's type",
    selecting('financial_connections.account.disconnected', 'reserve.plan.created', 'application_fee.refund.updated'),
    'Refund Create',
    'succeeded',
    /add refund\.created or refund\.updated or charge\.refund\.updated$/,
  ],
  // Thin events.
  ['thin', selecting('v1.payment_intent.succeeded'), 'ConfirmPaymentIntent', 'succeeded', undefined],
  ['all thin events', selecting('v1.*'), 'ConfirmPaymentIntent', 'succeeded', undefined],
  [
    'thin without an object',
    { ...selecting('v1.payment_intent.*'), ...NO_REFETCH },
    'ConfirmPaymentIntent',
    'succeeded',
    /succeeded is reported by thin events \(payment_intent\.succeeded\), which have no status without events_refetch/,
  ],
  [
    'all thin events without an object',
    { ...selecting('v1.*'), ...NO_REFETCH },
    'ConfirmPaymentIntent',
    'succeeded',
    /without events_refetch/,
  ],
  [
    'every type as a thin event without an object',
    { event_payload: 'thin', ...NO_REFETCH },
    'ConfirmPaymentIntent',
    'succeeded',
    /without events_refetch/,
  ],
  ['every type as a thin event', { event_payload: 'thin' }, 'ConfirmPaymentIntent', 'succeeded', undefined],
  ['a snapshot without a read', NO_REFETCH, 'ConfirmPaymentIntent', 'succeeded', undefined],
  [
    'one status by a snapshot, another by a thin event without an object',
    { ...selecting('payment_intent.succeeded', 'v1.payment_intent.canceled'), ...NO_REFETCH },
    'ConfirmPaymentIntent',
    'canceled',
    /canceled is reported by thin events/,
  ],
  [
    'a type that only thin events have, which no pattern of snapshots selects',
    { ...selecting('customer.subscription.paused', 'v1.customer.subscription.active') },
    'Subscription Update',
    'past_due',
    /add customer\.subscription\.updated or v1\.customer\.subscription\.past_due$/,
  ],
  ['that type', selecting('v1.customer.subscription.past_due'), 'Subscription Update', 'past_due', undefined],
  // The type alone reports a deletion.
  ['a deletion', selecting('customer.deleted'), 'Customer Delete', 'deleted', undefined],
  ['a thin deletion', { ...selecting('v1.customer.deleted'), ...NO_REFETCH }, 'Customer Delete', 'deleted', undefined],
  ['a deletion by another type', selecting('customer.updated'), 'Customer Delete', 'deleted', /add customer\.deleted$/],
  ['a source of a customer', selecting('customer.source.deleted'), 'CustomerSource Delete', 'deleted', undefined],
  [
    'a person of API v2',
    selecting('v2.core.account_person.deleted'),
    'V2.Core.AccountPerson Delete',
    'deleted',
    undefined,
  ],
  // Stripe names their types differently from their objects, or has them as thin events only.
  ['a card', ANY, 'Issuing.Card Update', 'canceled', undefined],
  ['a cardholder', ANY, 'Issuing.Cardholder Update', 'blocked', undefined],
  ['an authorization', ANY, 'Issuing.Authorization Update', 'closed', undefined],
  ['a dispute of a card', ANY, 'Issuing.Dispute Create', 'won', undefined],
  ['a token', ANY, 'Issuing.Token Update', 'suspended', undefined],
  ['a design', ANY, 'Issuing.PersonalizationDesign Update', 'rejected', undefined],
  [
    'a card without its types',
    selecting('payment_intent.*'),
    'Issuing.Card Update',
    'canceled',
    /add issuing_card\.updated$/,
  ],
  ['an object of API v2', ANY, 'V2.MoneyManagement.OutboundPayment Create', 'posted', undefined],
  [
    'an object of API v2 without its types',
    selecting('v2.core.*'),
    'V2.MoneyManagement.OutboundPayment Create',
    'posted',
    /add v2\.money_management\.outbound_payment\.posted$/,
  ],
  [
    'an object of API v2 without a read',
    NO_REFETCH,
    'V2.MoneyManagement.OutboundPayment Create',
    'posted',
    /without events_refetch/,
  ],
  // Statuses of a text field.
  ['a payout', ANY, 'Payout Create', 'paid', undefined],
  ['a report', ANY, 'Reporting.ReportRun Create', 'succeeded', undefined],
  [
    'a status that no text names',
    ANY,
    'Payout Create',
    'gone',
    /gone is not a status of Payout; it has canceled, failed/,
  ],
  // Stripe has no event, so a wait is never answered.
  ['a registration', ANY, 'Tax.Registration Create', 'active', /Stripe sends no event that reports active of Tax/],
  [
    'an adjustment',
    ANY,
    'Billing.MeterEventAdjustment Create',
    'complete',
    /Stripe sends no event that reports complete/,
  ],
  ['an adjustment of API v2', ANY, 'V2.Billing.MeterEventAdjustment Create', 'complete', /sends no event that reports/],
  ['a setup that is processed', ANY, 'SetupIntent Update', 'processing', /sends no event that reports processing/],
  ['an open session', ANY, 'Checkout.Session Update', 'open', /sends no event that reports open of Checkout\.Session/],
  ['a domain', ANY, 'ApplePayDomain Delete', 'deleted', /sends no event that reports deleted of ApplePayDomain/],
  ['no status at all', ANY, 'Coupon Update', 'paid', /paid is not a status of Coupon, which has none/],
];
for (const [name, settings, target, status, message] of CASES)
  test(`${target} until ${status}, ${name}: ${message === undefined ? 'accepted' : 'rejected'}`, () => {
    const rejected = rejection(settings, target, status);
    if (message === undefined) assert.equal(rejected, undefined);
    else assert.match(rejected ?? 'accepted', message);
  });

test('adding the types that a rejection names makes the wait possible', () => {
  const failures: string[] = [];
  for (const name of CATALOG.names()) {
    if (CATALOG.entity(name).operations.Update === undefined) continue;
    for (const status of waitStatuses(CATALOG.entity(name))) {
      const message =
        rejection(selecting('entitlements.active_entitlement_summary.updated'), `${name} Update`, status) ?? '';
      const types = /; add (.*)$/.exec(message)?.[1]?.split(' or ') ?? [];
      for (const type of types)
        if (rejection(selecting(type), `${name} Update`, status) !== undefined)
          failures.push(`${name} ${status} ${type}`);
      if (types.length === 0) failures.push(`${name} ${status}: ${message}`);
    }
  }
  assert.deepEqual(failures, []);
});

/** The objects of the types of stripe-node: `issuing_card.updated` -> `Issuing.Card`, `v2....` -> `V2.Core.Account`. */
function objectsOfTypes(): Map<string, string> {
  const read = (file: string): string => readFileSync(`node_modules/stripe/esm/resources/${file}.d.ts`, 'utf8');
  const objects = new Map<string, string>();
  const snapshots = read('Events');
  for (const [, name = '', type = ''] of snapshots.matchAll(
    /interface (\w+)Event extends EventBase \{\s+type: '([^']+)'/g,
  )) {
    const start = snapshots.indexOf(`namespace ${name}Event {`);
    const object = /object: ([\w.]+);/.exec(snapshots.slice(start, start + 400))?.[1];
    if (object !== undefined) objects.set(type, object);
  }
  const thin =
    /interface \w+Event extends EventBase \{\s+type: '([^']+)';[^}]*?fetchRelatedObject\(\): Promise<([\w.]+)>/g;
  for (const [, type = '', object = ''] of read('V2/Core/Events').matchAll(thin))
    if (!objects.has(sharedType(type))) objects.set(sharedType(type), object.replace(/^V1/, ''));
  return objects;
}
const OBJECTS = objectsOfTypes();
const PARENTS: Readonly<Record<string, string>> = {
  BankAccount: 'ExternalAccount',
  Card: 'ExternalAccount',
};
const entityObject = (name: string): string =>
  PARENTS[name] ?? name.replace(/^TestHelpers\.(?!TestClock)/, '').replace(/^V2\./, '');

test('every type that brings a status is one of Stripe, about that object', () => {
  assert.ok(OBJECTS.size > 300, `${OBJECTS.size} types`);
  for (const name of CATALOG.names()) {
    const entity = CATALOG.entity(name);
    for (const status of waitStatuses(entity))
      for (const type of eventsOfStatus(entity, status)) {
        assert.ok(SHARED_TYPES.has(type), `${name} ${status}: ${type}`);
        assert.equal(OBJECTS.get(type), entityObject(name), `${name} ${status}: ${type}`);
      }
  }
});

/**
 * Objects with a status whose events never show a change of it: by their descriptions they are about something else.
 */
const UNRELATED_EVENTS: readonly string[] = ['Terminal.Reader'];

test('an object that is written, has a status and has events can be waited for', () => {
  const withEvents = new Set(OBJECTS.values());
  for (const name of CATALOG.names()) {
    const entity = CATALOG.entity(name);
    const { Create, Update, Delete } = entity.operations;
    const writes = Create ?? Update ?? Delete;
    if (writes === undefined || entity.fields['status'] === undefined || !withEvents.has(entityObject(name))) continue;
    const isRelated = !UNRELATED_EVENTS.includes(name);
    assert.equal(
      waitStatuses(entity).some((status) => status !== DELETED_STATUS),
      isRelated,
      name,
    );
  }
});

test('a text field has the statuses that its events bring', () => {
  assert.deepEqual(documentedStatuses(CATALOG.entity('Payout')), [
    'canceled',
    'failed',
    'in_transit',
    'paid',
    'pending',
  ]);
});
