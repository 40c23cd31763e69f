import { randomUUID } from 'node:crypto';
import type { Clock, Random } from '../ports/clock.ts';

export const systemClock: Clock = {
  epochMs: () => Date.now(),
  monotonicMs,
  sleep: (ms) => new Promise((resolve) => void startTimer(ms, resolve)),
  setTimer: startTimer,
};

/** Uses `process.hrtime`, because loading the `performance` module takes a millisecond in a cold instance. */
function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

/** Calls `onEnd` after at least `ms` milliseconds. The returned function cancels the timer. */
function startTimer(ms: number, onEnd: () => void): () => void {
  const endMs = monotonicMs() + ms;
  let timer: NodeJS.Timeout;
  // A timer of Node may fire up to a millisecond early. It is then set again for the rest.
  const wait = (leftMs: number): void => {
    timer = setTimeout(() => {
      const stillLeftMs = endMs - monotonicMs();
      if (stillLeftMs > 0) wait(stillLeftMs);
      else onEnd();
    }, Math.ceil(leftMs));
  };
  wait(Math.max(0, ms));
  return () => clearTimeout(timer);
}

export const systemRandom: Random = {
  next: () => Math.random(),
  uuid: () => randomUUID(),
};
