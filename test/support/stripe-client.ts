/** The connector's Stripe client over a fake transport: limiter and object locks in memory, time from the test. */
import { memoryAllocations } from '../../shared/adapters/memory/allocations.ts';
import { memoryTokens } from '../../shared/adapters/memory/tokens.ts';
import { Limiter } from '../../shared/rate-limiter/limiter.ts';
import { createStripeClient, type StripeClient } from '../../shared/stripe/client.ts';
import type { StripeClientDeps } from '../../shared/stripe/client-deps.ts';
import { ObjectLocks } from '../../shared/stripe/object-locks.ts';
import { CachedSecret } from '../../shared/stripe/secrets/cached-secret.ts';
import { ALLOW_ALL } from '../../shared/stripe/write-policy/enforce.ts';

export type TestClientDeps = Pick<StripeClientDeps, 'clock' | 'stripe'> & Partial<StripeClientDeps>;

/** 12 requests a second: two nodes. */
const LIMITS = {
  minNodes: 2,
  maxNodes: 50,
  limitScope: 'node' as const,
  accountCeiling: 100,
  endpointCeiling: 100,
  searchCeiling: 100,
  filesCeiling: 100,
};

const NO_LOG = { write: () => undefined };

/** A limiter of one instance. */
export function testLimiter(clock: StripeClientDeps['clock']): Limiter {
  return new Limiter({
    member: { connection: 'c', id: 'm', place: 0.5 },
    limits: LIMITS,
    store: memoryTokens(clock),
    allocations: memoryAllocations(clock),
    clock,
    log: NO_LOG,
  });
}

export function testStripeClient(deps: TestClientDeps): StripeClient {
  const { clock } = deps;
  return createStripeClient({
    apiKey: new CachedSecret({ rotates: false, read: () => Promise.resolve('sk_test_a0000000') }, clock),
    limiter: deps.limiter ?? testLimiter(clock),
    objects: new ObjectLocks(clock),
    random: { next: () => 0.5, uuid: () => 'uuid' },
    log: NO_LOG,
    maxWaitMs: 5000,
    policy: ALLOW_ALL,
    ...deps,
  });
}
