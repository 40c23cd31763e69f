import { MAX_VIOLATIONS, quoted } from '../../bounds.ts';
import type { CallContext } from '../../stripe/call-context.ts';
import type { ConnectorDeps } from '../connector.ts';
import type { Naming } from './params/params.ts';
import { boundsMoney } from '../../stripe/write-policy/enforce.ts';

/** What becomes of the names in one call that the catalogue does not know, and the warning about those that pass. */
export interface CallNaming extends Naming {
  /** Logs one WARNING with the names that pass to Stripe; called once, when the plan is made. What the answer says of them. */
  readonly warn: () => { readonly warnings?: readonly string[] };
}

/** Where a policy bounds money, names of a write are refused: what a value of theirs means is not known. */
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
      log.write('WARNING', 'inputs that the catalogue does not know pass to Stripe', { call: name, names });
      return { warnings: names.map((field) => `${field}: is no input that the catalogue knows; it passed to Stripe`) };
    },
  };
}
