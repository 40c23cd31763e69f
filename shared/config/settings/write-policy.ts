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

/** The name of a setting that limits which writes are sent. */
export type WriteLimitName = Exclude<keyof WritePolicyOutput, 'read_only'>;

/** What the start and the status say of a setting whose value alone does not say it. Undefined if it has no effect. */
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
 * The names of the settings that limit writes, in the order of the status. `stripe-connector check` warns of each of
 * them next to `read_only`.
 */
export const writeLimitNames = lazy((): readonly WriteLimitName[] => {
  const names = Object.keys(writePolicySettings()) as (keyof WritePolicyOutput)[];
  const limits = names.filter((name) => name !== 'read_only');
  return [...new Set([...(Object.keys(LIMIT_TEXTS) as WriteLimitName[]), ...limits])];
});

/** Describes a setting that limits writes. Returns undefined if it has no effect. */
export function describeWriteLimit(name: WriteLimitName, settings: WritePolicySettings): string | undefined {
  const describe = LIMIT_TEXTS[name];
  return describe === undefined ? plainLimit(name, settings[camel(name)]) : describe(settings);
}

/** Describes a limit by its name and its value: `currencies usd, eur`. Of a long list it has the first values. */
export function plainLimit(name: string, value: unknown): string | undefined {
  const words = name.replace(/^allowed_/, '').replaceAll('_', ' ');
  if (value === undefined || value === false) return undefined;
  if (value === true) return words;
  return `${words} ${Array.isArray(value) ? shortened(value.map(String), 'none') : String(value)}`;
}

/** Maximum number of values of a list in a line. */
const MAX_SHOWN = 5;

/** Lists the first values, and says how many more there are. For an empty list it returns the text `none`. */
export function shortened(values: readonly string[], none = 'no operation'): string {
  const more = values.length - MAX_SHOWN;
  const shown = values.slice(0, MAX_SHOWN).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown || none;
}
