import type { Fields } from '../../../catalog/types.ts';
import { bad } from '../../refusal.ts';

type MutableParams = Record<string, unknown>;

interface Legacy {
  /** Versions before this day take the parameters. */
  readonly until: string;
  /** Only for callers that name a version: one that names none speaks its account's, which may be an old one. */
  readonly named?: true;
  /** Paths of the requests that took them. */
  readonly path: RegExp;
  readonly fields: Fields;
  /** The same in the words of the catalog's version. */
  readonly rewrite: (params: MutableParams, path: string) => MutableParams;
}

function isNewIntent(path: string): boolean {
  return path === '/v1/payment_intents' || path === '/v1/setup_intents';
}

const TEXT = { type: 'string' } as const;

/**
 * Parameters that later versions removed, still taken from callers that name an earlier version: SDKs of the time send
 * them. https://docs.stripe.com/changelog/endive, https://docs.stripe.com/changelog/clover, https://docs.stripe.com/changelog/basil
 */
const LEGACY: readonly Legacy[] = [
  {
    until: '2026-09-30',
    path: /^\/v1\/(payment_intents|setup_intents|checkout\/sessions)(\/|$)/,
    fields: { payment_method_types: { type: { array: 'string' } } },
    // With types of its own an intent does not choose the methods by itself.
    rewrite: (params, path) =>
      params['payment_method_types'] === undefined || !isNewIntent(path)
        ? params
        : { automatic_payment_methods: { enabled: false }, ...params },
  },
  {
    // https://docs.stripe.com/changelog/2023-08-16/automatic-payment-methods
    until: '2023-08-16',
    path: /^\/v1\/(payment_intents|setup_intents)$/,
    fields: {},
    named: true,
    rewrite: (params) => ({ automatic_payment_methods: { enabled: false }, ...params }),
  },
  {
    until: '2025-09-30',
    path: /^\/v1\/promotion_codes(\/|$)/,
    fields: { coupon: TEXT },
    rewrite: ({ coupon, ...rest }) =>
      coupon === undefined ? rest : { ...rest, promotion: { type: 'coupon', coupon } },
  },
  {
    until: '2025-03-31',
    path: /^\/v1\/subscriptions(\/|$)/,
    fields: { coupon: TEXT, promotion_code: TEXT },
    rewrite: ({ coupon, promotion_code: code, ...rest }) => ({
      ...rest,
      ...(coupon === undefined ? {} : { discounts: coupon === '' ? '' : [{ coupon }] }),
      ...(code === undefined ? {} : { discounts: code === '' ? '' : [{ promotion_code: code }] }),
    }),
  },
  {
    until: '2025-03-31',
    path: /^\/v1\/invoiceitems(\/|$)/,
    fields: { price: TEXT, unit_amount: { type: 'integer' } },
    rewrite: ({ price, unit_amount: unit, ...rest }) => ({
      ...rest,
      ...(price === undefined ? {} : { pricing: { price } }),
      ...(unit === undefined ? {} : { unit_amount_decimal: String(unit) }),
    }),
  },
];

/** Parameters that have an error of their own since a version removed them. https://docs.stripe.com/changelog/endive */
export function checkRemoved(path: string, tree: Readonly<Record<string, unknown>>, fields: Fields): void {
  const param = 'payment_method_types';
  if (tree[param] === undefined || Object.hasOwn(fields, param) || !/^\/v1\/(payment|setup)_intents/.test(path)) return;
  throw bad(
    'The parameter `payment_method_types` is no longer supported in this version of the API. Configure payment methods in the Dashboard or with `payment_method_configuration`, or leave some out with `excluded_payment_method_types`.',
    { code: 'payment_method_types_no_longer_supported', param },
  );
}

/** The parameters that a request may have beyond the catalog's, and how to read them. */
export function legacyParameters(
  method: string,
  path: string,
  version: string | undefined,
): { readonly fields: Fields; readonly rewrite: (params: MutableParams) => MutableParams } {
  const day = version?.slice(0, 10) ?? '';
  const found = LEGACY.filter(
    (one) => method === 'POST' && day < one.until && one.path.test(path) && (one.named !== true || day !== ''),
  );
  return {
    fields: Object.assign({}, ...found.map(({ fields }) => fields)) as Fields,
    rewrite: (params) => found.reduce((rewritten, one) => one.rewrite(rewritten, path), params),
  };
}
