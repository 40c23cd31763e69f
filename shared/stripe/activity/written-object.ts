import { redact } from '../../redact.ts';
import type { StripeRequest, StripeResult } from '../transport.ts';
import type { WrittenObject } from './recent-requests.ts';

/** Fields that may contain the amount of an object. The first one that is a number is used. */
const AMOUNT_FIELDS = ['amount', 'total', 'amount_total', 'unit_amount'] as const;

/** Returns the object of a write, from Stripe's response or error. Undefined for a read, or if there is no object. */
export function writtenObject({ method }: StripeRequest, result: StripeResult): WrittenObject | undefined {
  if (method === 'GET') return undefined;
  if (!result.ok) return idOnly(result.stripeError.objectId);
  const { id, currency } = result.body;
  const amount = AMOUNT_FIELDS.map((name) => result.body[name]).find((value) => typeof value === 'number');
  const written = idOnly(id);
  if (written === undefined || typeof currency !== 'string') return written;
  return { ...written, amount, currency };
}

/** Redacts the id, because the caller can choose the ids of some objects, such as coupons. */
function idOnly(id: unknown): WrittenObject | undefined {
  return typeof id === 'string' && id !== '' ? { id: redact(id) } : undefined;
}
