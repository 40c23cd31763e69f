import type { Endpoint } from '../../rate-limiter/limiter.ts';
import { isPathWord } from '../../catalog/path-words.ts';
import type { StripeRequest } from '../transport.ts';

/** Segments that precede a collection. No id follows them. */
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

/**
 * Actions that directly follow a collection or a singleton, where other paths have an id. A key is the segment before
 * the action.
 */
const ACTIONS_WITHOUT_ID: Readonly<Record<string, readonly string[]>> = {
  secrets: ['delete', 'find'],
  associations: ['find'],
  fraud_challenges: ['respond'],
  shipping: ['deliver', 'fail', 'return', 'ship', 'submit'],
};

const ID = ':id';

/**
 * Returns the endpoint whose rate limit at Stripe a request counts against: the method and the path without ids. All
 * searches share one limit, all reads of files another, and all writes of files a third.
 * https://docs.stripe.com/rate-limits
 */
export function endpointOf({ method, path }: Pick<StripeRequest, 'method' | 'path'>): Endpoint {
  const template = templateOf(path);
  if (method === 'GET' && template.endsWith('/search')) return { kind: 'search', key: 'search' };
  if (/^\/v1\/files(\/|$)/.test(template))
    return { kind: 'files', key: method === 'GET' ? 'files.read' : 'files.write' };
  return { kind: 'endpoint', key: `${method}${template.replaceAll('/', '.')}` };
}

/** Returns a path with `:id` instead of ids: `/v1/payment_intents/pi_1/confirm` -> `/v1/payment_intents/:id/confirm`. */
function templateOf(path: string): string {
  const [, version = '', ...segments] = path.split('/');
  let template = `/${version}`;
  // The segment after a collection is an id or an action. `previous` becomes `id` for both, because a sub-collection or an
  // action may follow either of them.
  let previous: 'namespace' | 'collection' | 'id' = 'namespace';
  for (const segment of segments) {
    if (previous !== 'collection') {
      template += `/${segment}`;
      previous = previous === 'namespace' && NAMESPACES.has(segment) ? 'namespace' : 'collection';
    } else {
      const isWord =
        isPathWord(`${template}/${ID}`, ID, segment) ||
        ACTIONS_WITHOUT_ID[template.slice(template.lastIndexOf('/') + 1)]?.includes(segment) === true;
      template += `/${isWord ? segment : ID}`;
      previous = 'id';
    }
  }
  return template;
}
