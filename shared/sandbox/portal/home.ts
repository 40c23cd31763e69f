import { ENDED_STATUSES } from '../billing/subscriptions/cancel.ts';
import { priceOf, subscriptionItems } from '../billing/subscriptions/items.ts';
import { productName } from '../billing/prices.ts';
import { hashOrEmpty } from '../billing/values.ts';
import type { Context } from '../context.ts';
import { cardField, escapeHtml, textField } from '../control/pages.ts';
import { formatAmount } from '../ledger/currencies.ts';
import type { StoredObject } from '../store.ts';
import { featureOf } from './actions.ts';

/**
 * Returns the page of a portal session as HTML, with the sections that the portal's configuration and the session's
 * flow allow.
 */
export function portalHome(context: Context, session: StoredObject, target: string, error: string | undefined): string {
  const isEnabled = (feature: string): boolean => featureOf(context, session, feature)['enabled'] === true;
  const flow = hashOrEmpty(session['flow'])['type'];
  const showsSection = (type: string): boolean => flow === undefined || flow === type;
  const returnUrl = session['return_url'];
  const headline = hashOrEmpty(portalConfiguration(context, session)?.['business_profile'])['headline'];
  return [
    `<h1>${escapeHtml(String(headline ?? 'Billing'))}</h1>`,
    error === undefined ? '' : `<p class="error" role="alert">${escapeHtml(error)}</p>`,
    showsSection('subscription_cancel')
      ? subscriptionSection(context, session, target, isEnabled('subscription_cancel'))
      : '',
    isEnabled('payment_method_update') && showsSection('payment_method_update')
      ? cardSection(context, session, target)
      : '',
    isEnabled('customer_update') && showsSection('customer_update') ? detailSection(context, session, target) : '',
    isEnabled('invoice_history') && flow === undefined ? invoiceSection(context, session) : '',
    typeof returnUrl === 'string' ? `<p><a href="${escapeHtml(returnUrl)}">Return to the shop</a></p>` : '',
    '<p class="note">A page of the sandbox: no money moves.</p>',
  ].join('');
}

function portalConfiguration({ account }: Context, session: StoredObject): StoredObject | undefined {
  return account.get('billing_portal.configuration', String(session['configuration']));
}

/** Formats Unix seconds as a day, such as `2026-01-31`. */
function dayText(seconds: unknown): string {
  return new Date(Number(seconds) * 1000).toISOString().slice(0, 10);
}

/** Returns a form with one button and a hidden field. */
function buttonForm(target: string, action: string, text: string, field: string, value: string): string {
  return `<form method="post" action="${escapeHtml(target)}"><input type="hidden" name="${field}" value="${escapeHtml(value)}"><button class="plain" name="action" value="${action}">${text}</button></form>`;
}

function subscriptionSection(context: Context, session: StoredObject, target: string, canCancel: boolean): string {
  const flowSubscription = hashOrEmpty(hashOrEmpty(session['flow'])['subscription_cancel'])['subscription'];
  const rows = context.account
    .all('subscription')
    .filter(
      (candidate) => candidate['customer'] === session['customer'] && !ENDED_STATUSES.includes(candidate['status']),
    )
    .filter((candidate) => flowSubscription === undefined || candidate.id === flowSubscription)
    .map((subscription) => {
      const [item] = subscriptionItems(context, subscription);
      const cancelAt = subscription['cancel_at'];
      const isCancellationScheduled = typeof cancelAt === 'number';
      const statusText = isCancellationScheduled
        ? `ends on ${dayText(cancelAt)}`
        : `renews on ${dayText(item?.['current_period_end'])}`;
      const name = item === undefined ? '' : productName(context, priceOf(item));
      const [verb, label] = isCancellationScheduled ? ['renew', 'Renew'] : ['cancel', 'Cancel'];
      const action = canCancel ? buttonForm(target, verb, label, 'subscription', subscription.id) : '';
      return `<tr><td>${escapeHtml(name)}<br><span class="note">${escapeHtml(String(subscription['status']))}, ${statusText}</span></td><td>${action}</td></tr>`;
    });
  return rows.length === 0 ? '<p>No subscriptions.</p>' : `<h2>Subscriptions</h2><table>${rows.join('')}</table>`;
}

function cardSection(context: Context, session: StoredObject, target: string): string {
  const customer = context.account.get('customer', String(session['customer']));
  const defaultMethod = hashOrEmpty(customer?.['invoice_settings'])['default_payment_method'];
  const rows = context.account
    .all('payment_method')
    .filter((method) => method['customer'] === session['customer'])
    .map((method) => {
      const { brand, last4 } = hashOrEmpty(method['card']);
      const action =
        method.id === defaultMethod
          ? 'default'
          : buttonForm(target, 'default_card', 'Make default', 'payment_method', method.id);
      return `<tr><td>${escapeHtml(`${String(brand ?? method['type'])} ${String(last4 ?? '')}`)}</td><td>${action}</td></tr>`;
    });
  return `<h2>Payment methods</h2><table>${rows.join('')}</table><form method="post" action="${escapeHtml(target)}">${cardField()}<button name="action" value="add_card">Add payment method</button></form>`;
}

function detailSection(context: Context, session: StoredObject, target: string): string {
  const customer = context.account.get('customer', String(session['customer']));
  const allowed = featureOf(context, session, 'customer_update')['allowed_updates'];
  const fields = ['email', 'name', 'phone'].filter((name) => Array.isArray(allowed) && allowed.includes(name));
  const fieldTags = fields.map((name) =>
    textField(name, name.charAt(0).toUpperCase() + name.slice(1), String(customer?.[name] ?? '')),
  );
  return `<h2>Billing information</h2><form method="post" action="${escapeHtml(target)}">${fieldTags.join('')}<button class="plain" name="action" value="update_customer">Save</button></form>`;
}

function invoiceSection({ account }: Context, session: StoredObject): string {
  const rows = account
    .all('invoice')
    .filter((invoice) => invoice['customer'] === session['customer'] && invoice['status'] !== 'draft')
    .reverse()
    .map((invoice) => {
      const amount = formatAmount(Number(invoice['total']), String(invoice['currency']));
      const number = escapeHtml(String(invoice['number'] ?? ''));
      const url = invoice['hosted_invoice_url'];
      const link = typeof url === 'string' ? `<a href="${escapeHtml(url)}">${number}</a>` : number;
      return `<tr><td>${dayText(invoice['created'])} ${link}<br><span class="note">${escapeHtml(String(invoice['status']))}</span></td><td>${escapeHtml(amount)}</td></tr>`;
    });
  return rows.length === 0 ? '' : `<h2>Invoices</h2><table>${rows.join('')}</table>`;
}
