import type { ExtraRoute } from '../feature.ts';
import { USD_VALUE } from '../ledger/rates.ts';
import { pageOfObjects, readCursor } from '../protocol/lists/lists.ts';
import { noSuchObject } from '../api-error.ts';
import type { StoredObject } from '../store.ts';
import { CURRENCY_OF_COUNTRY } from './countries.ts';

/**
 * The fields that a specification lists as required for charges and payouts. The sandbox accepts accounts without these
 * fields. https://docs.stripe.com/connect/required-verification-information
 */
const REQUIRED_FIELDS = {
  company: ['business_profile.mcc', 'business_profile.url', 'company.name', 'company.tax_id', 'external_account'],
  individual: ['business_profile.mcc', 'external_account', 'individual.dob.day', 'individual.first_name'],
};

/** Returns the specification of a country. https://docs.stripe.com/api/country_specs/object */
function countrySpec([country, currency]: readonly [string, string]): StoredObject {
  return {
    id: country,
    object: 'country_spec',
    default_currency: currency,
    supported_bank_account_currencies: { [currency]: [country] },
    supported_payment_currencies: Object.keys(USD_VALUE),
    supported_payment_methods: country === 'US' ? ['ach', 'card', 'stripe'] : ['card', 'stripe'],
    supported_transfer_countries: Object.keys(CURRENCY_OF_COUNTRY),
    verification_fields: {
      company: { additional: [], minimum: REQUIRED_FIELDS.company },
      individual: { additional: [], minimum: REQUIRED_FIELDS.individual },
    },
  };
}

/** The routes of the country specifications. https://docs.stripe.com/api/country_specs */
export const countrySpecRoutes: readonly ExtraRoute[] = [
  {
    method: 'GET',
    path: '/v1/country_specs',
    fields: { limit: { type: 'integer' }, starting_after: { type: 'string' }, ending_before: { type: 'string' } },
    entity: 'CountrySpec',
    isList: true,
    run: ({ params }, _ids, path) => {
      // `pageOfObjects` returns its objects in reverse order. The list must have the order of `CURRENCY_OF_COUNTRY`.
      const specs = Object.entries(CURRENCY_OF_COUNTRY).map(countrySpec).reverse();
      return pageOfObjects('country_spec', specs, readCursor(params), path);
    },
  },
  {
    method: 'GET',
    path: '/v1/country_specs/{id}',
    fields: {},
    entity: 'CountrySpec',
    isList: false,
    run: (_context, { id = '' }) => {
      const currency = CURRENCY_OF_COUNTRY[id];
      if (currency === undefined) throw noSuchObject('country_spec', id, 'id');
      return countrySpec([id, currency]);
    },
  },
];
