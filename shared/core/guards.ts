import { isAmount } from '../catalog/overrides.ts';
import { ConnectorError } from '../errors.ts';
import type { StripeRequest } from '../ports/stripe.ts';

/** What a deployment forbids whatever a caller asks: looked at on the plan, before anything is sent. */
export interface Guards {
  readonly readOnly: boolean;
  /** Lower case; undefined allows all. */
  readonly allowedCurrencies?: readonly string[] | undefined;
  /** Greatest amount by currency, in its minor unit; a currency without one is refused. Undefined bounds nothing. */
  readonly maxAmounts?: Readonly<Record<string, number>> | undefined;
}

export const NO_GUARDS: Guards = { readOnly: false };

/** Throws PERMISSION_DENIED where a request breaks a guard. */
export function checkGuards(guards: Guards, { method, params }: StripeRequest): void {
  if (method === 'GET') return;
  if (guards.readOnly) throw refused('the connection is read-only (read_only): nothing was sent', 'READ_ONLY');
  if (guards.allowedCurrencies === undefined && guards.maxAmounts === undefined) return;
  visit(guards, params, undefined, '');
}

/** Amounts count in the currency that stands beside them, or in an object around them. */
function visit(guards: Guards, tree: object, outer: string | undefined, at: string): void {
  const named = (tree as Record<string, unknown>)['currency'];
  const currency = typeof named === 'string' && named !== '' ? named.toLowerCase() : outer;
  if (currency !== outer) checkCurrency(guards, currency ?? '', join(at, 'currency'));
  for (const [name, value] of Object.entries(tree as Record<string, unknown>)) {
    const field = join(at, name);
    // `currency_options: {eur: {unit_amount: 1}}`
    const options = at.endsWith('currency_options');
    if (options) checkCurrency(guards, name.toLowerCase(), field);
    if (typeof value === 'object' && value !== null)
      visit(guards, value, options ? name.toLowerCase() : currency, field);
    // API v2 writes `{value, currency}`.
    else if (isAmount(name) || (name === 'value' && typeof named === 'string'))
      checkAmount(guards, value, currency, field);
  }
}

function checkCurrency({ allowedCurrencies }: Guards, currency: string, field: string): void {
  if (allowedCurrencies === undefined || allowedCurrencies.includes(currency)) return;
  throw refused(
    `${field}: ${currency} is not among allowed_currencies (${allowedCurrencies.join(', ')})`,
    'CURRENCY_NOT_ALLOWED',
  );
}

/** An amount whose currency the request does not name is held to the smallest bound: nobody can tell which applies. */
function checkAmount({ maxAmounts }: Guards, value: unknown, currency: string | undefined, field: string): void {
  const amount = Number(value);
  if (maxAmounts === undefined || value === '' || !Number.isFinite(amount)) return;
  const most = currency === undefined ? Math.min(...Object.values(maxAmounts)) : maxAmounts[currency];
  if (most === undefined)
    throw refused(
      `${field}: max_amounts has no bound for ${currency ?? ''}, so no amount in it is sent`,
      'AMOUNT_NOT_ALLOWED',
    );
  if (Math.abs(amount) <= most) return;
  const unit =
    currency === undefined
      ? 'the smallest of max_amounts, as the request names no currency'
      : `${currency} by max_amounts`;
  throw refused(`${field}: ${amount} is more than ${most} (${unit})`, 'AMOUNT_NOT_ALLOWED');
}

function join(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`;
}

function refused(message: string, reason: string): ConnectorError {
  return new ConnectorError('PERMISSION_DENIED', message, { reason });
}
