import type { Camel } from '../../config/settings/setting.ts';
import type { WriteLimitName, WritePolicySettings } from '../../config/settings/write-policy.ts';
import { toInputName } from './params-tree.ts';
import { allowsOnly, type PolicyRule } from './rule.ts';

/** The rules by the names of their settings. Each rule gets the value of its own setting. */
type PolicyRules = { readonly [K in WriteLimitName]?: PolicyRule<NonNullable<WritePolicySettings[Camel<K>]>> };

/**
 * The rules of the write policy, each by the name of its setting, in the order in which they are checked.
 * `enforcePolicy` itself checks `read_only` before these rules and `max_amounts` after them.
 */
export const POLICY_RULES: PolicyRules = {
  allowed_currencies: {
    reason: 'CURRENCY_NOT_ALLOWED',
    violation: allowsOnly(({ money }) =>
      money()
        .currencies.filter(({ currency }) => currency !== '')
        .map(({ field, currency }) => ({ field: toInputName(field), value: currency })),
    ),
  },
};
