/**
 * The most used tools, in the order of the tool list. They come first, because some clients read only one page of the
 * list. The actions are in the order of Google's documentation of its Stripe connector.
 */
const FIRST_TOOLS: readonly string[] = [
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
const RANKS: ReadonlyMap<string, number> = new Map(FIRST_TOOLS.map((name, index) => [name, index]));

/** Compares two tool names: first the most used tools, then the other tools alphabetically. */
export function byUse(name: string, other: string): number {
  const ranks = (RANKS.get(name) ?? FIRST_TOOLS.length) - (RANKS.get(other) ?? FIRST_TOOLS.length);
  return ranks === 0 ? Number(name > other) - Number(name < other) : ranks;
}

/** Returns whether the tool is one of the most used. */
export function isFrequentTool(name: string): boolean {
  return RANKS.has(name);
}

/**
 * The tools that a list shows if the connection offers too many tools to list them all: frequent reads, and two writes.
 * The list also has `find_operation` and `call_operation`.
 */
const DEFAULT_TOOLS: ReadonlySet<string> = new Set([
  ...['customer', 'payment_intent', 'invoice', 'subscription'].flatMap((entity) => [`${entity}_list`, `${entity}_get`]),
  'balance_get',
  'customer_create',
  'refund_create',
]);

export function isDefaultTool(name: string): boolean {
  return DEFAULT_TOOLS.has(name);
}
