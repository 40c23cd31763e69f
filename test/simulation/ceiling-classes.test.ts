/** The classes of calls while the ceilings of endpoints are in force, over a fleet in simulated time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Priority } from '../../shared/rate-limiter/queue/priority.ts';
import type { Turn } from '../../shared/rate-limiter/queue/turn.ts';
import { quantile } from '../bench/quantile.ts';
import { sized } from '../support/sizes.ts';
import { assertStrict, endpoint, LIVE } from './ceilings.ts';
import { busy, FAIR, Fleet, RETRY_MS, type Instance } from './fleet.ts';

/** When the ring follows the eight nodes. */
const RING_MS = 75_000;

function eightNodes(seed: number): { readonly fleet: Fleet; readonly all: readonly Instance[] } {
  const fleet = new Fleet(LIVE, FAIR, seed);
  const all = Array.from({ length: 8 }, () => fleet.instance());
  for (const one of all) busy(one, fleet, 1, 5000, 4000, () => endpoint(0));
  fleet.events.runUntil(RING_MS);
  return { fleet, all };
}

const isGranted = (turn: Turn | 'unanswered'): boolean => turn !== 'unanswered' && turn.granted;

/** Milliseconds that payments wait which come at random during 18 s, while 1,000 reads of four endpoints wait. */
function paymentsBehindReads(seed: number, maxWaitMs = 5000): number[] {
  const { fleet, all } = eightNodes(seed);
  const waits: number[] = [];
  const reads: number[] = [];
  const done = (turn: Turn | 'unanswered', atMs: number): void => void (isGranted(turn) && reads.push(atMs));
  for (let read = 0; read < 1000; read += 1)
    all[read % 8]?.take(60_000, done, 'read', endpoint(1 + ((read % 32) >> 3)));
  for (let atMs = RING_MS + 50; atMs < RING_MS + 18_000; atMs += fleet.chance.between(100, 900)) {
    const one = all[Math.floor(fleet.chance.fraction() * 8)];
    const note = (turn: Turn | 'unanswered', endMs: number): void =>
      void waits.push(isGranted(turn) ? endMs - atMs : Infinity);
    fleet.events.at(atMs, () => one?.take(maxWaitMs, note, 'interactive', endpoint(5)));
  }
  // The last payment has its response after 23 s.
  fleet.events.runUntil(RING_MS + sized(24_000, 45_000));
  const rate = reads.filter((atMs) => atMs < RING_MS + 18_000).length / 18;
  assert.ok(rate >= 0.75 * 48, `${rate} reads a second`);
  assertStrict(fleet);
  return waits;
}

test('payments go before the reads of other endpoints, and the reads keep their rate', () => {
  const waits = Array.from({ length: sized(1, 42) }, (_, index) => paymentsBehindReads(index + 1)).flat();
  // Two of the payments of two runs decide their 99th percentile.
  const [part, mostMs] = sized([0.95, 300] as const, [0.99, 450] as const);
  const foundMs = quantile(waits, part);
  assert.ok(foundMs <= mostMs, `${foundMs} ms, the longest ${Math.max(...waits)} ms of ${waits.length}`);
});

test('a payment that may wait for a second is admitted, because it may take the slots of reads', () => {
  const waits = paymentsBehindReads(1, 1000);
  const rejected = waits.filter((wait) => wait === Infinity).length;
  assert.ok(rejected <= 1, `${rejected} of ${waits.length}`);
});

test('no lower class is without a turn for 10 s while payments to five endpoints take all lanes', () => {
  const { fleet, all } = eightNodes(3);
  const callersOf = (instance: Instance, priority: Priority, count: number, served: () => void): void => {
    Array.from({ length: count }, (_, caller) => {
      const again = (turn: Turn | 'unanswered'): void => {
        if (isGranted(turn)) served();
        fleet.events.after(isGranted(turn) ? 0 : RETRY_MS, call);
      };
      const call = (): void => instance.take(30_000, again, priority, endpoint(1 + (caller % 5)));
      call();
    });
  };
  const served: { readonly times: number[]; readonly what: string }[] = [];
  for (const instance of all) {
    callersOf(instance, 'interactive', 200, () => undefined);
    for (const priority of ['read', 'bulk'] as const) {
      const times = [RING_MS];
      served.push({ times, what: `${priority} of ${instance.id}` });
      callersOf(instance, priority, 1, () => void times.push(fleet.events.now));
    }
  }
  const endMs = RING_MS + sized(25_000, 60_000);
  fleet.events.runUntil(endMs);
  for (const { times, what } of served)
    [...times.slice(1), endMs].forEach((atMs, index) => {
      assert.ok(atMs - (times[index] ?? 0) <= 10_000, `${what}: ${times.map(Math.round).join(' ')}`);
    });
  assertStrict(fleet);
});
