import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Clock, Random } from '../ports/clock.ts';

export const systemClock: Clock = {
  epochMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms) => new Promise((wake) => void alarm(ms, wake)),
  alarm,
};

function alarm(ms: number, ring: () => void): () => void {
  const atMs = performance.now() + ms;
  let timer: NodeJS.Timeout;
  // Node's timers may fire up to a millisecond early.
  const wait = (leftMs: number): void => {
    timer = setTimeout(() => {
      const left = atMs - performance.now();
      if (left > 0) wait(left);
      else ring();
    }, Math.ceil(leftMs));
  };
  wait(Math.max(0, ms));
  return () => clearTimeout(timer);
}

export const systemRandom: Random = {
  fraction: () => Math.random(),
  uuid: () => randomUUID(),
};
