import { ConnectorError } from '../../errors.ts';
import type { Connector } from '../../operations/connector.ts';
import type { Limits } from '../../rate-limiter/capacity.ts';

/** What the console shows and changes in addition to calls. The composition root provides it. */
export interface OperatorAccess {
  readonly limits: Limits;
  /** Whether the connection is suspended on all instances, not by its settings. */
  readonly isSuspended: () => Promise<boolean>;
  readonly setSuspended: (suspended: boolean) => Promise<void>;
  /** Ids of the operations that this instance handled, the last first. */
  readonly recentOperations: () => readonly string[];
}

/** A connector whose composition root grants operator access. */
export type Operated = Connector & { readonly operator?: OperatorAccess };

export function operatorOf({ operator }: Operated): OperatorAccess {
  if (operator !== undefined) return operator;
  throw new ConnectorError('UNIMPLEMENTED', 'this function does not serve the console', { reason: 'NOT_SUPPORTED' });
}
