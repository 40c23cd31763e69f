import type { Fields } from '../../catalog/types.ts';
import type { Context } from '../context.ts';
import type { ExtraRoute } from '../feature.ts';
import { pageOfObjects, readCursor } from '../protocol/lists/lists.ts';
import { noSuchObject } from '../api-error.ts';
import type { StoredObject } from '../store.ts';

const LIST_FIELDS: Fields = {
  type: { type: 'string' },
  allow_redisplay: { type: { enum: ['always', 'limited', 'unspecified'] } },
  limit: { type: 'integer' },
  starting_after: { type: 'string' },
  ending_before: { type: 'string' },
};

/** Returns the payment methods of a customer, oldest first. */
function methodsOfCustomer({ account }: Context, id: string): StoredObject[] {
  const customer = account.get('customer', id);
  if (customer === undefined || customer['deleted'] === true) throw noSuchObject('customer', id, 'customer');
  return account.all('payment_method').filter((method) => method['customer'] === id);
}

/** The routes of a customer's payment methods. https://docs.stripe.com/api/payment_methods/customer_list */
export const paymentMethodRoutes: readonly ExtraRoute[] = [
  {
    method: 'GET',
    path: '/v1/customers/{customer}/payment_methods',
    fields: LIST_FIELDS,
    entity: 'PaymentMethod',
    isList: true,
    run: (context, { customer = '' }, path) => {
      const { type, allow_redisplay: redisplay } = context.params;
      const methods = methodsOfCustomer(context, customer).filter(
        (method) =>
          (type === undefined || method['type'] === type) &&
          (redisplay === undefined || (method['allow_redisplay'] ?? 'unspecified') === redisplay),
      );
      return pageOfObjects('payment_method', methods, readCursor(context.params), path);
    },
  },
  {
    // https://docs.stripe.com/api/payment_methods/customer
    method: 'GET',
    path: '/v1/customers/{customer}/payment_methods/{id}',
    fields: {},
    entity: 'PaymentMethod',
    isList: false,
    run: (context, { customer = '', id = '' }) => {
      const method = methodsOfCustomer(context, customer).find((candidate) => candidate.id === id);
      if (method === undefined) throw noSuchObject('payment_method', id, 'payment_method');
      return method;
    },
  },
];
