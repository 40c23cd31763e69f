import type { Context } from '../context.ts';
import type { DebitAccount } from '../methods/debit-account.ts';
import { bad } from '../refusal.ts';
import type { Stored } from '../store.ts';
import type { Card } from './card-details.ts';
import type { CardRow } from './card-row.ts';

const NEVER_AGAIN =
  'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account ' +
  'without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, ' +
  'you must attach it to a Customer first.';

/** What Stripe remembers of a payment method and never answers. */
export interface MethodState {
  readonly card?: Card;
  /** The test bank account of a debit. */
  readonly debit?: DebitAccount;
  /** The holder of the bank account confirmed its microdeposits. */
  isVerified?: boolean;
  /** Detached, or used once without a customer. */
  spent: boolean;
  /** Authenticated for payments off session. */
  isSetUp: boolean;
}

export function methodState({ account }: Context, method: Stored): MethodState | undefined {
  return account.hidden.get(method.id) as MethodState | undefined;
}

export function rememberMethod({ account }: Context, method: Stored, facts: MethodState): void {
  account.hidden.set(method.id, facts);
}

export function cardOf(context: Context, method: Stored): CardRow | undefined {
  return methodState(context, method)?.card?.row;
}

export function isSetUp(context: Context, method: Stored): boolean {
  return methodState(context, method)?.isSetUp === true;
}

export function markSetUp(context: Context, method: Stored): void {
  const known = methodState(context, method);
  if (known !== undefined) known.isSetUp = true;
}

/** Rejects what was detached, or used once without a customer. */
export function checkUsable(context: Context, method: Stored): void {
  if (methodState(context, method)?.spent === true) throw bad(NEVER_AGAIN);
}

/** After a payment without a customer it may not be used again. */
export function spend(context: Context, method: Stored): void {
  const known = methodState(context, method);
  if (known !== undefined && method['customer'] === null) known.spent = true;
}

export function debitOf(context: Context, method: Stored): DebitAccount | undefined {
  return methodState(context, method)?.debit;
}

export function isVerified(context: Context, method: Stored): boolean {
  return methodState(context, method)?.isVerified === true;
}

export function markVerified(context: Context, method: Stored): void {
  const known = methodState(context, method);
  if (known !== undefined) known.isVerified = true;
}
