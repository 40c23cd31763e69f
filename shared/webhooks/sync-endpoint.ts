import type { CallContext } from '../stripe/call-context.ts';
import type { Connector } from '../operations/connector.ts';
import { listAll } from '../stripe/paginate.ts';
import { ConnectorError, settingsInvalid } from '../errors.ts';
import { fingerprintOf } from '../idempotency/record.ts';
import type { Params, StripeObject, StripeRequest } from '../stripe/transport.ts';
import { isOfTypes } from './family.ts';

/** The result of a sync. */
export interface SyncResult {
  readonly id: string;
  readonly created: boolean;
  readonly changed: boolean;
  /** Surplus endpoints of this connection that were deleted. */
  readonly removed: readonly string[];
}

/** Metadata key of an endpoint that names its connection. */
const OWNER_KEY = 'stripe_connector';
const ENDPOINTS_PATH = '/v1/webhook_endpoints';
const SYNC_DEADLINE_MS = 60_000;

interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly status: string;
  readonly apiVersion: string | null;
  readonly events: readonly string[];
  readonly owner: string | undefined;
}

/**
 * Makes the webhook endpoint of the connection match the settings. It adopts an endpoint with the connection's mark or
 * URL, creates a missing one with the connection's API version, and deletes surplus ones. Stripe does not allow to
 * change the version of an endpoint, so one with another version is replaced. `keepSecret` stores the signing secret of
 * a new endpoint; without it none is created.
 */
export async function syncWebhook(
  connector: Connector,
  keepSecret: ((secret: string) => void) | undefined,
): Promise<SyncResult> {
  const { settings, deps } = connector;
  const url = settings.webhookUrl;
  if (url === undefined) throw settingsInvalid('webhook_url is required; set it to the URL of stripe-events');
  const ours = (await endpoints(connector)).filter(
    (endpoint) => endpoint.owner === settings.name || endpoint.url === url,
  );
  const usable = ours.filter(({ apiVersion }) => apiVersion === deps.apiVersion);
  const kept = usable.find((endpoint) => endpoint.url === url) ?? usable[0];
  const wanted = { url, enabled_events: wantedEvents(connector), metadata: { [OWNER_KEY]: settings.name } };
  const made = kept === undefined ? await createEndpoint(connector, wanted, keepSecret) : undefined;
  const id = kept?.id ?? made ?? '';
  const changed = kept !== undefined && !isAsWanted(kept, wanted, settings.name);
  if (changed) await sendToStripe(connector, 'POST', `${ENDPOINTS_PATH}/${id}`, { ...wanted, disabled: false });
  // The new endpoint exists before an old one is deleted, so no event is missed.
  const removed = ours.map((our) => our.id).filter((name) => name !== id);
  for (const name of removed) await sendToStripe(connector, 'DELETE', `${ENDPOINTS_PATH}/${name}`, {});
  return { id, created: made !== undefined, changed, removed };
}

async function createEndpoint(
  connector: Connector,
  wanted: Params,
  keepSecret: ((secret: string) => void) | undefined,
): Promise<string> {
  if (keepSecret === undefined)
    throw new ConnectorError(
      'FAILED_PRECONDITION',
      'a new endpoint is needed; name the file for its signing secret with --secret-file',
      {
        reason: 'SECRET_FILE_REQUIRED',
      },
    );
  const { id, secret } = await sendToStripe(connector, 'POST', ENDPOINTS_PATH, {
    ...wanted,
    api_version: connector.deps.apiVersion,
    description: `Stripe connector ${connector.settings.name}`,
  });
  keepSecret(String(secret));
  return String(id);
}

/** Stripe only accepts full types, so each pattern is replaced by the matching types of the catalog. */
function wantedEvents({ settings, deps }: Connector): string[] {
  if (settings.eventTypes.includes('*')) return ['*'];
  const field = deps.catalogue.entity('WebhookEndpoint').operations.Create?.params['enabled_events']?.type;
  const array = typeof field === 'object' && 'array' in field ? field.array : undefined;
  const allowed = typeof array === 'object' && 'enum' in array ? array.enum.map(String) : [];
  const named = settings.eventTypes.filter((eventType) => !eventType.endsWith('.*'));
  const patterns = settings.eventTypes.filter((eventType) => eventType.endsWith('.*'));
  for (const pattern of patterns)
    if (!allowed.some((type) => isOfTypes(type, [pattern])))
      throw settingsInvalid(`event_types: ${pattern} matches no Stripe event type; correct it`);
  return [...new Set([...named, ...allowed.filter((type) => isOfTypes(type, patterns))])].sort();
}

function isAsWanted(kept: Endpoint, wanted: { url: string; enabled_events: readonly string[] }, name: string): boolean {
  return (
    kept.url === wanted.url &&
    kept.status === 'enabled' &&
    kept.owner === name &&
    [...kept.events].sort().join() === [...wanted.enabled_events].sort().join()
  );
}

async function endpoints(connector: Connector): Promise<Endpoint[]> {
  const { deps, settings } = connector;
  const list = {
    path: ENDPOINTS_PATH,
    params: {},
    ...(settings.accountId === undefined ? {} : { account: settings.accountId }),
  };
  const endpoints: Endpoint[] = [];
  for await (const value of listAll<StripeObject>(deps.stripe, list, syncCall(connector)))
    endpoints.push(endpointOf(value));
  return endpoints;
}

function endpointOf(object: StripeObject): Endpoint {
  const metadata = (object['metadata'] ?? {}) as Readonly<Record<string, string>>;
  return {
    id: String(object['id']),
    url: String(object['url']),
    status: String(object['status']),
    apiVersion: (object['api_version'] ?? null) as string | null,
    events: (object['enabled_events'] ?? []) as readonly string[],
    owner: metadata[OWNER_KEY],
  };
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
    ...(method === 'POST'
      ? { idempotencyKey: `webhooks-${fingerprintOf({ path, params, once: random.uuid() }).slice(0, 40)}` }
      : {}),
    ...(settings.accountId === undefined ? {} : { account: settings.accountId }),
  };
  return (await deps.stripe.request(request, syncCall(connector))).body;
}

function syncCall({ clock }: Connector): CallContext {
  return { name: 'webhooks', clock, deadlineAt: clock.monotonicMs() + SYNC_DEADLINE_MS, outputFormat: 'native' };
}
