/** 60 calls a second, offered to a function that begins with two nodes: what its concurrency makes of it. */
import { OPEN_LIMITS } from '../support/limits.ts';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Autoscaler } from './autoscaler.ts';
import { FAIR, Fleet } from './fleet.ts';

const MAX_WAIT_MS = 5000;
const OFFERED = 60;
const RAMP_MS = 60_000;
const END_MS = 180_000;

function offered(concurrency: number): {
  nodes: number;
  refusedInRamp: number;
  refusedAfter: number;
  answered: number;
} {
  const fleet = new Fleet(OPEN_LIMITS, FAIR, 7);
  const scaler = new Autoscaler(fleet, { concurrency, maxInstances: 50 }, MAX_WAIT_MS, 2);
  scaler.offer(OFFERED, END_MS);
  fleet.events.runUntil(END_MS);
  assert.ok(fleet.worstWindow().over <= 0);
  const refused = scaler.answered.filter(({ status }) => status === 429).map(({ atMs }) => atMs);
  const refusedInRamp = refused.filter((at) => at < RAMP_MS).length;
  return {
    nodes: scaler.instances,
    refusedInRamp,
    refusedAfter: refused.length - refusedInRamp,
    answered: scaler.answered.length,
  };
}

const { functions } = JSON.parse(readFileSync('functions/manifest.json', 'utf8')) as {
  functions: { name: string; trigger?: string; concurrency?: number }[];
};
const concurrencies = [
  // A scheduled function has one caller.
  ...new Set(functions.flatMap(({ trigger, concurrency }) => (trigger === 'schedule' ? [] : (concurrency ?? [])))),
];

for (const concurrency of concurrencies) {
  test(`with the manifest's concurrency of ${concurrency} nodes are added before callers time out`, () => {
    // A full node still serves its last caller in time.
    assert.ok(concurrency / (6 / 1.05) <= 0.75 * (MAX_WAIT_MS / 1000));
    const { nodes, refusedInRamp, refusedAfter } = offered(concurrency);
    console.log(`${nodes} nodes, ${refusedInRamp} refused in the ramp, ${refusedAfter} after it`);
    // Ten nodes of 6 a second would do, but for the price of the lateness; the ramp may overshoot.
    assert.ok(nodes >= 10 && nodes <= 20, String(nodes));
    assert.equal(refusedAfter, 0);
  });
}

test('with a concurrency of 80 the two nodes hold more callers than they can serve, and no third is ever added', () => {
  const { nodes, refusedAfter, answered } = offered(80);
  console.log(`${nodes} nodes, ${refusedAfter} refused after the ramp of ${answered}`);
  assert.equal(nodes, 2);
  assert.ok(refusedAfter > 0.7 * OFFERED * ((END_MS - RAMP_MS) / 1000));
});

test('with a concurrency of 1 no caller is rejected', () => {
  assert.equal(offered(1).refusedAfter, 0);
});
