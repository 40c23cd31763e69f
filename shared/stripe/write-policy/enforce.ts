import type { PolicyTable } from '../../catalog/money/write-facts.ts';
import { quoted } from '../../bounds.ts';
import type { Settings } from '../../config/settings.ts';
import { camel } from '../../config/settings/setting.ts';
import type { WriteLimitName, WritePolicySettings } from '../../config/settings/write-policy.ts';
import { invalidArgument, type ConnectorError } from '../../errors.ts';
import { lazy, memoizeByRef } from '../../memoize.ts';
import type { StripeRequest } from '../transport.ts';
import { checkAccounts } from './account-bounds.ts';
import { formatDecimal, isGreater } from './exact-decimal.ts';
import { unknownInputs } from './known-names.ts';
import { namedMoney, type NamedAmount } from './named-amounts.ts';
import { toInputName, nodesOf } from './params-tree.ts';
import { policyError } from './policy-error.ts';
import { PolicyLookup } from './policy-table.ts';
import type { CheckedWrite, PolicyRule } from './rule.ts';
import { POLICY_RULES } from './rules.ts';
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

/**
 * Throws if a request breaks the policy: INVALID_ARGUMENT for a name that is unknown or has brackets, PERMISSION_DENIED
 * otherwise.
 */
export function enforcePolicy(policy: WritePolicy, request: StripeRequest): void {
  checkBrackets(request);
  if (policy.accounts !== undefined) checkAccounts(policy.accounts, request);
  if (request.method === 'GET') return;
  if (policy.readOnly === true)
    throw policyError('the connection is read-only (read_only): nothing was sent', 'READ_ONLY');
  const write = checkedWrite(policy, request);
  if (limitsMoney(policy)) requireKnownInputs(lookupOf(policy.table), request);
  checkRules(policy, write);
  if (policy.maxAmounts !== undefined) checkAmounts(policy, policy.maxAmounts, write);
}

const lookupOf = memoizeByRef((read: WritePolicy['table']) => new PolicyLookup(read()));

/** Throws on brackets in a name: in a form `a[b]` would be another parameter. https://docs.stripe.com/metadata */
function checkBrackets({ params }: StripeRequest): void {
  for (const { name, field } of nodesOf(params, () => true))
    if (/[[\]]/.test(name)) throw invalidArgument([{ field, description: 'must not contain square brackets' }]);
}

/** Throws if a write has an unknown input, whose value could be an amount or a currency. */
function requireKnownInputs(lookup: PolicyLookup, { params }: StripeRequest): void {
  const unknown = unknownInputs(lookup, params);
  if (unknown.length > 0)
    throw invalidArgument(unknown.map((field) => ({ field, description: 'is not a known input; check its spelling' })));
}

function checkedWrite({ table }: WritePolicy, request: StripeRequest): CheckedWrite {
  const money = lazy(() => {
    const lookup = lookupOf(table);
    return namedMoney(lookup, request.params, lookup.writeOf(request)?.bounds !== 'none');
  });
  return { request, money };
}

/** Throws if the write breaks a rule whose setting has a value. */
function checkRules(policy: WritePolicy, write: CheckedWrite): void {
  for (const [name, { reason, violation }] of Object.entries(POLICY_RULES) as [WriteLimitName, PolicyRule<never>][]) {
    const value = policy[camel(name)];
    // The type of POLICY_RULES gives each rule the value of its own setting.
    const message = value === undefined ? undefined : violation(value as never, write, name);
    if (message !== undefined) throw policyError(message, reason);
  }
}

/** Throws if an amount of a write is above its bound or has none, or if the write may move more than its amounts. */
function checkAmounts(
  policy: WritePolicy,
  maxAmounts: NonNullable<WritePolicy['maxAmounts']>,
  { request, money }: CheckedWrite,
): void {
  const lookup = lookupOf(policy.table);
  const write = lookup.writeOf(request);
  for (const amount of money().amounts) checkAmount(maxAmounts, write?.currencyKept ? withoutCurrency(amount) : amount);
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
