import { isRecurring } from '../billing/prices.ts';
import { priceOf } from '../billing/subscriptions/items.ts';
import { hashOrEmpty } from '../billing/values.ts';
import type { Context } from '../context.ts';
import { cardField, escapeHtml, textField } from '../control/pages.ts';
import { formatAmount } from '../ledger/currencies.ts';
import type { StoredObject } from '../store.ts';
import { DEFAULT_MAX_QUANTITY, lineItemsOf, lineState } from './line-items.ts';
import { hiddenParamsOf, needsPaymentMethod } from './session-data.ts';
import { hasTrial } from './totals.ts';

interface FormState {
  /** The error of the last attempt. */
  readonly error: string | undefined;
  /** The values that the customer entered before, which the page shows again. */
  readonly entered: URLSearchParams;
}

/** Returns the page of a session as HTML: line items, totals, and a form with a field for a test card. */
export function checkoutForm(
  context: Context,
  session: StoredObject,
  target: string,
  { error, entered }: FormState,
): string {
  const action = escapeHtml(target);
  const cancelUrl = session['cancel_url'];
  const failure = error === undefined ? '' : `<p class="error" role="alert">${escapeHtml(error)}</p>`;
  return [
    `<h1>${escapeHtml(titleOf(session))}</h1>${failure}`,
    `<form method="post" action="${action}">`,
    totalsTable(context, session),
    trialNote(context, session),
    session['allow_promotion_codes'] === true
      ? `${textField('promotion_code', 'Promotion code')}<button class="plain" name="action" value="update" formnovalidate>Apply</button>`
      : '',
    contactFields(session, entered),
    needsPaymentMethod(session) ? cardField() : '',
    `<button name="action" value="pay">${escapeHtml(buttonText(session))}</button></form>`,
    typeof cancelUrl === 'string' ? `<p><a href="${escapeHtml(cancelUrl)}">Back to the shop</a></p>` : '',
    '<p class="note">A page of the sandbox: no money moves.</p>',
  ].join('');
}

function moneyText(session: StoredObject, amount: unknown): string {
  return escapeHtml(formatAmount(Number(amount ?? 0), String(session['currency'] ?? 'usd')));
}

function titleOf(session: StoredObject): string {
  return { setup: 'Save a card', subscription: 'Subscribe', payment: 'Pay' }[String(session['mode'])] ?? 'Pay';
}

function buttonText(session: StoredObject): string {
  if (session['mode'] === 'setup') return 'Save card';
  if (session['mode'] === 'subscription') return 'Subscribe';
  return `Pay ${formatAmount(Number(session['amount_total'] ?? 0), String(session['currency'] ?? 'usd'))}`;
}

/** Returns the table of the line items and the totals. */
function totalsTable(context: Context, session: StoredObject): string {
  if (session['mode'] === 'setup') return '';
  const details = hashOrEmpty(session['total_details']);
  const rowUnlessZero = (name: string, amount: unknown, sign = ''): string =>
    Number(amount ?? 0) === 0 ? '' : `<tr><td>${name}</td><td>${sign}${moneyText(session, amount)}</td></tr>`;
  const lines = lineItemsOf(context.account, 'checkout_session', session).map((line) =>
    lineRow(context, session, line),
  );
  return [
    '<table>',
    ...lines,
    rowUnlessZero('Discount', details['amount_discount'], '−'),
    rowUnlessZero('Tax', details['amount_tax']),
    rowUnlessZero('Shipping', details['amount_shipping']),
    `<tr class="total"><td>Total due today</td><td>${moneyText(session, session['amount_total'])}</td></tr></table>`,
  ].join('');
}

function lineRow(context: Context, session: StoredObject, line: StoredObject): string {
  const description = escapeHtml(String(line['description'] ?? ''));
  const amount = moneyText(session, line['amount_subtotal']);
  return `<tr><td>${quantityHtml(context, line)} ${description}</td><td>${amount}${perInterval(line)}</td></tr>`;
}

/**
 * Returns the quantity of a line item as HTML: a form field if the customer may change the quantity, or else a text.
 */
function quantityHtml(context: Context, line: StoredObject): string {
  const { enabled, minimum, maximum = DEFAULT_MAX_QUANTITY } = lineState(context, line).adjustable;
  const quantity = String(line['quantity']);
  if (enabled === true)
    return `<input type="number" aria-label="Quantity" name="quantity[${line.id}]" value="${quantity}" min="${String(minimum ?? 1)}" max="${String(maximum)}"> ×`;
  return line['quantity'] === null ? 'by usage' : `${quantity} ×`;
}

/** Returns the interval of a recurring price, such as ` / month` or ` / 3 months`, or an empty text. */
function perInterval(line: StoredObject): string {
  const { interval, interval_count: count = 1 } = hashOrEmpty(hashOrEmpty(line['price'])['recurring']);
  if (interval === undefined) return '';
  return count === 1 ? ` / ${String(interval)}` : ` / ${String(count)} ${String(interval)}s`;
}

/**
 * Returns a note about the free trial with the amount after it, and with the length of the trial if `trial_period_days`
 * sets it. Empty if there is no trial.
 */
function trialNote(context: Context, session: StoredObject): string {
  const data = hashOrEmpty(hiddenParamsOf(context, session)['subscription_data']);
  if (!hasTrial(data)) return '';
  const recurringAmount = lineItemsOf(context.account, 'checkout_session', session)
    .filter((line) => isRecurring(priceOf(line)))
    .reduce((sum, line) => sum + Number(line['amount_total']), 0);
  const length =
    typeof data['trial_period_days'] === 'number' ? `${data['trial_period_days']} days free` : 'A free trial';
  return `<p class="note">${length}, then ${moneyText(session, recurringAmount)}.</p>`;
}

/**
 * Returns the custom fields as HTML. If the session has no customer, also returns fields for the email address and the
 * name.
 */
function contactFields(session: StoredObject, entered: URLSearchParams): string {
  const customFields = ((session['custom_fields'] ?? []) as Record<string, unknown>[]).map(customField).join('');
  if (session['customer'] !== null) return customFields;
  const sessionEmail = typeof session['customer_email'] === 'string' ? session['customer_email'] : '';
  const emailField = textField(
    'email',
    'Email',
    entered.get('email') ?? sessionEmail,
    'type="email" autocomplete="email"',
  );
  const nameField = textField('name', 'Name', entered.get('name') ?? '', 'autocomplete="name"');
  return `${emailField}${nameField}${customFields}`;
}

function customField(field: Record<string, unknown>): string {
  const [key, type] = [String(field['key']), String(field['type'])];
  const label = String(hashOrEmpty(field['label'])['custom'] ?? key);
  const name = `custom_fields[${key}]`;
  const required = field['optional'] === true ? '' : 'required';
  if (type !== 'dropdown')
    return textField(name, label, '', `${required} ${type === 'numeric' ? 'inputmode="numeric"' : ''}`);
  const options = (hashOrEmpty(field['dropdown'])['options'] ?? []) as Record<string, unknown>[];
  const optionTags = options.map(
    ({ label: text, value }) => `<option value="${escapeHtml(String(value))}">${escapeHtml(String(text))}</option>`,
  );
  return `<label for="${escapeHtml(key)}">${escapeHtml(label)}</label><select id="${escapeHtml(key)}" name="${escapeHtml(name)}" ${required}>${optionTags.join('')}</select>`;
}
