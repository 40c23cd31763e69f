import * as z from 'zod/mini';
import { lazy } from '../memoize.ts';

const MESSAGE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/**
 * The attributes of the message of a Stripe event: those for subscription filters, and those of the CloudEvent in
 * binary mode. `stripe-events` builds its messages from this type, and the function `connection` serves its JSON
 * Schema. The tests validate every published message against the schema.
 * https://github.com/google/knative-gcp/blob/main/docs/spec/pubsub-protocol-binding.md
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#required-attributes
 */
const eventAttributes = lazy(() => {
  const text = (description: string): z.ZodMiniString => z.string().check(z.describe(description));
  const time = (description: string): z.ZodMiniString =>
    z.string().check(z.regex(MESSAGE_TIME), z.describe(description));
  const flag = (description: string) => z.enum(['true', 'false']).check(z.describe(description));
  return z.strictObject({
    type: text('the type of the change, equal for snapshot, thin and v2 events: customer.updated'),
    originalType: text("Stripe's own type: customer.updated, or v1.customer.updated for a thin event"),
    resource: text('what the type is about: customer'),
    family: z
      .enum(['snapshot', 'thin', 'v2'])
      .check(z.describe('how Stripe sent the event: snapshot, thin, or v2 for an object of API v2')),
    changekey: z
      .string()
      .check(z.regex(/^[0-9a-f]{32}$/), z.describe('equal for all events of one change, snapshot or thin')),
    livemode: flag('whether the event is of live mode'),
    apiVersion: text('API version of a snapshot; empty for thin events and for snapshots that name none'),
    apiVersionMatches: flag("whether that is the connection's API version"),
    reread: z
      .enum(['no', 'yes', 'gone', 'denied', 'not offered'])
      .check(
        z.describe(
          'whether data.object is the current state: gone if it was deleted, denied if the key may not read it, not offered if it cannot be read by its id',
        ),
      ),
    stateTime: time('when the object had the published state; the later of two messages has the newer state'),
    account: z.optional(text('Connect account of the event; absent for the own account without account_id')),
    objectId: z.optional(text("id of the event's object; absent if it has none")),
    replayed: z.optional(z.literal('true').check(z.describe('present if a replay sent the message'))),
    'ce-specversion': z.literal('1.0'),
    'ce-id': z
      .string()
      .check(z.regex(/^evt_\w{1,200}$/), z.describe("Stripe's id of the event; a repeated message has the same")),
    'ce-source': z
      .string()
      .check(
        z.regex(/^\/\/(stripe\.com\/accounts\/acct_\w+|stripe-connector\/connections\/[a-z0-9-]+)$/),
        z.describe('the account, or the connection where the account is not known'),
      ),
    'ce-type': z.string().check(z.regex(/^com\.stripe\./), z.describe('com.stripe. and the type')),
    'ce-time': time('when the event happened'),
    'ce-subject': z.optional(text('kind and id of the object: customer/cus_1')),
    'ce-family': z.enum(['snapshot', 'thin', 'v2']),
    'ce-changekey': z.string().check(z.regex(/^[0-9a-f]{32}$/)),
    'content-type': z.literal('application/json'),
  });
});

export type EventAttributes = Readonly<z.output<ReturnType<typeof eventAttributes>>>;

/** The event as Stripe sent it, with the current object if the object was read. Client secrets are null. */
const eventData = lazy(() => {
  const nullableText = (description: string) => z.nullish(z.string().check(z.describe(description)));
  return z.looseObject({
    id: z.string().check(z.regex(/^evt_\w{1,200}$/)),
    object: z
      .enum(['event', 'v2.core.event'])
      .check(z.describe('event: a snapshot event of API v1; v2.core.event: a thin event, or an event of API v2')),
    type: z.string().check(z.describe("Stripe's own type")),
    created: z.union([z.number(), z.string()]).check(z.describe('Unix seconds in API v1, RFC 3339 in API v2')),
    livemode: z.nullish(z.boolean()),
    api_version: nullableText('API version of a snapshot'),
    account: nullableText('Connect account of a snapshot event'),
    context: nullableText('account of the event: acct_1, or org_1/acct_1'),
    data: z.optional(
      z
        .unknown()
        .check(
          z.describe('data.object is the object: as it was, as it is now (reread), or deleted with deleted: true'),
        ),
    ),
    related_object: z.nullish(z.looseObject({ id: z.string(), type: z.string(), url: z.nullish(z.string()) })),
    snapshot_event: nullableText('the snapshot event of the same change, in a thin event'),
  });
});

/** The message that reports a period whose events cannot be read from Stripe. */
const gapMessage = lazy(() =>
  z
    .strictObject({
      attributes: z.strictObject({
        type: z.literal('stripe-connector.events.gap.v1'),
        'ce-specversion': z.literal('1.0'),
        'ce-id': z.string().check(z.regex(/^[0-9a-f]{32}$/)),
        'ce-source': z.string().check(z.regex(/^\/\/stripe-connector\/connections\/[a-z0-9-]+$/)),
        'ce-type': z.literal('stripe-connector.events.gap.v1'),
        'ce-time': z.string().check(z.regex(MESSAGE_TIME)),
        'content-type': z.literal('application/json'),
      }),
      data: z.strictObject({
        account: z.nullable(z.string()).check(z.describe('the account, or null for the own one')),
        list: z.enum(['v1', 'v2']).check(z.describe("Stripe's list of events: of API v1, or of API v2")),
        reason: z
          .enum(['retention', 'permission'])
          .check(
            z.describe(
              'retention: Stripe lists events for 30 days; permission: the key may not read the list, and the events follow once it may',
            ),
          ),
        fromS: z.int().check(z.describe('begin of the period, Unix seconds')),
        toS: z.int().check(z.describe('end of the period; it does not belong to it')),
      }),
    })
    .check(z.describe('A gap: events of this period that no webhook delivered cannot be read from Stripe')),
);

/** Every message of `events_topic`, with its data decoded. */
export const publishedMessage = lazy(() =>
  z.union([
    z
      .strictObject({
        attributes: eventAttributes(),
        data: eventData(),
        orderingKey: z.string().check(z.minLength(1), z.describe('id of the object, or of the event without one')),
      })
      .check(z.describe('A Stripe event as a CloudEvent in binary mode. More attributes may be added.')),
    gapMessage(),
  ]),
);
