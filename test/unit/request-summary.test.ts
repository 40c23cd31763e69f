import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestSummary } from '../../shared/stripe/activity/request-summary.ts';

const request = (durationMs: number, waitedMs: number, outcome = 'ok'): Parameters<RequestSummary['add']>[1] => ({
  durationMs,
  waitedMs,
  outcome,
});

void test('a line sums a minute of requests, and the next one starts again', () => {
  const summary = new RequestSummary();
  summary.add(1000, request(300, 20));
  summary.addCall(1000, 360);
  summary.add(2000, request(500, 900, 'rate_limit'));
  summary.addCall(2000, 1440);
  summary.add(3000, request(0, 4000, 'RATE_LIMITED'));
  summary.addCall(3000, 4000);
  assert.equal(summary.take(60_999), undefined, 'a minute has not passed');
  assert.deepEqual(summary.take(61_000), {
    seconds: 60,
    calls: 3,
    sent: 2,
    rejected: 1,
    throttled: 1,
    addedMs: 1667,
    stripeMs: 400,
    longestWaitMs: 4000,
  });
  assert.equal(summary.take(200_000), undefined, 'nothing since');
});

void test('a minute without requests to Stripe has no time of Stripe, and parallel requests add nothing', () => {
  const summary = new RequestSummary();
  summary.addCall(0, 5);
  assert.deepEqual(summary.take(60_000), {
    seconds: 60,
    calls: 1,
    sent: 0,
    rejected: 0,
    throttled: 0,
    addedMs: 5,
    stripeMs: undefined,
    longestWaitMs: 0,
  });
  summary.add(100_000, request(400, 0));
  summary.add(100_000, request(400, 0));
  summary.addCall(100_000, 450);
  assert.equal(summary.take(160_000)?.['addedMs'], 0);
});
