import { hash } from 'node:crypto';

const LONGEST = 255;

/**
 * The idempotency key of one row of an Update or Delete by clause: told from the caller's key and the row, so that
 * a repeat with the same key touches no row twice. At most 255 visible ASCII characters: Stripe's limit, and a header's.
 */
export function rowOperationId(operationId: string, rowId: string): string {
  const plain = `${operationId}:${rowId}`;
  if (plain.length <= LONGEST && /^[\x21-\x7e]*$/.test(plain)) return plain;
  return hash('sha256', plain);
}
