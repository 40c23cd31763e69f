/** How the adapter of a store reports failures. */

const STORE_ERROR_BRAND = Symbol.for('stripe-connector.store-unanswered');

/** The store gave no result: it is slow or unreachable, or it rejects requests for now. A retry may succeed. */
export class StoreUnavailableError extends Error {
  readonly [STORE_ERROR_BRAND] = true;
}

const FAULT = Symbol.for('stripe-connector.store-fault');

/** The request is invalid and was not sent, or the credentials are missing or were rejected. A retry does not help. */
export class StoreFault extends Error {
  readonly [FAULT] = true;
}

const LATER_VERSION = Symbol.for('stripe-connector.store-later-version');

/** A newer revision of the connector wrote a document in a version that this revision does not support. */
export class LaterVersionError extends Error {
  readonly [LATER_VERSION] = true;
}

/** Returns whether the error means that a newer revision wrote the document. */
export function isLaterVersion(error: unknown): boolean {
  return typeof error === 'object' && error !== null && LATER_VERSION in error;
}

/** Returns whether the error is a `StoreFault`, by its brand. */
export function isStoreFault(error: unknown): boolean {
  return typeof error === 'object' && error !== null && FAULT in error;
}

/**
 * Returns whether the error is a `StoreUnavailableError`. It checks a brand instead of the class, because the bundle of
 * the adapter has its own copy of the class.
 */
export function isStoreUnavailable(error: unknown): boolean {
  return typeof error === 'object' && error !== null && STORE_ERROR_BRAND in error;
}
