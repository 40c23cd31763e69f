import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock, Random } from '../ports/clock.ts';

export const systemClock: Clock = {
  epochMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  async sleep(ms, signal) {
    const until = performance.now() + ms;
    try {
      // Node's timers may fire up to a millisecond early.
      for (let left = ms; left > 0; left = until - performance.now()) {
        await pause(Math.ceil(left), undefined, signal === undefined ? {} : { signal });
      }
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
  },
};

export const systemRandom: Random = {
  fraction: () => Math.random(),
  uuid: () => randomUUID(),
};
