import { inParam, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { createPrice } from '../machines/prices.ts';
import { bad } from '../refusal.ts';
import { isHash, type Stored } from '../store.ts';

/** https://docs.stripe.com/api/products/create#create_product-images */
const MAX_IMAGES = 8;

/** POST /v1/products; a price may be made along. https://docs.stripe.com/api/products/create#create_product-default_price_data */
function createProduct(context: Context): Stored {
  const { default_price_data: data, ...params } = context.params;
  checkImages(params);
  const product = make(context, 'Product', params);
  if (!isHash(data)) return product;
  try {
    const price = createPrice({ ...context, params: { ...data, product: product.id } });
    product['default_price'] = price.id;
  } catch (error) {
    context.account.remove('product', product.id);
    throw error;
  }
  return product;
}

/** POST /v1/products/{id}: the default price is one of its own. https://docs.stripe.com/api/products/update */
function updateProduct(context: Context, product: Stored): void {
  checkImages(context.params);
  const price = inParam(context, 'price', 'default_price');
  if (price !== undefined && price['product'] !== product.id)
    throw bad(`The price specified (${price.id}) does not belong to the product ${product.id}.`, {
      param: 'default_price',
    });
}

function checkImages({ images }: Context['params']): void {
  if (Array.isArray(images) && images.length > MAX_IMAGES)
    throw bad(`A product can have at most ${MAX_IMAGES} images.`, { param: 'images' });
}

/** POST /v1/plans: of a product that is there, or of one made on the way. https://docs.stripe.com/api/plans/create */
function createPlan(context: Context): Stored {
  const { product: given, ...params } = context.params;
  const product = isHash(given) ? make(context, 'Product', given) : inParam(context, 'product', 'product');
  if (product === undefined)
    throw bad('Missing required param: product.', { code: 'parameter_missing', param: 'product' });
  const amount = params['amount'] ?? params['amount_decimal'];
  if (amount === undefined && params['billing_scheme'] !== 'tiered')
    throw bad('Plans require an `amount` or `amount_decimal` parameter to be set.', {
      code: 'parameter_missing',
      param: 'amount',
    });
  const plan = make(context, 'Plan', params);
  const decimal = params['amount_decimal'];
  return Object.assign(plan, {
    product: product.id,
    amount_decimal: decimal ?? (amount === undefined ? null : String(Number(amount))),
  });
}

export const products: Feature = {
  entities: { Product: { create: createProduct, update: updateProduct }, Plan: { create: createPlan } },
};
