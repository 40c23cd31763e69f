import { definedFields } from '../../defined-fields.ts';
import { isObject } from '../../is-object.ts';
import type { Connector } from '../../operations/connector.ts';
import type { CallContext } from '../../stripe/call-context.ts';
import { acceptsIdempotencyKey } from '../../stripe/idempotency-key.ts';
import { listAll, listAllV2 } from '../../stripe/paginate.ts';
import type { Params, StripeObject, StripeRequest } from '../../stripe/transport.ts';
import { ownerOf } from './owner.ts';
import type { DestinationFamily, DestinationSlot, EventsFrom } from './slots.ts';

/** A webhook endpoint or event destination of an account at Stripe. It need not belong to this connection. */
export interface EventDestination {
  readonly family: DestinationFamily;
  /** True for a destination of API v2 that sends snapshot events. `webhooks sync` never creates such a destination. */
  readonly sendsSnapshots: boolean;
  readonly from: EventsFrom;
  readonly id: string;
  readonly url: string;
  readonly enabled: boolean;
  /** API version of snapshots. Null for the account's default, and for thin events, which have no version. */
  readonly apiVersion: string | null;
  readonly events: readonly string[];
  /** The mark of the connection that created the destination; see `ownerOf`. Undefined without a mark. */
  readonly owner: string | undefined;
}

/** The destination that the settings require. */
export interface WantedDestination {
  readonly slot: DestinationSlot;
  readonly url: string;
  readonly events: readonly string[];
}

/** Metadata key whose value is the mark of the connection that owns the destination. */
const OWNER_KEY = 'stripe_connector';
/**
 * Metadata key of an endpoint for connected accounts. It is needed because Stripe does not return the input `connect`
 * with which the endpoint was created.
 */
const FROM_KEY = 'stripe_connector_from';
const PATHS = { snapshot: '/v1/webhook_endpoints', thin: '/v2/core/event_destinations' };
/** Deadline of each request of a sync. */
const SYNC_DEADLINE_MS = 60_000;

/** Returns every destination of a family that an account has. */
export async function destinationsOf(
  connector: Connector,
  family: DestinationFamily,
  account: string | undefined,
): Promise<EventDestination[]> {
  const { deps } = connector;
  const call = syncCall(connector);
  // Stripe returns the URL only with `include`. https://docs.stripe.com/api/v2/core/event-destinations/list
  const list =
    family === 'snapshot'
      ? listAll<StripeObject>(deps.stripe, { path: PATHS.snapshot, params: {}, account }, call)
      : listAllV2<StripeObject>(
          deps.stripe,
          { path: PATHS.thin, params: { include: ['webhook_endpoint.url'] }, account },
          call,
        );
  const found: EventDestination[] = [];
  for await (const object of list) {
    // API v2 also lists destinations that are not webhook endpoints, such as Amazon EventBridge.
    if (family === 'snapshot' || object['type'] === 'webhook_endpoint') found.push(toDestination(family, object));
  }
  return found;
}

/** Parses a webhook endpoint of API v1 or an event destination of API v2. */
function toDestination(family: DestinationFamily, object: StripeObject): EventDestination {
  const metadata = isObject(object['metadata']) ? object['metadata'] : {};
  const endpoint = isObject(object['webhook_endpoint']) ? object['webhook_endpoint'] : object;
  const owner = metadata[OWNER_KEY];
  return {
    family,
    sendsSnapshots: family === 'thin' && object['event_payload'] !== 'thin',
    from: family === 'snapshot' ? fromOfEndpoint(object, metadata) : fromOfDestination(object['events_from']),
    id: String(object['id']),
    url: typeof endpoint['url'] === 'string' ? endpoint['url'] : '',
    enabled: object['status'] === 'enabled',
    apiVersion: typeof object['api_version'] === 'string' ? object['api_version'] : null,
    events: Array.isArray(object['enabled_events']) ? object['enabled_events'].map(String) : [],
    owner: typeof owner === 'string' ? owner : undefined,
  };
}

/**
 * Returns whose events an endpoint receives. An endpoint for connected accounts belongs to the platform's Connect
 * application.
 * https://docs.stripe.com/api/webhook_endpoints/object#webhook_endpoint_object-application
 */
