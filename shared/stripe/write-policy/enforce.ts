import type { PolicyTable } from '../../catalog/money/write-facts.ts';
import { quoted } from '../../bounds.ts';
import type { Settings } from '../../config/settings.ts';
import type { WritePolicySettings } from '../../config/settings/write-policy.ts';
import { invalidArgument, type ConnectorError } from '../../errors.ts';
import { memoizeByRef } from '../../memoize.ts';
import type { StripeRequest } from '../transport.ts';
import { checkAccounts } from './account-bounds.ts';
import { formatDecimal, isGreater } from './exact-decimal.ts';
import { unknownInputs } from './known-names.ts';
import { namedMoney, type NamedAmount } from './named-amounts.ts';
import { toInputName, nodesOf } from './params-tree.ts';
import { policyError } from './policy-error.ts';
import { PolicyLookup } from './policy-table.ts';
import { findUnboundedInput } from './unbounded.ts';

/** The settings that restrict writes. `enforcePolicy` reads them. */
type PolicySettings = WritePolicySettings & Pick<Settings, 'apiVersion'>;

/** The rules of a deployment for writes. They are checked on each request before it is sent. */
export interface WritePolicy extends Partial<PolicySettings> {
  /** Connect accounts that a request may name. Undefined allows all. */
  readonly accounts?: ReadonlySet<string> | undefined;
  /** Returns the time in milliseconds since 1970, to detect a start in the past, which bills past periods. */
  readonly epochMs: () => number;
  /** Returns the table of the inputs that are amounts. Only called if the policy limits currencies or amounts. */
  readonly table: () => PolicyTable;
}

/** A policy without rules. */
export const ALLOW_ALL: WritePolicy = {
  epochMs: () => Infinity,
  table: () => {
    throw new RangeError('ALLOW_ALL has no table of amounts');
  },
};

/** Returns the policy of a connection. */
export function writePolicy(settings: Settings, deps: Pick<WritePolicy, 'epochMs' | 'table'>): WritePolicy {
  const accounts = [settings.accountId ?? [], settings.allowedAccounts].flat();
  return { ...settings, ...deps, accounts: accounts.length === 0 ? undefined : new Set(accounts) };
}

/** Returns whether the policy limits the money of writes. Names that the catalog does not know are then rejected. */
export function limitsMoney({ allowedCurrencies, maxAmounts }: WritePolicy): boolean {
  return allowedCurrencies !== undefined || maxAmounts !== undefined;
}

/** Throws if a request breaks the policy: INVALID_ARGUMENT for an unknown name, PERMISSION_DENIED otherwise. */
export function enforcePolicy(policy: WritePolicy, request: StripeRequest): void {
  checkBrackets(request);
  if (policy.accounts !== undefined) checkAccounts(policy.accounts, request);
  if (request.method === 'GET') return;
  if (policy.readOnly === true)
    throw policyError('the connection is read-only (read_only): nothing was sent', 'READ_ONLY');
  if (limitsMoney(policy)) checkMoney(policy, lookupOf(policy.table), request);
}

const lookupOf = memoizeByRef((read: WritePolicy['table']) => new PolicyLookup(read()));

/** Throws on brackets in a name: in a form `a[b]` would be another parameter. https://docs.stripe.com/metadata */
function checkBrackets({ params }: StripeRequest): void {
  for (const { name, field } of nodesOf(params, () => true))
    if (/[[\]]/.test(name)) throw invalidArgument([{ field, description: 'must not contain square brackets' }]);
}

/**
 * Throws if a write has an unknown input, or a currency or an amount that the policy does not allow, or if its amount
 * has no bound.
 */
function checkMoney(policy: WritePolicy, lookup: PolicyLookup, request: StripeRequest): void {
  const unknown = unknownInputs(lookup, request.params);
  if (unknown.length > 0)
    throw invalidArgument(unknown.map((field) => ({ field, description: 'is not a known input; check its spelling' })));
  const write = lookup.writeOf(request);
  const { amounts, currencies } = namedMoney(lookup, request.params, write?.bounds !== 'none');
  for (const { field, currency } of currencies) checkCurrency(policy, currency, toInputName(field));
  if (policy.maxAmounts === undefined) return;
  for (const amount of amounts) checkAmount(policy.maxAmounts, write?.currencyKept ? withoutCurrency(amount) : amount);
  if (write === undefined) throw amountUnbounded('the request is not a write of the catalog');
  if (write.names.some((name) => policy.allowUnbounded?.includes(name))) return;
  const unbounded = findUnboundedInput(lookup, write, request.params, {
    nowS: policy.epochMs() / 1000,
    apiVersion: policy.apiVersion,
  });
  if (unbounded === undefined) return;
  const prefix = unbounded.field === '' ? '' : `${unbounded.field.split(' or ').map(toInputName).join(' or ')}: `;
  throw amountUnbounded(
    `${prefix}${unbounded.why}, so max_amounts cannot bound the write; allow_unbounded with ${write.names.join(' or ')} sends it`,
  );
}

/** Throws if the policy does not allow the currency. */
function checkCurrency({ allowedCurrencies }: WritePolicy, currency: string, field: string): void {
  if (allowedCurrencies === undefined || currency === '' || allowedCurrencies.includes(currency)) return;
  throw policyError(
    `${field}: ${quoted(currency)} is not among allowed_currencies (${allowedCurrencies.join(', ')})`,
    'CURRENCY_NOT_ALLOWED',
  );
}

/** Returns an amount without its currency, because the request cannot change the currency that is stored at Stripe. */
function withoutCurrency({ field, size }: NamedAmount): NamedAmount {
  return { field, size, currency: undefined };
}

/**
 * Throws if an amount is above its bound. If the request names no currency, the smallest bound applies, because the amount
 * may be in any currency.
 */
function checkAmount(bounds: Readonly<Record<string, number>>, { field, size, currency }: NamedAmount): void {
  const input = toInputName(field);
  if (size === undefined)
    throw policyError(
      `${input}: must be a decimal number with at most 12 decimal places after it is multiplied by its quantity`,
      'AMOUNT_NOT_ALLOWED',
    );
  const max = currency === undefined ? Math.min(...Object.values(bounds)) : boundOf(bounds, currency);
  if (max === undefined)
    throw policyError(
      `${input}: max_amounts has no limit for ${quoted(currency ?? '')}; add one to allow amounts in it`,
      'AMOUNT_NOT_ALLOWED',
    );
  if (!isGreater(size, { units: BigInt(max), scale: 0 })) return;
  const unit =
    currency === undefined
      ? 'the smallest of max_amounts, as the request names no currency'
      : `${currency} by max_amounts`;
  throw policyError(`${input}: ${formatDecimal(size)} is more than ${max} (${unit})`, 'AMOUNT_NOT_ALLOWED');
}

/** Returns the maximum amount in a currency. Undefined if the policy has none for it. */
function boundOf(bounds: Readonly<Record<string, number>>, currency: string): number | undefined {
  return Object.hasOwn(bounds, currency) ? bounds[currency] : undefined;
}

function amountUnbounded(message: string): ConnectorError {
  return policyError(message, 'AMOUNT_NOT_BOUNDED');
}
