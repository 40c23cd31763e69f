import type { Clock } from '../ports/clock.ts';
import type { StoreClock } from '../ports/store-clock.ts';

/** Called with each time of the store: the monotonic times of request and response, and the store's time. */
export type OnStoreTime = (sentMs: number, receivedMs: number, storeUs: number) => void;

/**
 * Creates this instance's estimate of the store's clock. The estimate starts from the store's time in the last response
 * and advances with the monotonic clock. Before the first response, it starts from the wall clock.
 *
 * It assumes that the store read its clock when the request was sent. The estimate is therefore not behind the store's
 * clock, and ahead of it by at most the duration of one request. A lease that begins at the estimate ends late rather
 * than early.
 *
 * @param onTime called for every observation, so that the rate limiter needs no request for the time
 */
export function createStoreClock(
  clock: Pick<Clock, 'epochMs' | 'monotonicMs'>,
  onTime: OnStoreTime = () => undefined,
): StoreClock {
  let offsetUs = (clock.epochMs() - clock.monotonicMs()) * 1000;
  return {
    nowUs: () => Math.floor(offsetUs + clock.monotonicMs() * 1000),
    monotonicMs: () => clock.monotonicMs(),
    observe(sentMs, storeUs) {
      offsetUs = storeUs - sentMs * 1000;
      onTime(sentMs, clock.monotonicMs(), storeUs);
    },
  };
}
