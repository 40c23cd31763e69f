import { quoted } from '../../bounds.ts';
import type { StripeRequest } from '../transport.ts';
import type { NamedMoney } from './named-amounts.ts';
import type { NamedValue } from './named-values.ts';

/** A write that the rules check. */
export interface CheckedWrite {
  readonly request: StripeRequest;
  /** The amounts and currencies that the request names. */
  readonly money: () => NamedMoney;
}

/** A rule of the write policy. It applies if its setting has a value. */
export interface PolicyRule<V> {
  readonly reason: string;
  /**
   * Returns the message of the error if the write breaks the rule. `value` is the value of the rule's setting, and
   * `setting` is the name of the setting.
   */
  readonly violation: (value: V, write: CheckedWrite, setting: string) => string | undefined;
}

/** Returns the `violation` function of a rule whose setting lists the values that a write may name. */
export function allowsOnly(
  named: (write: CheckedWrite) => Iterable<NamedValue>,
): PolicyRule<readonly string[]>['violation'] {
  return (allowed, write, setting) => {
    for (const { field, value } of named(write))
      if (!allowed.includes(value)) return `${field}: ${quoted(value)} is not among ${setting} (${allowed.join(', ')})`;
    return undefined;
  };
}
