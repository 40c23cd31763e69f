import { isConnectorError } from '../errors.ts';
import type { StripeObject, StripeRequest } from '../ports/stripe.ts';
import type { Call } from './call.ts';
import type { Door } from './run.ts';

/** The objects of a list, page by page of a hundred, in Stripe's order: the newest first. `mostPages` are read at most. */
export async function* objectsOf<T extends { readonly id?: unknown }>(
  door: Door,
  list: Pick<StripeRequest, 'path' | 'params' | 'account'>,
  call: Call,
  mostPages = Infinity,
): AsyncGenerator<T> {
  let after: unknown;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const params = { ...list.params, limit: 100, ...(after === undefined ? {} : { starting_after: after }) };
    const { body } = await door.run({ ...list, method: 'GET', params }, call);
    const page = (body['data'] ?? []) as readonly T[];
    yield* page;
    after = page.at(-1)?.id;
    if (body['has_more'] !== true || after === undefined) return;
  }
}

/** An object as Stripe has it now; `gone` where it was deleted, or never was. */
export async function objectNow(door: Door, request: StripeRequest, call: Call): Promise<StripeObject | 'gone'> {
  try {
    const { body } = await door.run(request, call);
    return body['deleted'] === true ? 'gone' : body;
  } catch (error) {
    if (isConnectorError(error) && error.facts.stripe?.code === 'resource_missing') return 'gone';
    throw error;
  }
}
