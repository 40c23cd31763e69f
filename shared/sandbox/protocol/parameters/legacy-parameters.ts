import type { Fields } from '../../../catalog/types.ts';
import { definedFields } from '../../../defined-fields.ts';
import { badRequest } from '../../api-error.ts';

type MutableParams = Record<string, unknown>;

interface LegacyParameters {
  /**
   * Requests with an API version before this day accept the parameters, and so do requests without a version header.
   */
  readonly before: string;
  /**
   * True if the rule applies only to requests with a version header. For requests without the header, Stripe uses the
   * version of the account.
   */
  readonly requiresVersion?: true;
  /** Paths that accepted the parameters. */
  readonly path: RegExp;
  readonly fields: Fields;
  /** Replaces the parameters with parameters of the catalog's version that have the same effect. */
  readonly rewrite: (params: MutableParams, path: string) => MutableParams;
}

function createsIntent(path: string): boolean {
  return path === '/v1/payment_intents' || path === '/v1/setup_intents';
}

const TEXT = { type: 'string' } as const;

/**
 * Parameters that later API versions removed. Older SDKs send these parameters with an earlier API version, in which
 * they are still valid. https://docs.stripe.com/changelog/endive, https://docs.stripe.com/changelog/clover,
 * https://docs.stripe.com/changelog/basil
 */
const LEGACY: readonly LegacyParameters[] = [
  {
    before: '2026-09-30',
    path: /^\/v1\/(payment_intents|setup_intents|checkout\/sessions)(\/|$)/,
    fields: { payment_method_types: { type: { array: 'string' } } },
    // An intent with explicit types has no automatic payment methods.
    rewrite: (params, path) =>
      params['payment_method_types'] === undefined || !createsIntent(path)
        ? params
        : { automatic_payment_methods: { enabled: false }, ...params },
  },
  {
    // https://docs.stripe.com/changelog/2023-08-16/automatic-payment-methods
    before: '2023-08-16',
    path: /^\/v1\/(payment_intents|setup_intents)$/,
    fields: {},
    requiresVersion: true,
    rewrite: (params) => ({ automatic_payment_methods: { enabled: false }, ...params }),
  },
  {
    before: '2025-09-30',
    path: /^\/v1\/promotion_codes(\/|$)/,
    fields: { coupon: TEXT },
    rewrite: ({ coupon, ...rest }) =>
      coupon === undefined ? rest : { ...rest, promotion: { type: 'coupon', coupon } },
  },
  {
    before: '2025-03-31',
    path: /^\/v1\/subscriptions(\/|$)/,
    fields: { coupon: TEXT, promotion_code: TEXT },
    rewrite: ({ coupon, promotion_code: code, ...rest }) =>
      definedFields({
        ...rest,
        discounts: legacyDiscount('promotion_code', code) ?? legacyDiscount('coupon', coupon) ?? rest['discounts'],
      }),
  },
  {
    before: '2025-03-31',
    path: /^\/v1\/invoiceitems(\/|$)/,
    fields: { price: TEXT, unit_amount: { type: 'integer' } },
    rewrite: ({ price, unit_amount: unit, ...rest }) =>
      definedFields({
        ...rest,
        pricing: price === undefined ? rest['pricing'] : { price },
        unit_amount_decimal: unit === undefined ? rest['unit_amount_decimal'] : String(unit),
      }),
  },
];

/** Returns the `discounts` that replace a removed parameter. An empty value removes all discounts. */
function legacyDiscount(name: 'coupon' | 'promotion_code', value: unknown): unknown {
  if (value === undefined) return undefined;
  return value === '' ? '' : [{ [name]: value }];
}

/**
 * Rejects `payment_method_types` in a request for an intent whose API version no longer has this parameter. Stripe has
 * a specific error for this parameter. Other removed parameters are rejected elsewhere, as unknown parameters.
 * https://docs.stripe.com/changelog/endive
 */
export function checkRemoved(path: string, tree: Readonly<Record<string, unknown>>, fields: Fields): void {
  const param = 'payment_method_types';
  if (tree[param] === undefined || Object.hasOwn(fields, param) || !/^\/v1\/(payment|setup)_intents/.test(path)) return;
  throw badRequest(
    'The parameter `payment_method_types` is no longer supported in this version of the API. Configure payment methods in the Dashboard or with `payment_method_configuration`, or leave some out with `excluded_payment_method_types`.',
    { code: 'payment_method_types_no_longer_supported', param },
  );
}

/**
 * Returns the removed parameters that are still valid in the version of a request, and a function that rewrites them.
 */
export function legacyParameters(
  method: string,
  path: string,
  version: string | undefined,
): { readonly fields: Fields; readonly rewrite: (params: MutableParams) => MutableParams } {
  const day = version?.slice(0, 10) ?? '';
  const applicable = LEGACY.filter(
    (candidate) =>
      method === 'POST' &&
      day < candidate.before &&
      candidate.path.test(path) &&
      (candidate.requiresVersion !== true || day !== ''),
  );
  return {
    fields: Object.assign({}, ...applicable.map(({ fields }) => fields)) as Fields,
    rewrite: (params) => applicable.reduce((rewritten, candidate) => candidate.rewrite(rewritten, path), params),
  };
}
