import { inPath, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { checkTaxId } from './tax-id-formats.ts';
import { isHash, type Stored } from '../store.ts';

/** A tax id of a customer, or of the account itself. https://docs.stripe.com/api/tax_ids/create */
export function makeTaxId(context: Context, customer: Stored | undefined): Stored {
  const { owner, ...params } = context.params;
  const type = String(params['type']);
  checkTaxId(type, String(params['value']));
  const taxId = make(context, 'TaxId', { ...params, customer: customer?.id ?? '' });
  const known = isHash(owner) ? owner : undefined;
  Object.assign(taxId, {
    country: type === 'eu_vat' ? String(params['value']).slice(0, 2).toUpperCase() : type.slice(0, 2).toUpperCase(),
    customer: customer?.id ?? known?.['customer'] ?? null,
    owner: customer === undefined ? { type: 'self', ...known } : { type: 'customer', customer: customer.id },
    verification: { status: 'pending', verified_address: null, verified_name: null },
  });
  if (customer !== undefined) context.account.parents.set(taxId, { customer: customer.id });
  return taxId;
}

function createTaxId(context: Context): Stored {
  const { customer, ...params } = context.params;
  const owner = typeof customer === 'string' ? inPath(context, 'customer', customer, 'customer') : undefined;
  return makeTaxId({ ...context, params }, owner);
}

export const taxIds: Required<Pick<Feature, 'entities'>> = { entities: { TaxId: { create: createTaxId } } };
