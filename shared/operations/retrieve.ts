import type { StripeObject } from '../stripe/transport.ts';
import type { CallContext } from '../stripe/call-context.ts';
import type { ConnectorDeps } from './connector.ts';
import { retrieveOrGone } from '../stripe/paginate.ts';
import { withCallOptions, buildEntityRequest } from './request/entity-request.ts';

/**
 * Reads an object's current state. Returns `gone` if the object was deleted, and `not offered` if Stripe has no method
 * that reads such an object by its id alone.
 */
export async function retrieve(
  deps: ConnectorDeps,
  kind: string,
  id: string,
  call: CallContext,
): Promise<StripeObject | 'gone' | 'not offered'> {
  // The names of entities have no underscores: `payment_intent` is PaymentIntent. `nameOf` ignores the case.
  const name = deps.catalog.nameOf(kind.replaceAll('_', ''));
  if (name === undefined || !deps.catalog.operationsOf(name).includes('Get')) return 'not offered';
  const entity = deps.catalog.entity(name);
  const definition = entity.operations.Get;
  if (definition === undefined || !/^[^{]*\{id\}$/.test(definition.path)) return 'not offered';
  const { stripe, strict, limits } = deps;
  const { request } = buildEntityRequest('Get', entity, definition, id, {}, { strict, limits });
  return retrieveOrGone(stripe, withCallOptions(request, call), call);
}
