import type { Clock } from '../ports/clock.ts';
import type { StoreClock } from '../ports/store-clock.ts';

/** Receives each observed time of the store: the monotonic times of request and response, and the store's time. */
export type OnStoreTime = (sentMs: number, receivedMs: number, storeUs: number) => void;

/**
 * Creates the store's clock of this instance. It counts on monotonically from the last response.
 *
 * It assumes that the store read its clock when the request was sent. It is therefore never behind the store, and ahead
 * by at most the duration of one request: a lease in this time ends late rather than early.
 *
 * @param onTime also receives every observation, so that the rate limiter saves a request of its own
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
