import type { Context } from '../context.ts';
import type { DebitAccount } from '../methods/debit-account.ts';
import { badRequest } from '../api-error.ts';
import type { StoredObject } from '../store.ts';
import type { Card } from './card-details.ts';
import type { CardRow } from './card-row.ts';

const METHOD_SPENT =
  'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account ' +
  'without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, ' +
  'you must attach it to a Customer first.';

/** Data of a payment method that no response shows. */
export interface MethodState {
  readonly card?: Card;
  /** The test bank account of a bank debit. */
  readonly debit?: DebitAccount | undefined;
  /** True if the account holder has verified the microdeposits. */
  isVerified?: boolean;
  /**
   * True if the payment method was detached, or used once without a customer. Such a payment method cannot be used
   * again.
   */
  spent: boolean;
  /** True if the customer has authenticated the payment method for off-session payments. */
  isSetUp: boolean;
}

export function methodState({ account }: Context, method: StoredObject): MethodState | undefined {
  return account.privateData.get(method.id) as MethodState | undefined;
}

export function saveMethodState({ account }: Context, method: StoredObject, state: MethodState): void {
  account.privateData.set(method.id, state);
}

export function cardOf(context: Context, method: StoredObject): CardRow | undefined {
  return methodState(context, method)?.card?.row;
}

export function isSetUp(context: Context, method: StoredObject): boolean {
  return methodState(context, method)?.isSetUp === true;
}

/** Records that the customer has authenticated a payment method for off-session payments. */
export function markSetUp(context: Context, method: StoredObject): void {
  const state = methodState(context, method);
  if (state !== undefined) state.isSetUp = true;
}

/** Rejects a payment method that cannot be used again, because it was detached or was used once without a customer. */
export function checkUsable(context: Context, method: StoredObject): void {
  if (methodState(context, method)?.spent === true) throw badRequest(METHOD_SPENT);
}

/** Marks a payment method without a customer as used, so that it cannot be used again. */
export function markSpent(context: Context, method: StoredObject): void {
  const state = methodState(context, method);
  if (state !== undefined && method['customer'] === null) state.spent = true;
}

export function debitAccountOf(context: Context, method: StoredObject): DebitAccount | undefined {
  return methodState(context, method)?.debit;
}

export function isVerified(context: Context, method: StoredObject): boolean {
  return methodState(context, method)?.isVerified === true;
}

/** Records that the account holder has verified the microdeposits of a bank account. */
export function markVerified(context: Context, method: StoredObject): void {
  const state = methodState(context, method);
  if (state !== undefined) state.isVerified = true;
}
