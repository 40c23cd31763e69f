import type { Context } from '../../context.ts';
import { bad } from '../../refusal.ts';
import { DAY } from '../../seconds.ts';

/**
 * Invoices to send need a time until they are due, others have none; null for those.
 * https://docs.stripe.com/api/invoices/create#create_invoice-days_until_due
 */
export function dueDateOf(context: Context, params: Context['params'], method = params['collection_method']): unknown {
  const { days_until_due: days, due_date: date } = params;
  checkDays(params, method);
  if (method !== 'send_invoice') return null;
  if (days === undefined && date === undefined)
    throw bad("If invoice `collection_method` is 'send_invoice', you must specify `due_date` or `days_until_due`.", {
      param: 'days_until_due',
    });
  if (days !== undefined && date !== undefined)
    throw bad('You may only specify one of these parameters: days_until_due, due_date.', { param: 'due_date' });
  if (typeof date === 'number' && date <= context.now)
    throw bad('`due_date` must be in the future.', { param: 'due_date' });
  return typeof date === 'number' ? date : context.now + Number(days) * DAY;
}

function checkDays({ days_until_due: days, due_date: date }: Context['params'], method: unknown): void {
  if (typeof days === 'number' && days < 0)
    throw bad('Invalid integer: `days_until_due` must not be negative.', {
      code: 'parameter_invalid_integer',
      param: 'days_until_due',
    });
  if (method !== 'send_invoice' && (days !== undefined || date !== undefined))
    throw bad("You may only specify `days_until_due` and `due_date` if `collection_method` is 'send_invoice'.", {
      param: days === undefined ? 'due_date' : 'days_until_due',
    });
}

/** The same of a subscription, which has days alone. https://docs.stripe.com/api/subscriptions/create#create_subscription-days_until_due */
export function checkSubscriptionDays(method: unknown, days: unknown): void {
  checkDays({ days_until_due: days ?? undefined }, method);
  if (method === 'send_invoice' && typeof days !== 'number')
    throw bad("If subscription `collection_method` is 'send_invoice', you must specify `days_until_due`.", {
      param: 'days_until_due',
    });
}
