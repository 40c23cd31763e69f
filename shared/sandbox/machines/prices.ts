import { definedFields } from '../../defined-fields.ts';
import { objectInParam, makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { badRequest, missingParam, noSuchObject } from '../api-error.ts';
import { hashesOf } from '../billing/values.ts';
import { isHash, type StoredObject } from '../store.ts';

/** POST /v1/prices. The price is for an existing product, or for a new one that `product_data` describes. https://docs.stripe.com/api/prices/create */
export function createPrice(context: Context): StoredObject {
  const data = context.params['product_data'];
  const product =
    objectInParam(context, 'product', 'product') ?? (isHash(data) ? makeObject(context, 'Product', data) : undefined);
  if (product === undefined)
    throw badRequest('You must specify either `product` or `product_data` when creating a price.', {
      code: 'parameter_missing',
      param: 'product',
    });
  const { unit_amount: amount, unit_amount_decimal: decimal, custom_unit_amount: custom } = context.params;
  if (
    amount === undefined &&
    decimal === undefined &&
    custom === undefined &&
    context.params['billing_scheme'] !== 'tiered'
  ) {
    throw missingParam('unit_amount');
  }
  for (const name of ['unit_amount', 'unit_amount_decimal'])
    if (Number(context.params[name]) < 0)
      throw badRequest('Invalid non-negative integer', { code: 'parameter_invalid_integer', param: name });
  const { lookup_key: lookupKey, transfer_lookup_key: allowTransfer, recurring } = context.params;
  if (typeof lookupKey === 'string') claimLookupKey(context, lookupKey, allowTransfer === true);
  if (isHash(recurring)) checkMeter(context, recurring);
  const tiers = tiersOf(context.params);
  const price = makeObject(context, 'Price', context.params);
  return Object.assign(
    price,
    definedFields({
      recurring: isHash(recurring) ? recurringDefaults(recurring) : undefined,
      active: context.params['active'] ?? true,
      billing_scheme: context.params['billing_scheme'] ?? 'per_unit',
      product: product.id,
      tiers,
      type: context.params['recurring'] === undefined ? 'one_time' : 'recurring',
      unit_amount_decimal: amount === undefined ? (decimal ?? null) : String(Number(amount)),
    }),
  );
}

/**
 * Returns `tiers` of a price, or undefined for a price per unit. Throws if a tiered price lacks `tiers` or
 * `tiers_mode`, if a price per unit has one of them, if the last tier has an upper limit, or if another tier has none.
 * https://docs.stripe.com/api/prices/create#create_price-tiers
 */
function tiersOf({ billing_scheme: scheme, tiers, tiers_mode: mode }: Context['params']): object[] | undefined {
  const isTiered = scheme === 'tiered';
  if (!isTiered && (tiers !== undefined || mode !== undefined))
    throw badRequest('`tiers` and `tiers_mode` need `billing_scheme=tiered`.', {
      param: tiers === undefined ? 'tiers_mode' : 'tiers',
    });
  if (!isTiered) return undefined;
  if (mode === undefined) throw missingParam('tiers_mode');
  if (hashesOf(tiers).length === 0) throw missingParam('tiers');
  return hashesOf(tiers).map((tier, index, all) => {
    const isLast = index === all.length - 1;
    if ((tier['up_to'] === 'inf') !== isLast)
      throw badRequest('The last tier, and no other, must have `up_to` set to `inf`.', {
        param: `tiers[${index}][up_to]`,
      });
    return {
      ...tierAmounts(tier, 'flat_amount'),
      ...tierAmounts(tier, 'unit_amount'),
      up_to: isLast ? null : tier['up_to'],
    };
  });
}

/** Returns an amount of a tier in two fields: an integer, and a decimal string. A request sets only one of them. https://docs.stripe.com/api/prices/object#price_object-tiers */
function tierAmounts(tier: Record<string, unknown>, name: string): object {
  const [amount, decimal] = [tier[name], tier[`${name}_decimal`]];
  const isWholeDecimal = decimal !== undefined && Number.isInteger(Number(decimal));
  const amountOfDecimal = isWholeDecimal ? Number(decimal) : null;
  const decimalOfAmount = amount === undefined ? null : String(Number(amount));
  return { [name]: amount ?? amountOfDecimal, [`${name}_decimal`]: decimal ?? decimalOfAmount };
}

/** Requires a meter for a metered price, and rejects a meter for any other price. https://docs.stripe.com/api/prices/create#create_price-recurring-meter */
function checkMeter({ account }: Context, { usage_type: usage, meter }: Record<string, unknown>): void {
  const param = 'recurring[meter]';
  if (usage === 'metered' && meter === undefined)
    throw badRequest(
      'Metered prices must be backed by meters: create one at https://docs.stripe.com/api/billing/meter/create.',
      {
        code: 'parameter_missing',
        param,
      },
    );
  if (usage !== 'metered' && meter !== undefined)
    throw badRequest('You can only specify a `meter` if `usage_type` is `metered`.', { param });
  if (typeof meter === 'string' && account.get('billing.meter', meter) === undefined)
    throw noSuchObject('billing.meter', meter, param, true);
}

/** Returns the field `recurring` of a price. What the request does not set has its default. https://docs.stripe.com/api/prices/create#create_price-recurring */
function recurringDefaults(recurring: Record<string, unknown>): object {
  return { interval_count: 1, meter: null, trial_period_days: null, usage_type: 'licensed', ...recurring };
}

/** If another price has a lookup key, removes the key from that price. Throws instead if `allowTransfer` is false. https://docs.stripe.com/api/prices/create#create_price-transfer_lookup_key */
function claimLookupKey(context: Context, key: string, allowTransfer: boolean): void {
  const holder = context.account.all('price').find((price) => price['lookup_key'] === key);
  if (holder === undefined) return;
  if (!allowTransfer)
    throw badRequest(`A price (\`${holder.id}\`) already uses that lookup key.`, {
      code: 'resource_already_exists',
      param: 'lookup_key',
    });
  holder['lookup_key'] = null;
}

/** POST /v1/prices/{id}. Rejects an update that archives the default price of a product. https://docs.stripe.com/products-prices/manage-prices#archive-price */
function checkArchive(context: Context, price: StoredObject): void {
  const product = context.account.get('product', String(price['product']));
  if (context.params['active'] !== false || product?.['default_price'] !== price.id) return;
  throw badRequest('This price cannot be archived because it is the default price of its product.', {
    param: 'active',
  });
}

/** DELETE /v1/products/{id}. Rejects the deletion of a product with prices. https://docs.stripe.com/api/products/delete */
export function checkProductDelete(context: Context, product: StoredObject): void {
  if (!context.account.all('price').some((price) => price['product'] === product.id)) return;
  throw badRequest('This product cannot be deleted because it has one or more user-created prices.', { param: 'id' });
}

export const prices: Feature = {
  entities: {
    Price: { create: createPrice, beforeUpdate: checkArchive },
    Product: { beforeDelete: checkProductDelete },
  },
};
