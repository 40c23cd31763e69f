import { objectInParam, makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { createPrice } from '../machines/prices.ts';
import { badRequest, missingParam } from '../api-error.ts';
import { isHash, type StoredObject } from '../store.ts';

/** Maximum number of images of a product. https://docs.stripe.com/api/products/create#create_product-images */
const MAX_IMAGES = 8;

/** POST /v1/products. If the request has `default_price_data`, also creates the default price. https://docs.stripe.com/api/products/create#create_product-default_price_data */
function createProduct(context: Context): StoredObject {
  const { default_price_data: data, ...params } = context.params;
  checkImages(params);
  const product = makeObject(context, 'Product', params);
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

/** POST /v1/products/{id}. The default price must belong to the product. https://docs.stripe.com/api/products/update */
function updateProduct(context: Context, product: StoredObject): void {
  checkImages(context.params);
  const price = objectInParam(context, 'price', 'default_price');
  if (price !== undefined && price['product'] !== product.id)
    throw badRequest(`The price specified (${price.id}) does not belong to the product ${product.id}.`, {
      param: 'default_price',
    });
}

function checkImages({ images }: Context['params']): void {
  if (Array.isArray(images) && images.length > MAX_IMAGES)
    throw badRequest(`A product can have at most ${MAX_IMAGES} images.`, { param: 'images' });
}

/** POST /v1/plans. The plan is for an existing product, or for a new one that the hash `product` describes. https://docs.stripe.com/api/plans/create */
function createPlan(context: Context): StoredObject {
  const { product: productInput, ...params } = context.params;
  const product = isHash(productInput)
    ? makeObject(context, 'Product', productInput)
    : objectInParam(context, 'product', 'product');
  if (product === undefined) throw missingParam('product');
  const amount = params['amount'] ?? params['amount_decimal'];
  if (amount === undefined && params['billing_scheme'] !== 'tiered')
    throw badRequest('Plans require an `amount` or `amount_decimal` parameter to be set.', {
      code: 'parameter_missing',
      param: 'amount',
    });
  const plan = makeObject(context, 'Plan', params);
  const decimal = params['amount_decimal'];
  return Object.assign(plan, {
    product: product.id,
    amount_decimal: decimal ?? (amount === undefined ? null : String(Number(amount))),
  });
}

export const products: Feature = {
  entities: { Product: { create: createProduct, beforeUpdate: updateProduct }, Plan: { create: createPlan } },
};
