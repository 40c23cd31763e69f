import { MAX_VIOLATIONS, quoted } from '../../bounds.ts';
import type { CallContext } from '../../stripe/call-context.ts';
import type { ConnectorDeps } from '../connector.ts';
import type { Naming } from './params/params.ts';
import { boundsMoney } from '../../stripe/write-policy/enforce.ts';

/** How a call handles names that the catalog does not know. It collects those that are passed to Stripe. */
export interface CallNamePolicy extends Naming {
  /**
   * Logs one WARNING with the unknown names that were passed to Stripe, and returns the warnings for the response. Call
   * it once.
   */
  readonly warn: () => { readonly warnings?: readonly string[] };
}

/**
 * Creates the name policy of a call. If the write policy limits money, a write with unknown names is rejected, because
 * such a name could be an amount.
 */
export function createNamePolicy(
  { strict, policy, log }: ConnectorDeps,
  { name }: CallContext,
  writes: boolean,
): CallNamePolicy {
  const passedNames = new Set<string>();
  return {
    strict,
    namesStrict: writes && boundsMoney(policy),
    unknown(field) {
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
