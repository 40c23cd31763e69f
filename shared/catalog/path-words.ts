/**
 * Literal segments in Stripe's paths at positions where other paths have an id: `search` in `/v1/customers/search`. The
 * connector rejects such a word as an id, because a request with it would call another endpoint. The key is the path
 * before the segment. A test compares the table with the catalog and with Stripe's OpenAPI document.
 */
const PATH_WORDS: Readonly<Record<string, readonly string[]>> = {
  '/v1/charges': ['search'],
  '/v1/credit_notes': ['preview'],
  '/v1/customers': ['search'],
  '/v1/invoices': ['create_preview', 'search', 'upcoming'],
  '/v1/payment_intents': ['search'],
  '/v1/payment_records': ['report_payment'],
  '/v1/prices': ['search'],
  '/v1/products': ['search'],
  '/v1/subscriptions': ['search'],
  '/v1/test_helpers/issuing/transactions': ['create_force_capture', 'create_unlinked_refund'],
  '/v1/tax/transactions': ['create_from_calculation', 'create_reversal'],
};

/**
 * Returns whether replacing a placeholder (`{id}`) of a path template by this text gives the path of another endpoint.
 */
export function isPathWord(template: string, placeholder: string, text: string): boolean {
  return pathWordsAt(template, placeholder).includes(text);
}

/** Returns the literal segments that Stripe's paths may have at the position of a placeholder. */
export function pathWordsAt(template: string, placeholder: string): readonly string[] {
  const pathBefore = template.slice(0, template.indexOf(placeholder) - 1);
  return Object.hasOwn(PATH_WORDS, pathBefore) ? (PATH_WORDS[pathBefore] ?? []) : [];
}
