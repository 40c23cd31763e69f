import type { Endpoint } from '../../rate-limiter/limiter.ts';
import { isPathWord } from '../../catalog/path-words.ts';
import type { StripeRequest } from '../transport.ts';

/** Segments before a collection: after them comes no id. */
const NAMESPACES = new Set([
  'apple_pay',
  'apps',
  'billing',
  'billing_portal',
  'checkout',
  'climate',
  'commerce',
  'core',
  'entitlements',
  'financial_connections',
  'forwarding',
  'identity',
  'issuing',
  'money_management',
  'product_catalog',
  'radar',
  'reporting',
  'sigma',
  'tax',
  'terminal',
  'test_helpers',
  'three_d_secure',
  'treasury',
  'vault',
]);

/** Actions of collections and singletons: after these segments comes no id. */
const ACTIONS_WITHOUT_ID: Readonly<Record<string, readonly string[]>> = {
  secrets: ['delete', 'find'],
  associations: ['find'],
  fraud_challenges: ['respond'],
  shipping: ['deliver', 'fail', 'return', 'ship', 'submit'],
};

const ID = ':id';

/**
 * The endpoint that Stripe counts a request against: its method and its path without ids. All searches share one ceiling;
 * reads of files share one, and writes of files another one. https://docs.stripe.com/rate-limits
 */
export function endpointOf({ method, path }: Pick<StripeRequest, 'method' | 'path'>): Endpoint {
  const template = templateOf(path);
  if (method === 'GET' && template.endsWith('/search')) return { kind: 'search', key: 'search' };
  if (/^\/v1\/files(\/|$)/.test(template))
    return { kind: 'files', key: method === 'GET' ? 'files.read' : 'files.write' };
  return { kind: 'endpoint', key: `${method}${template.replaceAll('/', '.')}` };
}

/** The path with `:id` in the place of ids: `/v1/payment_intents/pi_1/confirm` -> `/v1/payment_intents/:id/confirm`. */
function templateOf(path: string): string {
  const [, version = '', ...segments] = path.split('/');
  let template = `/${version}`;
  // What the last segment was. After a collection comes an id or an action; both count as 'id', because a sub-collection
  // or an action may follow.
  let last: 'namespace' | 'collection' | 'id' = 'namespace';
  for (const segment of segments) {
    if (last !== 'collection') {
      template += `/${segment}`;
      last = last === 'namespace' && NAMESPACES.has(segment) ? 'namespace' : 'collection';
    } else {
      const isWord =
        isPathWord(`${template}/${ID}`, ID, segment) ||
        ACTIONS_WITHOUT_ID[template.slice(template.lastIndexOf('/') + 1)]?.includes(segment) === true;
      template += `/${isWord ? segment : ID}`;
      last = 'id';
    }
  }
  return template;
}
