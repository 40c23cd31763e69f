/** What the shared reads of an object cost in documents written, for events that come one by one or a few at a time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fleet } from './event-fleet.ts';

/** When each event arrives, in milliseconds, and at which instance. */
type Arrivals = readonly (readonly [number, number])[];
const steady = (instances: number): Arrivals => Array.from({ length: 12 }, (_, n) => [n * 2500, n % instances]);

// The name, the events, and the documents that they cost in addition to their entries in the inbox.
const PATTERNS: readonly (readonly [string, Arrivals, number])[] = [
  ['one event', [[0, 0]], 1],
  [
    'a pair at two instances',
    [
      [0, 0],
      [500, 1],
    ],
    2,
  ],
  [
    'a pair at two instances, at once',
    [
      [0, 0],
      [1, 1],
    ],
    2,
  ],
  [
    'a pair at one instance',
    [
      [0, 0],
      [500, 0],
    ],
    2,
  ],
  [
    'three at one instance',
    [
      [0, 0],
      [300, 0],
      [600, 0],
    ],
    3,
  ],
  [
    'four at four instances',
    [
      [0, 0],
      [200, 1],
      [400, 2],
      [600, 3],
    ],
    4,
  ],
  [
    'two at each of two instances',
    [
      [0, 0],
      [10, 1],
      [20, 0],
      [30, 1],
    ],
    4,
  ],
  ['ten at four instances', Array.from({ length: 10 }, (_, n) => [n * 90, n % 4] as const), 4],
  // A burst costs one document more than events where it ends as soon as its result is stored.
  [
    'three at three instances',
    [
      [0, 0],
      [200, 1],
      [400, 2],
    ],
    4,
  ],
  ['one each 2.5 s, at two instances in turn', steady(2), 13],
  ['one each 2.5 s, at one instance', steady(1), 13],
];
for (const [name, arrivals, expected] of PATTERNS)
  test(`${name}: ${expected} documents more for ${arrivals.length} events`, async () => {
    const fleet = new Fleet(4);
    const delivered = arrivals.map(([atMs, instance], n) =>
      fleet.clock.sleep(atMs).then(() => fleet.deliver(instance, fleet.change(n))),
    );
    await fleet.run(Promise.all(delivered));
    assert.deepEqual([fleet.entries, fleet.writes], [arrivals.length, expected]);
  });
