/**
 * Ids of operations. A caller's are 1 to 255 visible ASCII characters; those of the parts of an operation have a space, so
 * no caller's id is one of them, and none has two meanings: what stands before the first space is the caller's.
 */
import { hash } from 'node:crypto';

const MAX_KEY_LENGTH = 255;

/** One row of an Update or Delete by clause: told from the caller's id and the row, so that a repeat touches no row twice. */
export function deriveRowOperationId(operationId: string, rowId: string): string {
  return `${operationId} row ${rowId}`;
}

/** The list of the rows of a question, as it was when the operation began. */
export function listOperationId(operationId: string, question: string): string {
  return `${operationId} list ${question}`;
}

/** A part of an operation: its caller's id, and the row where it is one. */
const PART = /^([\x21-\x7e]{1,255}) (?:list [0-9a-f~]+|row ([^]+))$/;

export function isPartOfOperation(id: string): boolean {
  return PART.test(id);
}

/** One item of a message that has no id of its own: an id as a caller could give it. */
export function itemOperationId(operationId: string, index: number): string {
  const plain = `${operationId}:${index}`;
  return plain.length <= MAX_KEY_LENGTH ? plain : hash('sha256', plain);
}

/**
 * The key at Stripe: the caller's id, and for each further version another (`order-1~1`); of a row `order-1:cus_1~row0`.
 * Two ids never share a key: an id that ends like a key of another one is marked in its first version too
 * (`order-1~1~0`). At most 255 visible ASCII characters: Stripe's limit, and a header's.
 * https://docs.stripe.com/api/idempotent_requests
 */
export function stripeKey(id: string, { keyVersion }: { readonly keyVersion: number }): string {
  const [, caller, row] = PART.exec(id) ?? [];
  if (caller === undefined && keyVersion === 0 && !KEY_SUFFIX.test(id)) return id;
  // The last colon ends the caller's id.
  const plain =
    row !== undefined && /^[\w.-]+$/.test(row) ? `${caller}:${row}~row${keyVersion}` : `${id}~${keyVersion}`;
  return plain.length <= MAX_KEY_LENGTH && VISIBLE.test(plain)
    ? plain
    : `${hash('sha256', `${id}~${keyVersion}`)}~sha256`;
}

/** How a key ends that is more than its id. */
const KEY_SUFFIX = /~(?:(?:row)?\d{1,16}|sha256)$/;
const VISIBLE = /^[\x21-\x7e]+$/;
