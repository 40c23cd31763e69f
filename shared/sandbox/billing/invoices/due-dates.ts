import type { Context } from '../../context.ts';
import { badRequest } from '../../api-error.ts';
import { DAY } from '../../seconds.ts';

/**
 * Returns the due date of an invoice in Unix seconds, or null if the invoice is charged automatically. An invoice with
 * `collection_method=send_invoice` must have a due date.
 * https://docs.stripe.com/api/invoices/create#create_invoice-days_until_due
 */
export function dueDateOf(context: Context, params: Context['params'], method = params['collection_method']): unknown {
  const { days_until_due: days, due_date: date } = params;
  checkDueParams(params, method);
  if (method !== 'send_invoice') return null;
  if (days === undefined && date === undefined)
    throw badRequest(
      "If invoice `collection_method` is 'send_invoice', you must specify `due_date` or `days_until_due`.",
      { param: 'days_until_due' },
    );
  if (days !== undefined && date !== undefined)
    throw badRequest('You may only specify one of these parameters: days_until_due, due_date.', { param: 'due_date' });
  if (typeof date === 'number' && date <= context.now)
    throw badRequest('`due_date` must be in the future.', { param: 'due_date' });
  return typeof date === 'number' ? date : context.now + Number(days) * DAY;
}

/** Rejects a negative number of days, and either parameter for an invoice that is charged automatically. */
function checkDueParams({ days_until_due: days, due_date: date }: Context['params'], method: unknown): void {
  if (typeof days === 'number' && days < 0)
    throw badRequest('Invalid integer: `days_until_due` must not be negative.', {
      code: 'parameter_invalid_integer',
      param: 'days_until_due',
    });
  if (method !== 'send_invoice' && (days !== undefined || date !== undefined))
    throw badRequest("You may only specify `days_until_due` and `due_date` if `collection_method` is 'send_invoice'.", {
      param: days === undefined ? 'due_date' : 'days_until_due',
    });
}

/** Checks `days_until_due` of a subscription. https://docs.stripe.com/api/subscriptions/create#create_subscription-days_until_due */
export function checkSubscriptionDays(method: unknown, days: unknown): void {
  checkDueParams({ days_until_due: days ?? undefined }, method);
  if (method === 'send_invoice' && typeof days !== 'number')
    throw badRequest("If subscription `collection_method` is 'send_invoice', you must specify `days_until_due`.", {
      param: 'days_until_due',
    });
}
