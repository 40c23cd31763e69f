/** Ends of billing periods that are counted from an anchor. https://docs.stripe.com/billing/subscriptions/billing-cycle */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addIntervals, nextPeriodEnd, type Interval } from '../../../shared/sandbox/billing/periods.ts';

const secondsAt = (text: string): number => Date.parse(`${text}T06:30:00Z`) / 1000;

/** Anchors on the first, in the middle and at the end of months of each length. */
const ANCHORS = ['2026-01-15', '2026-01-31', '2026-02-01', '2026-02-28', '2028-02-29', '2026-04-30'];

const INTERVALS: readonly Interval[] = [
  { interval: 'day', count: 1 },
  { interval: 'week', count: 2 },
  { interval: 'month', count: 1 },
  { interval: 'month', count: 3 },
  { interval: 'year', count: 1 },
];

test('a monthly period of an anchor in February ends a month later, also years after the anchor', () => {
  const monthly: Interval = { interval: 'month', count: 1 };
  assert.equal(nextPeriodEnd(secondsAt('2026-02-01'), monthly, secondsAt('2030-02-15')), secondsAt('2030-03-01'));
});

test('the end of a period is the start of the next one, for ten years', () => {
  for (const anchor of ANCHORS.map(secondsAt))
    for (const interval of INTERVALS) {
      const end = addIntervals(anchor, { interval: 'year', count: 10 });
      for (let times = 0; addIntervals(anchor, interval, times) < end; times += 1) {
        const start = addIntervals(anchor, interval, times);
        assert.equal(nextPeriodEnd(anchor, interval, start), addIntervals(anchor, interval, times + 1));
      }
    }
});

test('before the anchor, the first period ends at the anchor', () => {
  const monthly: Interval = { interval: 'month', count: 1 };
  assert.equal(nextPeriodEnd(secondsAt('2026-02-01'), monthly, secondsAt('2026-01-15')), secondsAt('2026-02-01'));
});
