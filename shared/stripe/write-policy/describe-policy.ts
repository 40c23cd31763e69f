import type { Settings } from '../../config/settings.ts';

type DescribedPolicy = Pick<Settings, 'readOnly' | 'allowedCurrencies' | 'maxAmounts' | 'allowUnbounded'> &
  Pick<Settings, 'operationsAllowlist'>;

/** Maximum number of names of operations in a line. */
const MAX_NAMES_SHOWN = 5;

/** Describes the write policy of the settings in one line. Settings that are not set are left out. */
export function describePolicy(settings: DescribedPolicy): string {
  const { readOnly, allowedCurrencies, maxAmounts, allowUnbounded, operationsAllowlist } = settings;
  if (readOnly) return 'write policy: no writes (read_only)';
  const amounts = Object.entries(maxAmounts ?? {}).map(([currency, amount]) => `${currency} ${amount}`);
  const parts = [
    ...(maxAmounts === undefined ? [] : [`amounts up to ${amounts.join(', ') || 'none'} (max_amounts)`]),
    ...(maxAmounts === undefined || allowUnbounded === undefined || allowUnbounded.length === 0
      ? []
      : [`without a named amount only ${shortened(allowUnbounded)} (allow_unbounded)`]),
    ...(allowedCurrencies === undefined ? [] : [`currencies ${allowedCurrencies.join(', ')} (allowed_currencies)`]),
    ...(operationsAllowlist === undefined ? [] : [`${shortened(operationsAllowlist)} only (operations_allowlist)`]),
  ];
  return `write policy: ${parts.length === 0 ? 'none, every amount and currency is allowed' : parts.join('; ')}`;
}

function shortened(names: readonly string[]): string {
  const more = names.length - MAX_NAMES_SHOWN;
  const shown = names.slice(0, MAX_NAMES_SHOWN).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown || 'no operation';
}
