import { objectInPath, makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { checkTaxId } from './tax-id-formats.ts';
import { isHash, type StoredObject } from '../store.ts';

/** Creates a tax id that belongs to a customer, or else to the `owner` in the request, or else to the account itself. https://docs.stripe.com/api/tax_ids/create */
export function makeTaxId(context: Context, customer: StoredObject | undefined): StoredObject {
  const { owner, ...params } = context.params;
  const type = String(params['type']);
  const value = String(params['value']);
  checkTaxId(type, value);
  const taxId = makeObject(context, 'TaxId', { ...params, customer: customer?.id ?? '' });
  const requestedOwner = isHash(owner) ? owner : undefined;
  Object.assign(taxId, {
    country: (type === 'eu_vat' ? value : type).slice(0, 2).toUpperCase(),
    customer: customer?.id ?? requestedOwner?.['customer'] ?? null,
    owner: customer === undefined ? { type: 'self', ...requestedOwner } : { type: 'customer', customer: customer.id },
    verification: { status: 'pending', verified_address: null, verified_name: null },
  });
  if (customer !== undefined) context.account.parents.set(taxId, { customer: customer.id });
  return taxId;
}

/** POST /v1/tax_ids, or /v1/customers/{customer}/tax_ids with a customer. */
function createTaxId(context: Context): StoredObject {
  const { customer, ...params } = context.params;
  const owner = typeof customer === 'string' ? objectInPath(context, 'customer', customer, 'customer') : undefined;
  return makeTaxId({ ...context, params }, owner);
}

export const taxIds: Required<Pick<Feature, 'entities'>> = { entities: { TaxId: { create: createTaxId } } };
