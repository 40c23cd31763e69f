import { isRecurring } from '../billing/prices.ts';
import { hash } from '../billing/values.ts';
import type { Context } from '../context.ts';
import { cardField, escaped, textField } from '../control/pages.ts';
import { formatted } from '../ledger/currencies.ts';
import type { Stored } from '../store.ts';
import { linesOf, lineState } from './line-items.ts';
import { dataOf } from './session-data.ts';
import { hasTrial } from './totals.ts';

/** What a customer sees of a session: lines, sums, a field for a test card. */
export function checkoutForm(context: Context, session: Stored, target: string, error: string | undefined): string {
  const action = escaped(target);
  const cancel = session['cancel_url'];
  const failure = error === undefined ? '' : `<p class="error" role="alert">${escaped(error)}</p>`;
  return [
    `<h1>${escaped(titleOf(session))}</h1>${failure}`,
    `<form method="post" action="${action}">`,
    sums(context, session),
    trialNote(context, session),
    session['allow_promotion_codes'] === true
      ? `${textField('promotion_code', 'Promotion code')}<button class="plain" name="action" value="update" formnovalidate>Apply</button>`
      : '',
    contact(session),
    needsCard(session) ? cardField() : '',
    `<button name="action" value="pay">${escaped(buttonOf(session))}</button></form>`,
    typeof cancel === 'string' ? `<p><a href="${escaped(cancel)}">Back to the shop</a></p>` : '',
    '<p class="note">A page of the sandbox: no money moves.</p>',
  ].join('');
}

function money(session: Stored, amount: unknown): string {
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

function sums(context: Context, session: Stored): string {
  if (session['mode'] === 'setup') return '';
  const details = hash(session['total_details']);
  const row = (name: string, amount: unknown, sign = ''): string =>
    Number(amount ?? 0) === 0 ? '' : `<tr><td>${name}</td><td>${sign}${money(session, amount)}</td></tr>`;
  const lines = linesOf(context.account, 'checkout_session', session).map((line) => lineRow(context, session, line));
  return `<table>${lines.join('')}${row('Discount', details['amount_discount'], '−')}${row('Tax', details['amount_tax'])}${row('Shipping', details['amount_shipping'])}<tr class="total"><td>Total due today</td><td>${money(session, session['amount_total'])}</td></tr></table>`;
}

function lineRow(context: Context, session: Stored, line: Stored): string {
  const { enabled, minimum, maximum = 99 } = lineState(context, line).adjustable;
  const { interval, interval_count: count = 1 } = hash(hash(line['price'])['recurring']);
  const each =
    interval === undefined ? '' : count === 1 ? ` / ${String(interval)}` : ` / ${String(count)} ${String(interval)}s`;
  const quantity =
    enabled === true
      ? `<input type="number" aria-label="Quantity" name="quantity[${line.id}]" value="${String(line['quantity'])}" min="${String(minimum ?? 1)}" max="${String(maximum)}">`
      : line['quantity'] === null
        ? 'by usage'
        : `${String(line['quantity'])} ×`;
  return `<tr><td>${quantity} ${escaped(String(line['description'] ?? ''))}</td><td>${money(session, line['amount_subtotal'])}${each}</td></tr>`;
}

function trialNote(context: Context, session: Stored): string {
  const data = hash(dataOf(context, session)['subscription_data']);
  if (!hasTrial(data)) return '';
  const after = linesOf(context.account, 'checkout_session', session)
    .filter((line) => isRecurring(line['price'] as Stored))
    .reduce((sum, line) => sum + Number(line['amount_total']), 0);
  const length =
    typeof data['trial_period_days'] === 'number' ? `${data['trial_period_days']} days free` : 'A free trial';
  return `<p class="note">${length}, then ${money(session, after)}.</p>`;
}

function contact(session: Stored): string {
  const email = typeof session['customer_email'] === 'string' ? session['customer_email'] : '';
  const fields = ((session['custom_fields'] ?? []) as Record<string, unknown>[]).map(customField);
  const known = session['customer'] !== null;
  return `${known ? '' : `${textField('email', 'Email', email, 'type="email" autocomplete="email"')}${textField('name', 'Name', '', 'autocomplete="name"')}`}${fields.join('')}`;
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
