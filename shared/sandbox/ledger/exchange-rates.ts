import type { ExtraRoute, Feature } from '../feature.ts';
import { pageOfObjects, readCursor } from '../protocol/lists/lists.ts';
import { noSuchObject } from '../api-error.ts';
import type { StoredObject } from '../store.ts';
import { USD_VALUE } from './rates.ts';

/** Returns the exchange rates of a currency: the value of one unit of this currency in every currency. https://docs.stripe.com/api/exchange_rates/object */
function exchangeRate([currency, value]: readonly [string, number]): StoredObject {
  const rates = Object.entries(USD_VALUE).map(([target, targetValue]) => [
    target,
    Number((value / targetValue).toPrecision(6)),
  ]);
  return { id: currency, object: 'exchange_rate', rates: Object.fromEntries(rates) as Record<string, number> };
}

const routes: readonly ExtraRoute[] = [
  {
    method: 'GET',
    path: '/v1/exchange_rates',
    fields: { limit: { type: 'integer' }, starting_after: { type: 'string' }, ending_before: { type: 'string' } },
    entity: 'ExchangeRate',
    isList: true,
    run: ({ params }, _ids, path) => {
      // `pageOfObjects` returns its objects in reverse order. The list must have the order of `USD_VALUE`.
      const rates = Object.entries(USD_VALUE).map(exchangeRate).reverse();
      return pageOfObjects('exchange_rate', rates, readCursor(params), path);
    },
  },
  {
    method: 'GET',
    path: '/v1/exchange_rates/{id}',
    fields: {},
    entity: 'ExchangeRate',
    isList: false,
    run: (_context, { id = '' }) => {
      const value = USD_VALUE[id];
      if (value === undefined) throw noSuchObject('exchange_rate', id, 'id');
      return exchangeRate([id, value]);
    },
  },
];

export const exchangeRates: Feature = { routes };
