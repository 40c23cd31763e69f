/** Durations by which the sandbox's time is moved, with months of the calendar in UTC. https://docs.stripe.com/billing/subscriptions/billing-cycle */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeAfter } from '../../shared/sandbox/control/duration.ts';

const at = (text: string): number => Date.parse(text) / 1000;

for (const [start, duration, end] of [
  ['2026-01-15T06:30:00Z', '1 month', '2026-02-15T06:30:00Z'],
  ['2026-01-31T00:00:00Z', '1 month', '2026-02-28T00:00:00Z'],
  ['2028-01-31T00:00:00Z', '1 Month', '2028-02-29T00:00:00Z'],
  ['2026-12-31T00:00:00Z', '2 months', '2027-02-28T00:00:00Z'],
  ['2028-02-29T00:00:00Z', '1 year', '2029-02-28T00:00:00Z'],
  ['2026-01-01T00:00:00Z', '2 weeks 3 days', '2026-01-18T00:00:00Z'],
  ['2026-01-01T00:00:00Z', '1 day, 2 hours and 3 minutes', '2026-01-02T02:03:00Z'],
  ['2026-01-01T00:00:00Z', '36hours', '2026-01-02T12:00:00Z'],
  ['2026-01-01T00:00:00Z', '90 seconds', '2026-01-01T00:01:30Z'],
  ['2026-01-01T00:00:00Z', ' 3600 ', '2026-01-01T01:00:00Z'],
] as const)
  test(`${duration} after ${start} is ${end}`, () => assert.equal(timeAfter(at(start), duration), at(end)));

for (const text of ['', ' ', 'month', '1 moon', '1 month ago', '-1 day', '1.5 days', '1 m', '999999999 years'])
  test(`${JSON.stringify(text)} is not a duration`, () => assert.equal(timeAfter(0, text), undefined));