function fromOfEndpoint({ application }: StripeObject, metadata: Readonly<Record<string, unknown>>): EventsFrom {
  const isConnect = typeof application === 'string' && application !== '';
  return isConnect || metadata[FROM_KEY] === 'accounts' ? 'accounts' : 'self';
}

/**
 * Converts Stripe's `events_from`. Until 2026 its values were `self` and `other_accounts`.
 * https://docs.stripe.com/api/v2/core/event-destinations/object
 */
function fromOfDestination(scopes: unknown): EventsFrom {
  const all: unknown[] = Array.isArray(scopes) ? scopes : [];
  const connected = all.includes('@accounts') || all.includes('other_accounts');
  const own = all.length === 0 || all.includes('@self') || all.includes('self');
  if (!connected) return 'self';
  return own ? 'all' : 'accounts';
}

const STRIPE_SCOPES: Readonly<Record<EventsFrom, readonly string[]>> = {
  self: ['@self'],
  accounts: ['@accounts'],
  all: ['@self', '@accounts'],
};

/** Creates a destination. Stripe shows its signing secret in this response only. */
export async function createEventDestination(
  connector: Connector,
  { slot, url, events }: WantedDestination,
): Promise<{ readonly id: string; readonly secret: string }> {
  const { settings, deps } = connector;
  const { account, from } = slot;
  const label = `Stripe connector ${settings.name}`;
  const common = { enabled_events: events, metadata: marksOf(connector, slot), description: label };
  if (slot.family === 'snapshot') {
    const connect = from === 'accounts' ? true : undefined;
    const endpoint = definedFields({ ...common, connect, url, api_version: deps.apiVersion });
    const { id, secret } = await sendToStripe(connector, account, 'POST', PATHS.snapshot, endpoint);
    return { id: String(id), secret: String(secret) };
  }
  const created = await sendToStripe(connector, account, 'POST', PATHS.thin, {
    ...common,
    name: label,
    type: 'webhook_endpoint',
    event_payload: 'thin',
    events_from: STRIPE_SCOPES[from],
    webhook_endpoint: { url },
    include: ['webhook_endpoint.signing_secret'],
  });
  const webhookEndpoint = isObject(created['webhook_endpoint']) ? created['webhook_endpoint'] : {};
  return { id: String(created['id']), secret: String(webhookEndpoint['signing_secret']) };
}

/** Changes a destination to match the settings, and enables it. */
export async function updateDestination(
  connector: Connector,
  { id, enabled }: EventDestination,
  { slot, url, events }: WantedDestination,
): Promise<void> {
  const common = { enabled_events: events, metadata: marksOf(connector, slot) };
  const path = `${PATHS[slot.family]}/${id}`;
  if (slot.family === 'snapshot') {
    await sendToStripe(connector, slot.account, 'POST', path, { ...common, url, disabled: false });
    return;
  }
  await sendToStripe(connector, slot.account, 'POST', path, { ...common, webhook_endpoint: { url } });
  if (!enabled) await sendToStripe(connector, slot.account, 'POST', `${path}/enable`, {});
}

export async function deleteDestination(
  connector: Connector,
  { family, account }: DestinationSlot,
  { id }: EventDestination,
): Promise<void> {
  await sendToStripe(connector, account, 'DELETE', `${PATHS[family]}/${id}`, {});
}

/** Returns the metadata that marks a destination as one of this connection. */
function marksOf(connector: Connector, { kind }: DestinationSlot): Record<string, string> {
  return definedFields({
    [OWNER_KEY]: ownerOf(connector).mark,
    [FROM_KEY]: kind === 'connect' ? 'accounts' : undefined,
  });
}

/** Sends one request of a sync. Retries of the request have the same idempotency key. */
async function sendToStripe(
  connector: Connector,
  account: string | undefined,
  method: StripeRequest['method'],
  path: string,
  params: Params,
): Promise<StripeObject> {
  const { deps, random } = connector;
  const request: StripeRequest = {
    method,
    path,
    params,
    idempotencyKey: acceptsIdempotencyKey(method, path) ? `webhooks-${random.uuid()}` : undefined,
    account,
  };
  return (await deps.stripe.request(request, syncCall(connector))).body;
}

function syncCall({ clock }: Connector): CallContext {
  return { name: 'webhooks', clock, deadlineAt: clock.monotonicMs() + SYNC_DEADLINE_MS, outputFormat: 'native' };
}
