/** How the adapter of a store reports failures. */

const STORE_ERROR_BRAND = Symbol.for('stripe-connector.store-unanswered');

/** The store did not respond (slow, rejecting, unreachable). A retry may succeed. */
export class StoreUnavailableError extends Error {
  readonly [STORE_ERROR_BRAND] = true;
}

const FAULT = Symbol.for('stripe-connector.store-fault');

/** The adapter itself failed and sent no request. A retry does not help. */
export class StoreFault extends Error {
  readonly [FAULT] = true;
}

const LATER_VERSION = Symbol.for('stripe-connector.store-later-version');

/** A stored document has a later version than this revision supports: a newer revision wrote it. */
export class LaterVersionError extends Error {
  readonly [LATER_VERSION] = true;
}

/** Returns whether a newer revision wrote what was read. */
export function isLaterVersion(error: unknown): boolean {
  return typeof error === 'object' && error !== null && LATER_VERSION in error;
}

/** Returns whether the adapter failed without a request to the store. */
export function isStoreFault(error: unknown): boolean {
  return typeof error === 'object' && error !== null && FAULT in error;
}

/** A brand instead of instanceof: the lazily loaded adapter carries its own copy of the class. */
export function isStoreUnavailable(error: unknown): boolean {
  return typeof error === 'object' && error !== null && STORE_ERROR_BRAND in error;
}
