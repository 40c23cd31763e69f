import { makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { badRequest } from '../api-error.ts';
import { isHash, PLATFORM_APPLICATION, type Account, type StoredObject } from '../store.ts';
import { isLoopbackUrl, type Receiver } from './deliveries.ts';

/** Private data of an endpoint. Stripe shows the secret only once. */
interface EndpointSecret {
  readonly secret: string;
  /** True if the endpoint receives the events of connected accounts instead of the events of the account itself. */
  readonly connect: boolean;
}

/** Maximum number of endpoints of an account. https://docs.stripe.com/webhooks */
const MAX_ENDPOINTS = 16;

/** POST /v1/webhook_endpoints. https://docs.stripe.com/api/webhook_endpoints/create */
function createWebhookEndpoint(context: Context): StoredObject {
  const { connect, ...params } = context.params;
  checkUrl(params['url'], 'url');
  checkTypes(params['enabled_events']);
  if (context.account.all('webhook_endpoint').length >= MAX_ENDPOINTS)
    throw badRequest(`You have reached the maximum of ${MAX_ENDPOINTS} test webhook endpoints.`);
  const endpoint = makeObject(context, 'WebhookEndpoint', params);
  const secret = storeSecret(context, endpoint.id, connect === true);
  // https://docs.stripe.com/api/webhook_endpoints/object#webhook_endpoint_object-application
  endpoint['application'] = connect === true ? PLATFORM_APPLICATION : null;
  delete endpoint['secret'];
  return { ...endpoint, secret };
}

/** Generates and stores the signing secret of an endpoint or an event destination. */
export function storeSecret({ account, ids }: Context, id: string, connect: boolean): string {
  const secret = `whsec_${ids.letters(32)}`;
  account.privateData.set(id, { secret, connect });
  return secret;
}

function updateWebhookEndpoint(context: Context, endpoint: StoredObject): void {
  const { disabled, url, enabled_events: types } = context.params;
  if (url !== undefined) checkUrl(url, 'url');
  checkTypes(types);
  if (disabled !== undefined) endpoint['status'] = disabled === true ? 'disabled' : 'enabled';
}

export function checkUrl(url: unknown, param: string): void {
  if (typeof url === 'string' && URL.canParse(url) && /^https?:/.test(url)) return;
  throw badRequest(`Invalid URL: ${String(url)}`, { code: 'url_invalid', param });
}

/** Rejects a list of event types that has `*` and other types. */
function checkTypes(types: unknown): void {
  if (Array.isArray(types) && types.includes('*') && types.length > 1)
    throw badRequest('`enabled_events` cannot contain `*` together with other events.', { param: 'enabled_events' });
}

/**
 * Returns the endpoints and destinations of an account that receive an event and are on this machine. `payload` says
 * whether the event is a snapshot event or a thin event. `isFromConnectedAccount` is false for an event of the account
 * itself.
 */
export function receiversOf(
  account: Account,
  type: string,
  payload: 'snapshot' | 'thin',
  isFromConnectedAccount: boolean,
): Receiver[] {
  // Webhook endpoints receive only snapshot events. https://docs.stripe.com/event-destinations
  const endpoints = payload === 'thin' ? [] : account.all('webhook_endpoint');
  const destinations = account
    .all('v2.core.event_destination')
    .filter((eventDestination) => eventDestination['event_payload'] === payload);
  return [...endpoints, ...destinations].flatMap((endpoint) => {
    const stored = endpointSecret(account, endpoint.id);
    const webhook = endpoint['webhook_endpoint'];
    const url = String(isHash(webhook) ? webhook['url'] : endpoint['url']);
    if (stored === undefined || endpoint['status'] !== 'enabled' || !isLoopbackUrl(url)) return [];
    const receivesAccount = isFromConnectedAccount
      ? receivesConnectedAccounts(endpoint, stored)
      : receivesOwnAccount(endpoint, stored);
    if (!receivesAccount || !receivesType(endpoint, type)) return [];
    return [{ id: endpoint.id, url, secret: stored.secret }];
  });
}

function endpointSecret(account: Account, id: string): EndpointSecret | undefined {
  return account.privateData.get(id) as EndpointSecret | undefined;
}

function receivesType({ enabled_events: types }: StoredObject, type: string): boolean {
  return Array.isArray(types) && (types.includes('*') || types.includes(type));
}

// An event destination lists in `events_from` the accounts whose events it receives. A webhook endpoint has `connect`
// instead. Until 2026 the values of `events_from` were `self` and `other_accounts`.
// https://docs.stripe.com/api/v2/core/event-destinations/create

function receivesConnectedAccounts({ events_from: scopes }: StoredObject, { connect }: EndpointSecret): boolean {
  return Array.isArray(scopes) ? scopes.includes('@accounts') || scopes.includes('other_accounts') : connect;
}

function receivesOwnAccount({ events_from: scopes }: StoredObject, { connect }: EndpointSecret): boolean {
  return Array.isArray(scopes) ? scopes.includes('@self') || scopes.includes('self') : !connect;
}

/**
 * Returns the signing secrets of all endpoints and event destinations, for a receiver in the same process as the
 * sandbox.
 */
export function signingSecrets(accounts: Iterable<Account>): readonly string[] {
  return [...accounts].flatMap((account) =>
    [...account.all('webhook_endpoint'), ...account.all('v2.core.event_destination')].flatMap(({ id }) => {
      const stored = endpointSecret(account, id);
      return stored === undefined ? [] : [stored.secret];
    }),
  );
}

export const webhookEndpoints: Feature = {
  entities: {
    Event: {
      filters: {
        type: (event, wanted) => matchesEventType(String(event['type']), String(wanted)),
        types: (event, wanted) =>
          Array.isArray(wanted) && wanted.some((type) => matchesEventType(String(event['type']), String(type))),
        delivery_success: (event, wanted) => (event['pending_webhooks'] === 0) === wanted,
      },
    },
    'V2.Core.Event': {
      filters: {
        types: (event, wanted) => Array.isArray(wanted) && wanted.includes(event['type']),
        object_id: (event, wanted) => isHash(event['related_object']) && event['related_object']['id'] === wanted,
      },
    },
    WebhookEndpoint: { create: createWebhookEndpoint, beforeUpdate: updateWebhookEndpoint },
  },
};

/** Returns whether a type matches a pattern that may end in `*`, such as `charge.*`. https://docs.stripe.com/api/events/list#list_events-type */
function matchesEventType(type: string, pattern: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}
