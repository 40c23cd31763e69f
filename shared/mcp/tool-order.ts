/**
 * What comes first in the list of tools: a client that reads one page of it finds what is used most. The page of the
 * vendor's connector names its actions in this order.
 */
const FIRST: readonly string[] = [
  ...['list', 'get', 'create', 'update'].map((operation) => `customer_${operation}`),
  ...['list', 'get', 'create'].map((operation) => `payment_intent_${operation}`),
  'confirm_payment_intent',
  'capture_payment_intent',
  'cancel_payment_intent',
  'attach_payment_method_to_customer',
  'detach_payment_method_from_customer',
  'finalize_invoice',
  'finalize_quote',
  'accept_quote',
  'cancel_quote',
  'balance_get',
  ...['invoice', 'refund', 'subscription'].flatMap((entity) => [`${entity}_list`, `${entity}_get`]),
  'refund_create',
];
const PLACES: ReadonlyMap<string, number> = new Map(FIRST.map((name, index) => [name, index]));

/** Of two names of tools: first those that are used most, the others by the alphabet. */
export function byUse(name: string, other: string): number {
  const places = (PLACES.get(name) ?? FIRST.length) - (PLACES.get(other) ?? FIRST.length);
  return places === 0 ? Number(name > other) - Number(name < other) : places;
}
