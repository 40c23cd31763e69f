import { make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { bad } from '../refusal.ts';
import { isHash, PLATFORM_APPLICATION, type Account, type Stored } from '../store.ts';
import { isLoopbackUrl, type Receiver } from './deliveries.ts';

/** What Stripe shows once, and what it never shows: kept next to the endpoints of an account. */
interface Hidden {
  readonly secret: string;
  /** Whether the endpoint gets the events of connected accounts, instead of the account's own. */
  readonly connect: boolean;
}

/** Endpoints a account at most. https://docs.stripe.com/webhooks */
const MAX_ENDPOINTS = 16;

/** POST /v1/webhook_endpoints. https://docs.stripe.com/api/webhook_endpoints/create */
function createWebhookEndpoint(context: Context): Stored {
  const { connect, ...params } = context.params;
  checkUrl(params['url'], 'url');
  checkTypes(params['enabled_events']);
  if (context.account.all('webhook_endpoint').length >= MAX_ENDPOINTS)
    throw bad('You have reached the maximum of 16 test webhook endpoints.');
  const endpoint = make(context, 'WebhookEndpoint', params);
  const secret = hideSecret(context, endpoint.id, connect === true);
  // https://docs.stripe.com/api/webhook_endpoints/object#webhook_endpoint_object-application
  endpoint['application'] = connect === true ? PLATFORM_APPLICATION : null;
  delete endpoint['secret'];
  return { ...endpoint, secret };
}

export function hideSecret({ account, ids }: Context, id: string, connect: boolean): string {
  const secret = `whsec_${ids.letters(32)}`;
  account.hidden.set(id, { secret, connect });
  return secret;
}

function updateWebhookEndpoint(context: Context, endpoint: Stored): void {
  const { disabled, url, enabled_events: types } = context.params;
  if (url !== undefined) checkUrl(url, 'url');
  checkTypes(types);
  if (disabled !== undefined) endpoint['status'] = disabled === true ? 'disabled' : 'enabled';
}

export function checkUrl(url: unknown, param: string): void {
  if (typeof url === 'string' && URL.canParse(url) && /^https?:/.test(url)) return;
  throw bad(`Invalid URL: ${String(url)}`, { code: 'url_invalid', param });
}

function checkTypes(types: unknown): void {
  if (Array.isArray(types) && types.includes('*') && types.length > 1)
    throw bad('`enabled_events` cannot contain `*` together with other events.', { param: 'enabled_events' });
}

/** The endpoints on this machine that take an event of the account itself, or of one that is connected to it. */
export function receiversOf(
  account: Account,
  type: string,
  family: 'snapshot' | 'thin',
  connected: boolean,
): Receiver[] {
  const endpoints = family === 'thin' ? [] : account.all('webhook_endpoint');
  const destinations = account.all('v2.core.event_destination').filter((one) => one['event_payload'] === family);
  return [...endpoints, ...destinations].flatMap((endpoint) => {
    const hidden = account.hidden.get(endpoint.id) as Hidden | undefined;
    const inner = endpoint['webhook_endpoint'];
    const url = String(isHash(inner) ? inner['url'] : endpoint['url']);
    const types = endpoint['enabled_events'];
    const from = endpoint['events_from'];
    // Until 2026 the scopes were named self and other_accounts. https://docs.stripe.com/api/v2/core/event-destinations/create
    const others = Array.isArray(from)
      ? from.some((scope) => scope === '@accounts' || scope === 'other_accounts')
      : hidden?.connect === true;
    const self = Array.isArray(from)
      ? from.some((scope) => scope === '@self' || scope === 'self')
      : hidden?.connect !== true;
    if (
      hidden === undefined ||
      endpoint['status'] !== 'enabled' ||
      !isLoopbackUrl(url) ||
      !(connected ? others : self) ||
      !Array.isArray(types) ||
      !(types.includes('*') || types.includes(type))
    )
      return [];
    return [{ id: endpoint.id, url, secret: hidden.secret }];
  });
}

/** The signing secrets of all endpoints, for a receiver in the process of the sandbox. */
export function signingSecrets(accounts: Iterable<Account>): readonly string[] {
  return [...accounts].flatMap((account) =>
    [...account.all('webhook_endpoint'), ...account.all('v2.core.event_destination')].flatMap(({ id }) => {
      const hidden = account.hidden.get(id) as Hidden | undefined;
      return hidden === undefined ? [] : [hidden.secret];
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
    WebhookEndpoint: { create: createWebhookEndpoint, update: updateWebhookEndpoint },
  },
};

/** `*` stands for any part: `charge.*`. https://docs.stripe.com/api/events/list#list_events-type */
function matchesEventType(type: string, pattern: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}
