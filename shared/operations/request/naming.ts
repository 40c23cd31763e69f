import { MAX_VIOLATIONS, quoted } from '../../bounds.ts';
import type { CallContext } from '../../stripe/call-context.ts';
import type { ConnectorDeps } from '../connector.ts';
import type { Naming } from './params/params.ts';
import { boundsMoney } from '../../stripe/write-policy/enforce.ts';

/** How a call handles names that the catalog does not know, and the warning about those that are passed on. */
export interface CallNaming extends Naming {
  /**
   * Logs one WARNING with the unknown names that are passed to Stripe, and returns the warnings for the response.
   * Called once.
   */
  readonly warn: () => { readonly warnings?: readonly string[] };
}

/** If a policy limits money, unknown names of a write are rejected, because the meaning of their values is unknown. */
export function namingOf({ strict, policy, log }: ConnectorDeps, { name }: CallContext, writes: boolean): CallNaming {
  const passed = new Set<string>();
  return {
    strict,
    namesStrict: writes && boundsMoney(policy),
    unknown(field) {
      if (passed.size < MAX_VIOLATIONS) passed.add(quoted(field));
    },
    warn() {
      if (passed.size === 0) return {};
      const names = [...passed];
      log.write('WARNING', 'inputs that the catalog does not know were passed to Stripe', { call: name, names });
      return {
        warnings: names.map((field) => `${field}: the catalog does not know this input; it was passed to Stripe`),
      };
    },
  };
}
