/** How an adapter of a store says that it failed. */

const BRAND = Symbol.for('stripe-connector.store-unanswered');

/** The store gave no answer this time (slow, refusing, out of reach); another question may be answered. */
export class StoreUnavailableError extends Error {
  readonly [BRAND] = true;
}

const FAULT = Symbol.for('stripe-connector.store-fault');

/** The adapter itself failed: the store was not asked, and asking again does not help. */
export class StoreFault extends Error {
  readonly [FAULT] = true;
}

export function isStoreFault(error: unknown): boolean {
  return typeof error === 'object' && error !== null && FAULT in error;
}

/** A brand instead of instanceof: the lazily loaded adapter carries its own copy of the class. */
export function isStoreUnavailable(error: unknown): boolean {
  return typeof error === 'object' && error !== null && BRAND in error;
}
