import { redact } from '../../redact.ts';
import type { StripeRequest, StripeResult } from '../transport.ts';
import type { WrittenObject } from './recent-requests.ts';

/** Fields that hold what an object is worth, in this order. */
const AMOUNT_FIELDS = ['amount', 'total', 'amount_total', 'unit_amount'] as const;

/** Returns the object of a write: of Stripe's response, or the one that its error names. Undefined for a read. */
export function writtenObject({ method }: StripeRequest, result: StripeResult): WrittenObject | undefined {
  if (method === 'GET') return undefined;
  if (!result.ok) return idOnly(result.stripeError.objectId);
  const { id, currency } = result.body;
  const amount = AMOUNT_FIELDS.map((name) => result.body[name]).find((value) => typeof value === 'number');
  const written = idOnly(id);
  if (written === undefined || typeof currency !== 'string') return written;
  return { ...written, amount, currency };
}

/** An id may be a text that the caller chose, such as that of a coupon. */
function idOnly(id: unknown): WrittenObject | undefined {
  return typeof id === 'string' && id !== '' ? { id: redact(id) } : undefined;
}
