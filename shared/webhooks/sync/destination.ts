import { isObject } from '../../is-object.ts';
import type { Connector } from '../../operations/connector.ts';
import type { CallContext } from '../../stripe/call-context.ts';
import { takesIdempotencyKey } from '../../stripe/idempotency-key.ts';
import { listAll, listAllV2 } from '../../stripe/paginate.ts';
import type { Params, StripeObject, StripeRequest } from '../../stripe/transport.ts';

/** A webhook endpoint of API v1 brings snapshot events, an event destination of API v2 thin events. */
export type DestinationKind = 'snapshot' | 'thin';

/** What the connection has at Stripe to receive events of one family. */
export interface EventDestination {
  readonly kind: DestinationKind;
  readonly id: string;
  readonly url: string;
  readonly enabled: boolean;
  /** API version of snapshots; null for the account's default. Thin events have none. */
  readonly apiVersion: string | null;
  readonly events: readonly string[];
  /** The connection that made it. */
  readonly owner: string | undefined;
}

/** What a destination should be. */
export interface WantedDestination {
  readonly kind: DestinationKind;
  readonly url: string;
  readonly events: readonly string[];
}

/** Metadata key of a destination that names its connection. */
const OWNER_KEY = 'stripe_connector';
const PATHS = { snapshot: '/v1/webhook_endpoints', thin: '/v2/core/event_destinations' };
const SYNC_DEADLINE_MS = 60_000;

/** Returns every destination of a kind, of this connection or not. */
export async function destinationsOf(connector: Connector, kind: DestinationKind): Promise<EventDestination[]> {
  const { deps, settings } = connector;
  const account = settings.accountId;
  const call = syncCall(connector);
  // Stripe leaves the URL out unless it is asked for. https://docs.stripe.com/api/v2/core/event-destinations/list
  const list =
    kind === 'snapshot'
      ? listAll<StripeObject>(deps.stripe, { path: PATHS.snapshot, params: {}, account }, call)
      : listAllV2<StripeObject>(
          deps.stripe,
          { path: PATHS.thin, params: { include: ['webhook_endpoint.url'] }, account },
          call,
        );
  const found: EventDestination[] = [];
  for await (const object of list) {
    // The list of API v2 also has destinations of snapshots and of other clouds.
    const isOther = object['event_payload'] !== 'thin' || object['type'] !== 'webhook_endpoint';
    if (kind === 'snapshot' || !isOther) found.push(toDestination(kind, object));
  }
  return found;
}

function toDestination(kind: DestinationKind, object: StripeObject): EventDestination {
  const metadata = isObject(object['metadata']) ? object['metadata'] : {};
  const inner = isObject(object['webhook_endpoint']) ? object['webhook_endpoint'] : object;
  const owner = metadata[OWNER_KEY];
  return {
    kind,
    id: String(object['id']),
    url: typeof inner['url'] === 'string' ? inner['url'] : '',
    enabled: object['status'] === 'enabled',
    apiVersion: typeof object['api_version'] === 'string' ? object['api_version'] : null,
    events: Array.isArray(object['enabled_events']) ? object['enabled_events'].map(String) : [],
    owner: typeof owner === 'string' ? owner : undefined,
  };
}

/** Creates a destination. Stripe shows its signing secret in this response only. */
export async function createEventDestination(
  connector: Connector,
  { kind, url, events }: WantedDestination,
): Promise<{ readonly id: string; readonly secret: string }> {
  const { settings, deps } = connector;
  const label = `Stripe connector ${settings.name}`;
  const common = { enabled_events: events, metadata: { [OWNER_KEY]: settings.name }, description: label };
  if (kind === 'snapshot') {
    const endpoint = { ...common, url, api_version: deps.apiVersion };
    const { id, secret } = await sendToStripe(connector, 'POST', PATHS.snapshot, endpoint);
    return { id: String(id), secret: String(secret) };
  }
  const made = await sendToStripe(connector, 'POST', PATHS.thin, {
    ...common,
    name: label,
    type: 'webhook_endpoint',
    event_payload: 'thin',
    events_from: settings.allowedAccounts.length === 0 ? ['@self'] : ['@self', '@accounts'],
    webhook_endpoint: { url },
    include: ['webhook_endpoint.signing_secret'],
  });
  const inner = isObject(made['webhook_endpoint']) ? made['webhook_endpoint'] : {};
  return { id: String(made['id']), secret: String(inner['signing_secret']) };
}

/** Changes a destination to what is wanted, and enables it. */
export async function updateDestination(
  connector: Connector,
  { id, kind, enabled }: EventDestination,
  { url, events }: WantedDestination,
): Promise<void> {
  const common = { enabled_events: events, metadata: { [OWNER_KEY]: connector.settings.name } };
  if (kind === 'snapshot') {
    await sendToStripe(connector, 'POST', `${PATHS.snapshot}/${id}`, { ...common, url, disabled: false });
    return;
  }
  await sendToStripe(connector, 'POST', `${PATHS.thin}/${id}`, { ...common, webhook_endpoint: { url } });
  if (!enabled) await sendToStripe(connector, 'POST', `${PATHS.thin}/${id}/enable`, {});
}

export async function deleteDestination(connector: Connector, { id, kind }: EventDestination): Promise<void> {
  await sendToStripe(connector, 'DELETE', `${PATHS[kind]}/${id}`, {});
}

async function sendToStripe(
  connector: Connector,
  method: StripeRequest['method'],
  path: string,
  params: Params,
): Promise<StripeObject> {
  const { deps, random, settings } = connector;
  const request: StripeRequest = {
    method,
    path,
    params,
    idempotencyKey: takesIdempotencyKey(method, path) ? `webhooks-${random.uuid()}` : undefined,
    account: settings.accountId,
  };
  return (await deps.stripe.request(request, syncCall(connector))).body;
}

function syncCall({ clock }: Connector): CallContext {
  return { name: 'webhooks', clock, deadlineAt: clock.monotonicMs() + SYNC_DEADLINE_MS, outputFormat: 'native' };
}
