import { isRecurring } from '../billing/prices.ts';
import { hashOrEmpty } from '../billing/values.ts';
import type { Context } from '../context.ts';
import { cardField, escapeHtml, textField } from '../control/pages.ts';
import { formatAmount } from '../ledger/currencies.ts';
import type { StoredObject } from '../store.ts';
import { sellerLines, lineState } from './line-items.ts';
import { dataOf } from './session-data.ts';
import { hasTrial } from './totals.ts';

/** The error of the last attempt and its input, which the page shows again. */
interface FormState {
  readonly error?: string;
  readonly entered: URLSearchParams;
}

/** Returns the page of a session: lines, totals and a field for a test card. */
export function checkoutForm(
  context: Context,
  session: StoredObject,
  target: string,
  { error, entered }: FormState,
): string {
  const action = escapeHtml(target);
  const cancel = session['cancel_url'];
  const failure = error === undefined ? '' : `<p class="error" role="alert">${escapeHtml(error)}</p>`;
  return [
    `<h1>${escapeHtml(titleOf(session))}</h1>${failure}`,
    `<form method="post" action="${action}">`,
    sumTable(context, session),
    trialNote(context, session),
    session['allow_promotion_codes'] === true
      ? `${textField('promotion_code', 'Promotion code')}<button class="plain" name="action" value="update" formnovalidate>Apply</button>`
      : '',
    contactFields(session, entered),
    needsCardField(session) ? cardField() : '',
    `<button name="action" value="pay">${escapeHtml(buttonText(session))}</button></form>`,
    typeof cancel === 'string' ? `<p><a href="${escapeHtml(cancel)}">Back to the shop</a></p>` : '',
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

function needsCardField(session: StoredObject): boolean {
  return (
    session['mode'] === 'setup' ||
    Number(session['amount_total']) > 0 ||
    session['payment_method_collection'] === 'always'
  );
}

function sumTable(context: Context, session: StoredObject): string {
  if (session['mode'] === 'setup') return '';
  const details = hashOrEmpty(session['total_details']);
  const row = (name: string, amount: unknown, sign = ''): string =>
    Number(amount ?? 0) === 0 ? '' : `<tr><td>${name}</td><td>${sign}${moneyText(session, amount)}</td></tr>`;
  const lines = sellerLines(context.account, 'checkout_session', session).map((line) =>
    lineRow(context, session, line),
  );
  return `<table>${lines.join('')}${row('Discount', details['amount_discount'], '−')}${row('Tax', details['amount_tax'])}${row('Shipping', details['amount_shipping'])}<tr class="total"><td>Total due today</td><td>${moneyText(session, session['amount_total'])}</td></tr></table>`;
}

function lineRow(context: Context, session: StoredObject, line: StoredObject): string {
  const { enabled, minimum, maximum = 99 } = lineState(context, line).adjustable;
  const { interval, interval_count: count = 1 } = hashOrEmpty(hashOrEmpty(line['price'])['recurring']);
  const intervalText =
    interval === undefined ? '' : count === 1 ? ` / ${String(interval)}` : ` / ${String(count)} ${String(interval)}s`;
  const quantity =
    enabled === true
      ? `<input type="number" aria-label="Quantity" name="quantity[${line.id}]" value="${String(line['quantity'])}" min="${String(minimum ?? 1)}" max="${String(maximum)}"> ×`
      : line['quantity'] === null
        ? 'by usage'
        : `${String(line['quantity'])} ×`;
  return `<tr><td>${quantity} ${escapeHtml(String(line['description'] ?? ''))}</td><td>${moneyText(session, line['amount_subtotal'])}${intervalText}</td></tr>`;
}

function trialNote(context: Context, session: StoredObject): string {
  const data = hashOrEmpty(dataOf(context, session)['subscription_data']);
  if (!hasTrial(data)) return '';
  const recurringAmount = sellerLines(context.account, 'checkout_session', session)
    .filter((line) => isRecurring(line['price'] as StoredObject))
    .reduce((sum, line) => sum + Number(line['amount_total']), 0);
  const length =
    typeof data['trial_period_days'] === 'number' ? `${data['trial_period_days']} days free` : 'A free trial';
  return `<p class="note">${length}, then ${moneyText(session, recurringAmount)}.</p>`;
}

function contactFields(session: StoredObject, entered: URLSearchParams): string {
  const sessionEmail = typeof session['customer_email'] === 'string' ? session['customer_email'] : '';
  const email = entered.get('email') ?? sessionEmail;
  const fields = ((session['custom_fields'] ?? []) as Record<string, unknown>[]).map(customField);
  const hasCustomer = session['customer'] !== null;
  return `${hasCustomer ? '' : `${textField('email', 'Email', email, 'type="email" autocomplete="email"')}${textField('name', 'Name', entered.get('name') ?? '', 'autocomplete="name"')}`}${fields.join('')}`;
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
