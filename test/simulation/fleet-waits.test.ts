/** The wait that is reported to a call of a large fleet, and how long the first caller of a lower class waits. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Turn } from '../../shared/rate-limiter/queue/turn.ts';
import { endpoint, LIVE } from './ceilings.ts';
import { busy, FAIR, Fleet, RETRY_MS, type Instance } from './fleet.ts';

const isGranted = (turn: Turn | 'unanswered'): boolean => turn !== 'unanswered' && turn.granted;

/** Nodes that call `endpoint(0)` now and then, until `untilMs`. */
function nodesUntil(fleet: Fleet, count: number, untilMs: number): readonly Instance[] {
  const nodes = Array.from({ length: count }, () => fleet.instance());
  for (const one of nodes) busy(one, fleet, 1, 5000, 4000, () => endpoint(0));
  fleet.events.runUntil(untilMs);
  return nodes;
}

/** The wait that is reported to a payment if it may not wait, and the wait of the same payment if it may. */
function toldAndReal(count: number, atMs: number, before: number, seed: number): readonly [number, number] {
  const [told, real] = [1, 120_000].map((maxWaitMs) => {
    const fleet = new Fleet(LIVE, FAIR, seed);
    const nodes = nodesUntil(fleet, count, atMs);
    for (const node of nodes)
      for (let call = 0; call < before; call += 1) node.take(120_000, () => undefined, 'interactive', endpoint(0));
    fleet.events.runUntil(atMs + 400);
    let wait = Infinity;
    nodes[0]?.take(
      maxWaitMs,
      (turn, endMs) =>
        void (wait = endMs - atMs - 400 + (turn !== 'unanswered' && !turn.granted ? turn.retryAfterMs : 0)),
      'interactive',
      endpoint(0),
    );
    fleet.events.runUntil(atMs + 120_000);
    return wait;
  });
  return [told ?? Infinity, real ?? Infinity];
}

/** The border of nodes' lanes moves: one slot of a lane more or less. The real wait includes a commit of up to 24 ms. */
const ROUND_MS = 1050;
const COMMIT_MS = 24;

for (const [what, count, atMs, before] of [
  ['two nodes', 2, 75_000, 20],
  ['eight nodes', 8, 75_000, 40],
  ['four nodes', 4, 75_000, 40],
  ['eighteen nodes', 18, 75_000, 20],
] as const)
  test(`Retry-After of the first class is the wait, but for two rounds: ${what}`, () => {
    for (const seed of [1, 2]) {
      const [told, real] = toldAndReal(count, atMs, before, seed);
      assert.ok(
        Math.abs(real - told) <= 2 * ROUND_MS + COMMIT_MS,
        `told ${Math.round(told)} ms, waited ${Math.round(real)} ms`,
      );
    }
  });

for (const [count, endpoints] of [[8, 5]] as const)
  test(`no first caller of a lower class waits over 10 s: ${count} nodes, ${endpoints} endpoints`, () => {
    const fleet = new Fleet(LIVE, FAIR, 3);
    const startMs = 75_000;
    const waits: number[] = [];
    for (const node of nodesUntil(fleet, count, startMs)) {
      for (let caller = 0; caller < 200; caller += 1) {
        const pay = (): void =>
          node.take(
            30_000,
            (turn) => fleet.events.after(isGranted(turn) ? 0 : RETRY_MS, pay),
            'interactive',
            endpoint(1 + (caller % endpoints)),
          );
        pay();
      }
      // One caller of a class for each endpoint, so each is the first of its class.
      for (const priority of ['read', 'bulk'] as const)
        for (let key = 1; key <= endpoints; key += 1) {
          let sinceMs = startMs;
          const call = (): void =>
            node.take(
              30_000,
              (_, endMs) => {
                waits.push(endMs - sinceMs);
                sinceMs = fleet.events.now;
                fleet.events.after(0, call);
              },
              priority,
              endpoint(key),
            );
          call();
        }
    }
    fleet.events.runUntil(startMs + 40_000);
    const long = waits.filter((wait) => wait > 10_000);
    assert.equal(long.length, 0, `${long.length} of ${waits.length}, the longest ${Math.round(Math.max(...waits))} ms`);
  });
