import { MOST_VIOLATIONS, shown } from '../bounds.ts';
import type { Call } from './call.ts';
import type { ConnectorParts } from './connector.ts';
import type { Naming } from './inputs.ts';

/** What becomes of unknown names in one call, and the word about those that passed. */
export interface CallNaming extends Naming {
  /** One WARNING with the names that pass to Stripe unknown; to be said once, when the plan is made. */
  readonly tell: () => void;
}

export function namingOf(parts: ConnectorParts, call: Call): CallNaming {
  const { strict, strictNames, log } = parts;
  const passed = new Set<string>();
  return {
    strict,
    ...(strictNames === undefined ? {} : { namesStrict: strictNames }),
    unknown(field) {
      if (passed.size < MOST_VIOLATIONS) passed.add(shown(field));
    },
    tell() {
      if (passed.size === 0) return;
      log?.write('WARNING', 'names that the catalogue does not know pass to Stripe', {
        call: call.name,
        names: [...passed],
      });
    },
  };
}
