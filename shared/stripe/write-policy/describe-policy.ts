import type { Settings } from '../../config/settings.ts';
import {
  describeWriteLimit,
  shortened,
  writeLimitNames,
  type WritePolicySettings,
} from '../../config/settings/write-policy.ts';

type DescribedPolicy = WritePolicySettings & Pick<Settings, 'operationsAllowlist'>;

/** Describes the write policy of the settings in one line. Settings that are not set are left out. */
export function describePolicy(settings: DescribedPolicy): string {
  const { readOnly, operationsAllowlist } = settings;
  if (readOnly) return 'write policy: no writes (read_only)';
  const limits = writeLimitNames().flatMap((name) => {
    const limit = describeWriteLimit(name, settings);
    return limit === undefined ? [] : [`${limit} (${name})`];
  });
  const allowlist = operationsAllowlist && [`${shortened(operationsAllowlist)} only (operations_allowlist)`];
  const parts = [...limits, ...(allowlist ?? [])];
  return `write policy: ${parts.length === 0 ? 'none, every amount and currency is allowed' : parts.join('; ')}`;
}
