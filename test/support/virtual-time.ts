/** Work that waits for timers, at no cost: time moves on whenever nothing else is under way. */
import type { StripeTransport } from '../../shared/stripe/transport.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A transport that knows whether a request is under way: while one is, its response comes before any timer. */
export interface CountedTransport extends StripeTransport {
  readonly busy: () => boolean;
}

export function countedTransport(transport: StripeTransport): CountedTransport {
  let inFlight = 0;
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    inFlight += 1;
    try {
      return await work();
    } finally {
      inFlight -= 1;
    }
  };
  return {
    busy: () => inFlight > 0,
    ready: (apiKey) => counted(() => transport.ready(apiKey)),
    send: (...request) => counted(() => transport.send(...request)),
  };
}

/**
 * Waits for `work`, moving the clock from timer to timer. Time stands still while `busy`, so no timeout of virtual time
 * overtakes real I/O.
 */
export async function inVirtualTime<T>(
  clock: VirtualClock,
  work: Promise<T>,
  busy: () => boolean = () => false,
): Promise<T> {
  let pending = true;
  const ended = (): void => void (pending = false);
  work.then(ended, ended);
  while (pending) await (busy() ? clock.advance(0) : clock.advanceToNext());
  return work;
}
