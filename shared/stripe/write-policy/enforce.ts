import type { PolicyTable } from '../../catalog/money/write-facts.ts';
import type { Settings } from '../../config/settings.ts';
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

/** The settings that restrict writes. A new rule's setting is added here and read in `enforcePolicy`. */
type PolicySettings = Pick<Settings, 'readOnly' | 'allowedCurrencies' | 'maxAmounts' | 'allowUnbounded' | 'apiVersion'>;

/** The deployment's rules for the writes of every caller. They are checked on the request before it is sent. */
export interface WritePolicy extends Partial<PolicySettings> {
  /** Connect accounts that a request may name. Undefined allows all. */
  readonly accounts?: ReadonlySet<string> | undefined;
  /** Milliseconds since 1970. A start in the past bills past periods. */
  readonly epochMs: () => number;
  /** Facts about writes. Read only if currencies or amounts are bounded. */
  readonly table: () => PolicyTable;
}

export const ALLOW_ALL: WritePolicy = {
  epochMs: () => Infinity,
  table: () => {
    throw new RangeError('no policy asks for facts');
  },
};

/** Returns the policy of a connection. */
export function writePolicy(settings: Settings, deps: Pick<WritePolicy, 'epochMs' | 'table'>): WritePolicy {
  const accounts = [settings.accountId ?? [], settings.allowedAccounts].flat();
  return { ...settings, ...deps, accounts: accounts.length === 0 ? undefined : new Set(accounts) };
}

/** True if the policy bounds the money of writes. Names that the catalog does not know are then rejected. */
export function boundsMoney({ allowedCurrencies, maxAmounts }: WritePolicy): boolean {
  return allowedCurrencies !== undefined || maxAmounts !== undefined;
}

/** Throws if a request breaks the policy: INVALID_ARGUMENT for an unknown name, PERMISSION_DENIED otherwise. */
export function enforcePolicy(policy: WritePolicy, request: StripeRequest): void {
  checkBrackets(request);
  if (policy.accounts !== undefined) checkAccounts(policy.accounts, request);
  if (request.method === 'GET') return;
  if (policy.readOnly === true) throw refused('the connection is read-only (read_only): nothing was sent', 'READ_ONLY');
  if (boundsMoney(policy)) checkMoney(policy, factsOf(policy.table), request);
}

const factsOf = memoizeByRef((read: WritePolicy['table']) => new PolicyLookup(read()));

/** Stripe reads brackets in a form as nesting: `a[b]` would be another parameter. https://docs.stripe.com/metadata */
function checkBrackets({ params }: StripeRequest): void {
  for (const { name, field } of nodesOf(params, () => true))
    if (/[[\]]/.test(name)) throw invalidArgument([{ field, description: 'must not contain square brackets' }]);
}

function checkMoney(policy: WritePolicy, lookup: PolicyLookup, request: StripeRequest): void {
  const unknown = unknownInputs(lookup, request.params);
  if (unknown.length > 0)
    throw invalidArgument(unknown.map((field) => ({ field, description: 'is not a known input; check its spelling' })));
  const write = lookup.writeOf(request);
  const { amounts, currencies } = namedMoney(lookup, request.params, write?.bounds !== 'none');
  for (const { field, currency } of currencies) checkCurrency(policy, currency, toInputName(field));
  if (policy.maxAmounts === undefined) return;
  for (const amount of amounts) checkAmount(policy.maxAmounts, write?.currencyKept ? anyCurrency(amount) : amount);
  if (write === undefined) throw notBounded('the request is not a write of the catalog');
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

/** An amount without a currency in the request must not exceed the smallest bound, because any currency may apply. */
function checkAmount(bounds: Readonly<Record<string, number>>, { field, size, currency }: NamedAmount): void {
  const at = toInputName(field);
  if (size === undefined)
    throw refused(
      `${at}: must be a decimal number with at most 12 decimal places after it is multiplied by its quantity`,
      'AMOUNT_NOT_ALLOWED',
    );
  const max = currency === undefined ? Math.min(...Object.values(bounds)) : ownBound(bounds, currency);
  if (max === undefined)
    throw refused(
      `${at}: max_amounts has no limit for ${currency}; add one to allow amounts in it`,
      'AMOUNT_NOT_ALLOWED',
    );
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
