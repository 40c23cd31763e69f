import type * as z from 'zod/mini';
import { amounts, boolean, currencies, stringList } from '../validators.ts';
import { setting, type Camel } from './setting.ts';

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

/**
 * What the start and the status say of the settings that limit writes, in this order. A function returns undefined if
 * its setting has no effect. The types require a row for each setting above. `stripe-connector check` warns of each of
 * them next to `read_only`.
 */
export const WRITE_LIMITS: Readonly<
  Record<Exclude<keyof WritePolicyOutput, 'read_only'>, (settings: WritePolicySettings) => string | undefined>
> = {
  max_amounts: ({ maxAmounts }) =>
    maxAmounts &&
    `amounts up to ${Object.entries(maxAmounts)
      .map((bound) => bound.join(' '))
      .join(', ')}`,
  allow_unbounded: ({ maxAmounts, allowUnbounded = [] }) =>
    maxAmounts === undefined || allowUnbounded.length === 0
      ? undefined
      : `without a named amount only ${shortened(allowUnbounded)}`,
  allowed_currencies: ({ allowedCurrencies }) => allowedCurrencies && `currencies ${allowedCurrencies.join(', ')}`,
};

/** Maximum number of names of operations in a line. */
const MAX_NAMES_SHOWN = 5;

/** Lists the first names of operations, and says how many more there are. */
export function shortened(names: readonly string[]): string {
  const more = names.length - MAX_NAMES_SHOWN;
  const shown = names.slice(0, MAX_NAMES_SHOWN).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown || 'no operation';
}
