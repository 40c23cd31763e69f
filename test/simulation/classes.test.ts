/** The classes of a connection's line over a fleet in simulated time: payments before reads, and no class starved. */
import { OPEN_LIMITS } from '../support/limits.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Priority } from '../../shared/rate-limiter/queue/priority.ts';
import type { Turn } from '../../shared/rate-limiter/queue/turn.ts';
import { sized } from '../support/sizes.ts';
import { FAIR, Fleet, RETRY_MS, type Instance } from './fleet.ts';

/** Milliseconds that payments wait which come by chance during 18 s, while 1,000 reads wait on eight instances. */
function paymentsBehindReads(seed: number): number[] {
  const fleet = new Fleet(OPEN_LIMITS, FAIR, seed);
  const all = Array.from({ length: 8 }, () => fleet.instance());
  for (const instance of all) instance.take(5000, () => undefined, 'read');
  fleet.events.runUntil(10_000);
  const reads: number[] = [];
  const waited: number[] = [];
  const done = (turn: Turn | 'unanswered', atMs: number): void =>
    void (turn !== 'unanswered' && turn.granted && reads.push(atMs));
  for (let read = 0; read < 1000; read += 1) all[read % 8]?.take(60_000, done, 'read');
  for (let atMs = 10_050; atMs < 28_000; atMs += fleet.chance.between(100, 900)) {
    const instance = all[Math.floor(fleet.chance.fraction() * 8)];
    fleet.events.at(atMs, () => instance?.take(5000, (_, endMs) => void waited.push(endMs - atMs), 'interactive'));
  }
  fleet.events.runUntil(60_000);
  const rate = reads.filter((atMs) => atMs < 28_000).length / 18;
  assert.ok(rate >= 0.75 * 48, `${rate} reads a second`);
  assert.ok(fleet.worstWindow().over <= 0);
  return waited;
}

test('99 of 100 payments have a turn within 400 ms behind a thousand reads, and the reads keep their rate', () => {
  const waited = Array.from({ length: sized(2, 40) }, (_, index) => paymentsBehindReads(index + 1)).flat();
  waited.sort((a, b) => a - b);
  const p99 = waited[Math.floor(0.99 * waited.length)] ?? Infinity;
  assert.ok(p99 <= 400, `${p99} ms, the longest ${waited.at(-1)} ms of ${waited.length}`);
});

/** Callers of a class that come back at once, served or rejected. */
function callersOf(fleet: Fleet, instance: Instance, priority: Priority, count: number, served: () => void): void {
  const again = (turn: Turn | 'unanswered'): void => {
    const granted = turn !== 'unanswered' && turn.granted;
    if (granted) served();
    fleet.events.after(granted ? 0 : RETRY_MS, () => instance.take(30_000, again, priority));
  };
  for (let caller = 0; caller < count; caller += 1) instance.take(30_000, again, priority);
}

for (const [instances, limits] of [
  [1, { ...OPEN_LIMITS, limitScope: 'connection' }],
  [2, OPEN_LIMITS],
  [8, OPEN_LIMITS],
] as const)
  test(`no lower class is without a turn for 10 s while higher ones could fill a wait of 30 s: ${instances} instances`, () => {
    const fleet = new Fleet(limits, FAIR, 3);
    const served: { readonly times: number[]; readonly what: string }[] = [];
    for (let node = 0; node < instances; node += 1) {
      const instance = fleet.instance();
      callersOf(fleet, instance, 'interactive', 400, () => undefined);
      for (const priority of ['read', 'bulk'] as const) {
        const times: number[] = [0];
        served.push({ times, what: `${priority} of ${node}` });
        callersOf(fleet, instance, priority, 3, () => void times.push(fleet.events.now));
      }
    }
    const endMs = sized(32_000, 60_000);
    fleet.events.runUntil(endMs);
    for (const { times, what } of served)
      [...times.slice(1), endMs].forEach((atMs, index) => {
        assert.ok(atMs - (times[index] ?? 0) <= 10_000, `${what}: ${times.map(Math.round).join(' ')}`);
      });
    assert.ok(fleet.worstWindow().over <= 0);
  });
