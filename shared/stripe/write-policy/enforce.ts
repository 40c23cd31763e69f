import type { PolicyTable } from '../../catalog/money/write-facts.ts';
import { ConnectorError, invalidArgument } from '../../errors.ts';
import { memoizeByRef } from '../../memoize.ts';
import type { StripeRequest } from '../transport.ts';
import { checkAccounts } from './account-bounds.ts';
import { formatDecimal, isMore } from './exact-decimal.ts';
import { unknownInputs } from './known-names.ts';
import { namedMoney, type NamedAmount } from './named-amounts.ts';
import { toInputName, nodesOf } from './params-tree.ts';
import { PolicyLookup } from './policy-table.ts';
import { unboundedBy } from './unbounded.ts';

/** What a deployment forbids to every caller: checked on the request itself, before it is sent. */
export interface WritePolicy {
  readonly readOnly: boolean;
  /** Lower case; undefined allows all. */
  readonly allowedCurrencies?: readonly string[] | undefined;
  /** Greatest amount by currency, in its minor unit; a currency without one is refused. Undefined bounds nothing. */
  readonly maxAmounts?: Readonly<Record<string, number>> | undefined;
  /** Writes that are sent though their amount is not in the request: `Refund.Create`, `PayInvoice`. */
  readonly allowUnbounded?: readonly string[] | undefined;
  /** Connect accounts that a request may name; undefined allows all. */
  readonly accounts?: ReadonlySet<string> | undefined;
  /** Of the connection, where it is not the catalogue's own: its defaults may be others. */
  readonly apiVersion?: string | undefined;
  /** Milliseconds since 1970: a start in the past bills periods that are over. */
  readonly epochMs: () => number;
  /** What is known of the writes; read only where currencies or amounts are bounded. */
  readonly table: () => PolicyTable;
}

export const ALLOW_ALL: WritePolicy = {
  readOnly: false,
  epochMs: () => Infinity,
  table: () => {
    throw new RangeError('no policy asks for facts');
  },
};

/** Whether it bounds the money of writes: then names that the catalogue does not know are refused. */
export function boundsMoney({ allowedCurrencies, maxAmounts }: WritePolicy): boolean {
  return allowedCurrencies !== undefined || maxAmounts !== undefined;
}

/** Throws what a request breaks: INVALID_ARGUMENT for a name that is none, PERMISSION_DENIED for the rest. */
export function enforcePolicy(policy: WritePolicy, request: StripeRequest): void {
  checkBrackets(request);
  if (policy.accounts !== undefined) checkAccounts(policy.accounts, request);
  if (request.method === 'GET') return;
  if (policy.readOnly) throw refused('the connection is read-only (read_only): nothing was sent', 'READ_ONLY');
  if (boundsMoney(policy)) checkMoney(policy, factsOf(policy.table), request);
}

const factsOf = memoizeByRef((read: WritePolicy['table']) => new PolicyLookup(read()));

/** In a form Stripe reads brackets as nesting: `a[b]` would be another parameter. https://docs.stripe.com/metadata */
function checkBrackets({ params }: StripeRequest): void {
  for (const { name, field } of nodesOf(params, () => true))
    if (/[[\]]/.test(name)) throw invalidArgument([{ field, description: 'must not contain square brackets' }]);
}

function checkMoney(policy: WritePolicy, lookup: PolicyLookup, request: StripeRequest): void {
  const unknown = unknownInputs(lookup, request.params);
  if (unknown.length > 0)
    throw invalidArgument(unknown.map((field) => ({ field, description: 'is no input that the catalogue knows' })));
  const write = lookup.writeOf(request);
  const { amounts, currencies } = namedMoney(lookup, request.params, write?.bounds !== 'none');
  for (const { field, currency } of currencies) checkCurrency(policy, currency, toInputName(field));
  if (policy.maxAmounts === undefined) return;
  for (const amount of amounts) checkAmount(policy.maxAmounts, write?.currencyKept ? anyCurrency(amount) : amount);
  if (write === undefined) throw notBounded('the request is no write of the catalogue');
  if (write.names.some((name) => policy.allowUnbounded?.includes(name))) return;
  const open = unboundedBy(lookup, write, request.params, {
    nowS: policy.epochMs() / 1000,
    apiVersion: policy.apiVersion,
  });
  if (open === undefined) return;
  const what = open.field === '' ? '' : `${open.field.split(' or ').map(toInputName).join(' or ')}: `;
  throw notBounded(
    `${what}${open.why}, so max_amounts cannot bound the write; allow_unbounded with ${write.names.join(' or ')} sends it`,
  );
}

function checkCurrency({ allowedCurrencies }: WritePolicy, currency: string, field: string): void {
  if (allowedCurrencies === undefined || currency === '' || allowedCurrencies.includes(currency)) return;
  throw refused(
    `${field}: ${currency} is not among allowed_currencies (${allowedCurrencies.join(', ')})`,
    'CURRENCY_NOT_ALLOWED',
  );
}

function anyCurrency({ field, size }: NamedAmount): NamedAmount {
  return { field, size, currency: undefined };
}

/** An amount whose currency the request does not name is held to the smallest bound, because any may apply. */
function checkAmount(bounds: Readonly<Record<string, number>>, { field, size, currency }: NamedAmount): void {
  const at = toInputName(field);
  if (size === undefined)
    throw refused(`${at}: is no plain decimal number of up to 12 decimals, with its quantity`, 'AMOUNT_NOT_ALLOWED');
  const max = currency === undefined ? Math.min(...Object.values(bounds)) : ownBound(bounds, currency);
  if (max === undefined)
    throw refused(`${at}: max_amounts has no bound for ${currency}, so no amount in it is sent`, 'AMOUNT_NOT_ALLOWED');
  if (!isMore(size, { units: BigInt(max), scale: 0 })) return;
  const unit =
    currency === undefined
      ? 'the smallest of max_amounts, as the request names no currency'
      : `${currency} by max_amounts`;
  throw refused(`${at}: ${formatDecimal(size)} is more than ${max} (${unit})`, 'AMOUNT_NOT_ALLOWED');
}

function ownBound(bounds: Readonly<Record<string, number>>, currency: string): number | undefined {
  return Object.hasOwn(bounds, currency) ? bounds[currency] : undefined;
}

function notBounded(message: string): ConnectorError {
  return refused(message, 'AMOUNT_NOT_BOUNDED');
}

function refused(message: string, reason: string): ConnectorError {
  return new ConnectorError('PERMISSION_DENIED', message, { reason });
}
