/** The ceilings of endpoints over separate processes: one endpoint that asks for more than its ceiling, and four others. */
import { setTimeout as pause } from 'node:timers/promises';
import { ceilingOf } from '../../../shared/rate-limiter/endpoints/endpoint.ts';
import type { Endpoint } from '../../../shared/rate-limiter/limiter.ts';
import { OPEN_LIMITS } from '../../support/limits.ts';
import { mostIn } from './figures.ts';
import type { Plan, Result } from './fleet.ts';

/** Stripe's default ceilings of a live account. https://docs.stripe.com/rate-limits */
export const DEFAULT_CEILINGS = {
  accountCeiling: 100,
  endpointCeiling: 25,
  searchCeiling: 20,
  filesCeiling: 20,
} as const;

export const SEARCH: Endpoint = { kind: 'search', key: 'search' };
const other = (number: number): Endpoint => ({ kind: 'endpoint', key: `POST.v1.kind${number}` });

/** Of twelve callers of an instance seven call the same endpoint, two search, and three call an endpoint each. */
export const FIVE_ENDPOINTS: readonly Endpoint[] = [
  ...Array.from({ length: 7 }, () => other(0)),
  SEARCH,
  SEARCH,
  other(1),
  other(2),
  other(3),
];

/**
 * Eight instances. The endpoints have lanes of their own 30 s after the first call. Then one instance is killed, one is
 * paused for 3 s, and another one is killed, so the ring shrinks 30 s later.
 */
export const CEILINGS: Plan = {
  name: 'ceilings',
  instances: 8,
  limits: { ...OPEN_LIMITS, ...DEFAULT_CEILINGS },
  endpoints: FIVE_ENDPOINTS,
  warmUpMs: 36_000,
  measureMs: 60_000,
  async drill({ children, mark }) {
    await pause(8000);
    mark('killed');
    children[7]?.kill('SIGKILL');
    children[6]?.kill('SIGSTOP');
    await pause(3000);
    children[6]?.kill('SIGCONT');
    await pause(2000);
    children[5]?.kill('SIGKILL');
  },
};

/** Two of four instances call the same endpoint. */
const ENDPOINTS_OF = [[other(0)], [other(0), other(1)], [other(2), other(3)], [SEARCH, other(4)]] as const;

/**
 * Four instances of which each asks for more than the ceilings of its endpoints, and all for more than the account's. The
 * ring of a new connection has 20 lanes, so the endpoints have lanes of their own at once. One instance is killed, another
 * one is paused.
 */
export const LOW_CEILINGS: Plan = {
  name: 'low ceilings',
  instances: 4,
  limits: { ...OPEN_LIMITS, minNodes: 4, accountCeiling: 16, endpointCeiling: 4, searchCeiling: 3, filesCeiling: 3 },
  endpoints: ENDPOINTS_OF.flat(),
  endpointsOf: (index) => ENDPOINTS_OF[index] ?? [],
  warmUpMs: 3000,
  measureMs: 3500,
  async drill({ children }) {
    children[0]?.kill('SIGKILL');
    children[2]?.kill('SIGSTOP');
    await pause(1500);
    children[2]?.kill('SIGCONT');
  },
};

/** Releases over the ceiling of an endpoint in its worst second; 0 where all ceilings held. */
export function overCeilings({ releasedOf, plan }: Result): number {
  const endpoints = new Map((plan.endpoints ?? []).map((endpoint) => [endpoint.key, endpoint]));
  return Math.max(
    0,
    ...[...releasedOf].map(([key, times]) => {
      const endpoint = endpoints.get(key);
      return endpoint === undefined ? 0 : mostIn(times) - ceilingOf(endpoint, plan.limits);
    }),
  );
}
