import { randomUUID } from 'node:crypto';
import type { Clock, Random } from '../ports/clock.ts';

export const systemClock: Clock = {
  epochMs: () => Date.now(),
  monotonicMs,
  sleep: (ms) => new Promise((wake) => void alarm(ms, wake)),
  setTimer: alarm,
};

/** Uses `process.hrtime`, because loading the `performance` module takes a cold instance a millisecond. */
function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

function alarm(ms: number, ring: () => void): () => void {
  const atMs = monotonicMs() + ms;
  let timer: NodeJS.Timeout;
  // Node's timers may fire up to a millisecond early.
  const wait = (leftMs: number): void => {
    timer = setTimeout(() => {
      const left = atMs - monotonicMs();
      if (left > 0) wait(left);
      else ring();
    }, Math.ceil(leftMs));
  };
  wait(Math.max(0, ms));
  return () => clearTimeout(timer);
}

export const systemRandom: Random = {
  next: () => Math.random(),
  uuid: () => randomUUID(),
};
