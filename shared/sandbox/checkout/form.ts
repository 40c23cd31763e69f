import { isRecurring } from '../billing/prices.ts';
import { hash } from '../billing/values.ts';
import type { Context } from '../context.ts';
import { cardField, escaped, textField } from '../control/pages.ts';
import { formatted } from '../ledger/currencies.ts';
import type { Stored } from '../store.ts';
import { sellerLines, lineState } from './line-items.ts';
import { dataOf } from './session-data.ts';
import { hasTrial } from './totals.ts';

/** What a page shows again: the error of the last attempt, and what was entered. */
interface Shown {
  readonly error?: string;
  readonly entered: URLSearchParams;
}

/** Returns the page of a session: lines, totals and a field for a test card. */
export function checkoutForm(context: Context, session: Stored, target: string, { error, entered }: Shown): string {
  const action = escaped(target);
  const cancel = session['cancel_url'];
  const failure = error === undefined ? '' : `<p class="error" role="alert">${escaped(error)}</p>`;
  return [
    `<h1>${escaped(titleOf(session))}</h1>${failure}`,
    `<form method="post" action="${action}">`,
    sumTable(context, session),
    trialNote(context, session),
    session['allow_promotion_codes'] === true
      ? `${textField('promotion_code', 'Promotion code')}<button class="plain" name="action" value="update" formnovalidate>Apply</button>`
      : '',
    contact(session, entered),
    needsCard(session) ? cardField() : '',
    `<button name="action" value="pay">${escaped(buttonOf(session))}</button></form>`,
    typeof cancel === 'string' ? `<p><a href="${escaped(cancel)}">Back to the shop</a></p>` : '',
    '<p class="note">A page of the sandbox: no money moves.</p>',
  ].join('');
}

function moneyText(session: Stored, amount: unknown): string {
  return escaped(formatted(Number(amount ?? 0), String(session['currency'] ?? 'usd')));
}

function titleOf(session: Stored): string {
  return { setup: 'Save a card', subscription: 'Subscribe', payment: 'Pay' }[String(session['mode'])] ?? 'Pay';
}

function buttonOf(session: Stored): string {
  if (session['mode'] === 'setup') return 'Save card';
  if (session['mode'] === 'subscription') return 'Subscribe';
  return `Pay ${formatted(Number(session['amount_total'] ?? 0), String(session['currency'] ?? 'usd'))}`;
}

function needsCard(session: Stored): boolean {
  return (
    session['mode'] === 'setup' ||
    Number(session['amount_total']) > 0 ||
    session['payment_method_collection'] === 'always'
  );
}

function sumTable(context: Context, session: Stored): string {
  if (session['mode'] === 'setup') return '';
  const details = hash(session['total_details']);
  const row = (name: string, amount: unknown, sign = ''): string =>
    Number(amount ?? 0) === 0 ? '' : `<tr><td>${name}</td><td>${sign}${moneyText(session, amount)}</td></tr>`;
  const lines = sellerLines(context.account, 'checkout_session', session).map((line) =>
    lineRow(context, session, line),
  );
  return `<table>${lines.join('')}${row('Discount', details['amount_discount'], '−')}${row('Tax', details['amount_tax'])}${row('Shipping', details['amount_shipping'])}<tr class="total"><td>Total due today</td><td>${moneyText(session, session['amount_total'])}</td></tr></table>`;
}

function lineRow(context: Context, session: Stored, line: Stored): string {
  const { enabled, minimum, maximum = 99 } = lineState(context, line).adjustable;
  const { interval, interval_count: count = 1 } = hash(hash(line['price'])['recurring']);
  const each =
    interval === undefined ? '' : count === 1 ? ` / ${String(interval)}` : ` / ${String(count)} ${String(interval)}s`;
  const quantity =
    enabled === true
      ? `<input type="number" aria-label="Quantity" name="quantity[${line.id}]" value="${String(line['quantity'])}" min="${String(minimum ?? 1)}" max="${String(maximum)}"> ×`
      : line['quantity'] === null
        ? 'by usage'
        : `${String(line['quantity'])} ×`;
  return `<tr><td>${quantity} ${escaped(String(line['description'] ?? ''))}</td><td>${moneyText(session, line['amount_subtotal'])}${each}</td></tr>`;
}

function trialNote(context: Context, session: Stored): string {
  const data = hash(dataOf(context, session)['subscription_data']);
  if (!hasTrial(data)) return '';
  const after = sellerLines(context.account, 'checkout_session', session)
    .filter((line) => isRecurring(line['price'] as Stored))
    .reduce((sum, line) => sum + Number(line['amount_total']), 0);
  const length =
    typeof data['trial_period_days'] === 'number' ? `${data['trial_period_days']} days free` : 'A free trial';
  return `<p class="note">${length}, then ${moneyText(session, after)}.</p>`;
}

function contact(session: Stored, entered: URLSearchParams): string {
  const given = typeof session['customer_email'] === 'string' ? session['customer_email'] : '';
  const email = entered.get('email') ?? given;
  const fields = ((session['custom_fields'] ?? []) as Record<string, unknown>[]).map(customField);
  const known = session['customer'] !== null;
  return `${known ? '' : `${textField('email', 'Email', email, 'type="email" autocomplete="email"')}${textField('name', 'Name', entered.get('name') ?? '', 'autocomplete="name"')}`}${fields.join('')}`;
}

function customField(field: Record<string, unknown>): string {
  const [key, type] = [String(field['key']), String(field['type'])];
  const label = String(hash(field['label'])['custom'] ?? key);
  const name = `custom_fields[${key}]`;
  const required = field['optional'] === true ? '' : 'required';
  if (type !== 'dropdown')
    return textField(name, label, '', `${required} ${type === 'numeric' ? 'inputmode="numeric"' : ''}`);
  const options = (hash(field['dropdown'])['options'] ?? []) as Record<string, unknown>[];
  const shown = options.map(
    ({ label: text, value }) => `<option value="${escaped(String(value))}">${escaped(String(text))}</option>`,
  );
  return `<label for="${escaped(key)}">${escaped(label)}</label><select id="${escaped(key)}" name="${escaped(name)}" ${required}>${shown.join('')}</select>`;
}
