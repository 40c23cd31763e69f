import { reserveSlots } from '../limiter/token-bucket.ts';
import type { Clock } from '../ports/clock.ts';
import type { TokenStore } from '../ports/token-store.ts';

/** The token store of one process: for a laptop. Its time is the monotonic clock. */
export function memoryTokens(clock: Clock): TokenStore {
  const tats = new Map<string, bigint>();
  const now = (): bigint => BigInt(Math.round(clock.monotonicMs() * 1_000_000));
  return {
    reserve({ bucket, count, intervalNs, notBeforeNs }) {
      const step = reserveSlots(tats.get(bucket) ?? 0n, notBeforeNs, count, intervalNs);
      tats.set(bucket, step.tatNs);
      return Promise.resolve({ firstNs: step.firstNs, storeNowNs: now() });
    },
    nowNs: () => Promise.resolve(now()),
  };
}
