import type { Limits } from '../../shared/rate-limiter/capacity.ts';

/** Ceilings that no fleet reaches. */
export const NO_CEILINGS = {
  accountCeiling: 10_000,
  endpointCeiling: 10_000,
  searchCeiling: 10_000,
  filesCeiling: 10_000,
} as const;

/** Limits of a connection of which the nodes alone bound the rate. */
export const OPEN_LIMITS: Limits = { minNodes: 2, maxNodes: 50, limitScope: 'node', ...NO_CEILINGS };
