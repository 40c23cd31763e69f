import { MAX_VIOLATIONS, quoted } from '../../bounds.ts';
import type { CallContext } from '../../stripe/call-context.ts';
import type { ConnectorDeps } from '../connector.ts';
import type { InputPolicy } from './params/params.ts';
import { limitsMoney } from '../../stripe/write-policy/enforce.ts';

/** The input policy of a call. It collects the unknown names that are passed to Stripe. */
export interface CallInputPolicy extends InputPolicy {
  /**
   * Logs one WARNING with the unknown names that were passed to Stripe, and returns the warnings for the response. A
   * second call would log the warning again.
   */
  readonly warn: () => { readonly warnings?: readonly string[] };
}

/**
 * Creates the input policy of a call. If the write policy limits money, a write with unknown names is rejected, because
 * such a name could be an amount.
 */
export function createInputPolicy(
  { strict, limits, policy, log }: ConnectorDeps,
  { name }: CallContext,
  isWrite: boolean,
): CallInputPolicy {
  const passedNames = new Set<string>();
  return {
    limits,
    strict,
    namesStrict: isWrite && limitsMoney(policy),
    onUnknown(field) {
      if (passedNames.size < MAX_VIOLATIONS) passedNames.add(quoted(field));
    },
    warn() {
      if (passedNames.size === 0) return {};
      const names = [...passedNames];
      log.write('WARNING', 'inputs that the catalog does not know were passed to Stripe', { call: name, names });
      return {
        warnings: names.map((field) => `${field}: the catalog does not know this input; it was passed to Stripe`),
      };
    },
  };
}
