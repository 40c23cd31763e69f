/** The lanes of endpoints. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { lanesOfEndpoint } from '../../shared/rate-limiter/endpoints/ring.ts';
import { sized } from '../support/sizes.ts';

const rings = fc.integer({ min: 1, max: 600 });
const ceilings = fc.oneof(fc.integer({ min: 1, max: 120 }), fc.double({ min: 0.1, max: 120, noNaN: true }));

test('an endpoint has at most as many lanes as its ceiling, all of the ring, each once', () => {
  fc.assert(
    fc.property(rings, fc.nat(500), ceilings, (ring, position, ceiling) => {
      const lanes = lanesOfEndpoint(ring, position, ceiling);
      assert.ok(lanes.length <= Math.max(1, Math.floor(ceiling)), String(lanes.length));
      assert.ok(lanes.length >= Math.min(ring, 0.9 * Math.max(1, Math.floor(ceiling))), String(lanes.length));
      assert.equal(new Set(lanes).size, lanes.length);
      assert.ok(lanes.every((lane) => Number.isInteger(lane) && lane >= 0 && lane < ring));
    }),
    { numRuns: sized(500, 5000) },
  );
});

test('a lower ceiling of another revision has as many lanes at most', () => {
  const union = new Set([...lanesOfEndpoint(100, 7, 25), ...lanesOfEndpoint(100, 7, 25)]);
  assert.equal(union.size, 25);
});

test('endpoints that were registered one after the other cover the ring: five of 25 have all of 100 lanes', () => {
  for (let first = 0; first < 40; first += 1) {
    const five = [0, 1, 2, 3, 4].flatMap((index) => lanesOfEndpoint(100, first + index, 25));
    assert.equal(new Set(five).size, 100, `from ${first}`);
  }
});

test('every node of eighteen has a lane of an endpoint among its five or six, or next to them', () => {
  for (let position = 0; position < 60; position += 1) {
    const lanes = lanesOfEndpoint(100, position, 25).sort((a, b) => a - b);
    const gaps = lanes.slice(1).map((lane, index) => lane - (lanes[index] ?? 0));
    assert.ok(Math.max(...gaps) <= 7, String(Math.max(...gaps)));
  }
});
