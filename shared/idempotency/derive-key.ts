/**
 * Operation ids, and the idempotency keys for Stripe that are derived from them.
 *
 * A caller's id has 1 to 255 visible ASCII characters. The id of a part of an operation contains a space, and the text
 * before the first space is the caller's id. The id of a part therefore never equals a caller's id.
 */
import { hash } from 'node:crypto';

/** Limit of an idempotency key at Stripe. https://docs.stripe.com/api/idempotent_requests */
const MAX_KEY_LENGTH = 255;

/**
 * Returns the id for one row of an Update or Delete by clause. The id depends only on the caller's id and the row, so a
 * repeated call writes no row twice.
 */
export function deriveRowOperationId(operationId: string, rowId: string): string {
  return `${operationId} row ${rowId}`;
}

/**
 * Returns the id for the list of rows that a query matched when the operation began. `queryHash` identifies the query.
 */
export function listOperationId(operationId: string, queryHash: string): string {
  return `${operationId} list ${queryHash}`;
}

/** Matches the operation id of a row or list. Groups: the caller's id, and the row's id if the part is a row. */
const PART = /^([\x21-\x7e]{1,255}) (?:list [0-9a-f~]+|row ([^]+))$/;

/** Returns the id of the operation that a part belongs to, or the id itself. */
export function wholeOperationId(id: string): string {
  return PART.exec(id)?.[1] ?? id;
}

/**
 * Returns whether an id belongs to the list of the rows of a bulk write. The console does not show these internal
 * lists.
 */
export function isListOfOperation(id: string): boolean {
  const [part, , row] = PART.exec(id) ?? [];
  return part !== undefined && row === undefined;
}

export function isPartOfOperation(id: string): boolean {
  return PART.test(id);
}

/** Returns the operation id for an item that has no id of its own in its message. The result is a valid caller's id. */
export function itemOperationId(operationId: string, index: number): string {
  const id = `${operationId}:${index}`;
  return id.length <= MAX_KEY_LENGTH ? id : hash('sha256', id);
}

/**
 * Returns the operation id for a text of a sender, such as an order number: `order.shipped:A-1001`. The result is a
 * valid caller's id, and different for each text: a text that does not fit, or looks like a hash, is hashed.
 *
 * @param namespace what the id is for: at most 100 visible ASCII characters, without a colon
 */
export function namespacedOperationId(namespace: string, text: string): string {
  const id = `${namespace}:${text}`;
  const isKept = id.length <= MAX_KEY_LENGTH && VISIBLE.test(id) && !SHA256.test(text);
  // JSON escapes a lone surrogate. In UTF-8, all lone surrogates would have the same bytes.
  return isKept ? id : `${namespace}:${hash('sha256', JSON.stringify(text))}`;
}

/**
 * Returns the idempotency key for Stripe: at most 255 visible ASCII characters.
 *
 *   order-1             first version: the caller's id
 *   order-1~1           each further version
 *   order-1:cus_1~row0  a row
 *   order-1~1~0         first version of an id that ends like the key of another id, so that no two ids share a key
 *
 * A key that would be too long or have other characters is replaced by a hash with the suffix `~sha256`.
 *
 * Source: https://docs.stripe.com/api/idempotent_requests
 */
export function stripeKey(id: string, { keyVersion }: { readonly keyVersion: number }): string {
  const [, callerId, row] = PART.exec(id) ?? [];
  if (callerId === undefined && keyVersion === 0 && !KEY_SUFFIX.test(id)) return id;
  const versioned = `${id}~${keyVersion}`;
  // A row id of these characters has no colon, so the caller's id ends at the last colon of the key.
  const key = row !== undefined && /^[\w.-]+$/.test(row) ? `${callerId}:${row}~row${keyVersion}` : versioned;
  return key.length <= MAX_KEY_LENGTH && VISIBLE.test(key) ? key : `${hash('sha256', versioned)}~sha256`;
}

/** The end of every key that differs from its operation id. */
const KEY_SUFFIX = /~(?:(?:row)?\d{1,16}|sha256)$/;
const VISIBLE = /^[\x21-\x7e]+$/;
const SHA256 = /^[0-9a-f]{64}$/;
