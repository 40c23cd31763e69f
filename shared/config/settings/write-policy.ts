import type * as z from 'zod/mini';
import { amounts, boolean, currencies, stringList } from '../validators.ts';
import { lazy } from '../../memoize.ts';
import { camel, setting, type Camel } from './setting.ts';

/** The rules for writes. `shared/stripe/write-policy` enforces them. */
export const writePolicySettings = () => ({
  read_only: setting('rejects every write', boolean(), false),
  allowed_currencies: setting('currencies that a write may use, lower case; default all', currencies()),
  max_amounts: setting(
    'maximum amount of a write by currency, in its minor unit; other currencies are rejected',
    amounts(),
  ),
  allow_unbounded: setting(
    'operations (Refund.Create) and actions (PayInvoice) that are sent although max_amounts cannot limit them; default none',
    stringList(
      /^[A-Z][A-Za-z0-9]*(\.[A-Z][A-Za-z0-9]*)*$/,
      'at most 1000 operations (Refund.Create) and actions (PayInvoice), each by its name',
      1000,
    ),
  ),
});

type WritePolicyOutput = z.output<z.ZodMiniObject<ReturnType<typeof writePolicySettings>>>;

/** The parsed settings of the write policy. */
export type WritePolicySettings = { readonly [K in keyof WritePolicyOutput as Camel<K>]: WritePolicyOutput[K] };

/** The name of a setting of the write policy other than `read_only`. */
export type WriteLimitName = Exclude<keyof WritePolicyOutput, 'read_only'>;

/**
 * Descriptions of settings whose name and value alone are not clear enough for the start and the status. A function
 * returns undefined if its setting has no effect.
 */
const LIMIT_TEXTS: { readonly [K in WriteLimitName]?: (settings: WritePolicySettings) => string | undefined } = {
  max_amounts: ({ maxAmounts }) =>
    maxAmounts &&
    `amounts up to ${Object.entries(maxAmounts)
      .map((bound) => bound.join(' '))
      .join(', ')}`,
  allow_unbounded: ({ maxAmounts, allowUnbounded = [] }) =>
    maxAmounts === undefined || allowUnbounded.length === 0
      ? undefined
      : `without a named amount only ${shortened(allowUnbounded)}`,
};

/**
 * The names of the settings of the write policy other than `read_only`, in the order in which the status shows them.
 * `stripe-connector check` warns of each that is set although `read_only` rejects every write.
 */
export const writeLimitNames = lazy((): readonly WriteLimitName[] => {
  const names = Object.keys(writePolicySettings()) as (keyof WritePolicyOutput)[];
  const limits = names.filter((name) => name !== 'read_only');
  return [...new Set([...(Object.keys(LIMIT_TEXTS) as WriteLimitName[]), ...limits])];
});

/** Describes a setting of the write policy other than `read_only`. Returns undefined if the setting has no effect. */
export function describeWriteLimit(name: WriteLimitName, settings: WritePolicySettings): string | undefined {
  const describe = LIMIT_TEXTS[name];
  return describe === undefined ? plainLimit(name, settings[camel(name)]) : describe(settings);
}

/**
 * Describes a limit by its name and its value: `currencies usd, eur`. For a long list, the text has the first values.
 * Returns undefined if the value is undefined or false.
 */
export function plainLimit(name: string, value: unknown): string | undefined {
  const words = name.replace(/^allowed_/, '').replaceAll('_', ' ');
  if (value === undefined || value === false) return undefined;
  if (value === true) return words;
  return `${words} ${Array.isArray(value) ? shortened(value.map(String), 'none') : String(value)}`;
}

/** Maximum number of values that `shortened` lists. */
const MAX_SHOWN = 5;

/**
 * Lists the first values and the number of the remaining ones: `Refund.Create, PayInvoice and 3 more`. Returns
 * `emptyText` for an empty list.
 */
export function shortened(values: readonly string[], emptyText = 'no operation'): string {
  const more = values.length - MAX_SHOWN;
  const shown = values.slice(0, MAX_SHOWN).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown || emptyText;
}
