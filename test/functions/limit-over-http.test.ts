/**
 * The limit from outside: calls over HTTP to the built local server, requests counted where they arrive at Stripe. What
 * must never happen is asserted; how long a call takes is measured by `npm run bench -- latency`.
 */
import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { after, before, beforeEach, test } from 'node:test';
import { startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { byChance } from '../bench/open-loop/calls.ts';
import { Chance } from '../simulation/events.ts';
import { errorOf, post, startUnlimited, type Running } from './framework.ts';

/** Two nodes: 12 lanes, each with a slot in 1,050 ms, released up to 50 ms late. */
const PER_SECOND = 12;
const ROUND_S = 1.05;
const LATENESS_S = 0.05;
/** A busy machine may delay an arrival by this much after its release: with five busy processes in parallel, by 0.9 s. */
const MACHINE_S = 1.1;
const LIMITED = { min_nodes: 2, max_nodes: 2 };

/** Arrivals while this process stood still are all counted at its end. */
const stalls = monitorEventLoopDelay({ resolution: 5 });
const stalledS = (): number => stalls.max / 1e9;

let sandbox: Sandbox;
before(async () => {
  stalls.enable();
  sandbox = await startSandbox({ seed: 11 });
});
after(() => {
  stalls.disable();
  return sandbox.close();
});
beforeEach(() => {
  sandbox.requests.length = 0;
  stalls.reset();
});

async function withServer(settings: object, use: (one: Running) => Promise<void>): Promise<void> {
  const one = await startUnlimited(sandbox, { ...LIMITED, ...settings });
  // The check of the key.
  sandbox.requests.length = 0;
  try {
    await use(one);
  } finally {
    await one.stop();
  }
}

/** A lane has one release in each round. */
function assertNoWindowOverTheLimit(): void {
  const arrived = sandbox.requests.map(({ at }) => at).sort((a, b) => a - b);
  for (const seconds of [1, 2, 5]) {
    const most = Math.max(
      ...arrived.map((from, index) => arrived.slice(index).filter((at) => at < from + seconds * 1000).length),
    );
    const bound = PER_SECOND * Math.ceil((seconds + LATENESS_S + MACHINE_S + stalledS()) / ROUND_S);
    assert.ok(most <= bound, `${most} arrived in ${seconds} s, at most ${bound} may`);
  }
}

const createCustomer = { entity: 'Customer', connectorInputPayload: { Name: 'Jane' } };

/** How many of 40 calls at once, which may not wait, are served. The others get 429 and send nothing. */
async function servedAtOnce(url: string): Promise<number> {
  const before = sandbox.requests.length;
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => post(`${url}/list-entities`, { entity: 'Customer' })),
  );
  const served = answers.filter(({ status }) => status === 200);
  for (const answer of answers.filter(({ status }) => status !== 200)) {
    assert.equal(answer.status, 429);
    assert.equal(errorOf(answer).details[0]?.reason, 'RATE_LIMITED');
    assert.match(answer.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
  }
  assert.equal(sandbox.requests.length - before, served.length);
  return served.length;
}

test('of calls at once on an idle connection that may not wait, six at least are served', () =>
  withServer({ max_wait_ms: 0 }, async ({ url }) => {
    // A machine that comes late to its timers loses slots, so there are three tries. Evenly spaced slots fail them all.
    let most = 0;
    for (let tries = 0; tries < 3 && most < 6; tries += 1) {
      most = Math.max(most, await servedAtOnce(url));
      await new Promise((resolve) => setTimeout(resolve, 1200));
    }
    assert.ok(most >= 6, `${most} were served`);
    assertNoWindowOverTheLimit();
  }));

test('a payment behind 90 lists is served before the lists that wait', () =>
  withServer({ max_wait_ms: 30_000 }, async ({ url }) => {
    const lists = Array.from({ length: 90 }, () => post(`${url}/list-entities`, { entity: 'Customer' }));
    // By the second round all of them wait.
    while (sandbox.requests.length < 2 * PER_SECOND) await new Promise((resolve) => setTimeout(resolve, 5));
    const payment = await post(`${url}/create-entity`, createCustomer);
    assert.equal(payment.status, 200);
    const place = sandbox.requests.findIndex(({ method }) => method === 'POST');
    const answers = await Promise.all(lists);
    assert.ok(answers.every(({ status }) => status === 200));
    assert.ok(place < 60, `${place} requests went before the payment`);
    assertNoWindowOverTheLimit();
  }));

test('random calls at nearly twice the limit: each is served or gets 429, and no window is over the limit', () =>
  withServer({ max_wait_ms: 1000 }, async ({ url }) => {
    const load = { urls: [url], perSecond: 22, calls: 130, writes: 0.5, prefix: 'cus_', chance: new Chance(5) };
    const answers = await byChance(load);
    // The sandbox does not know the customers that are read.
    assert.deepEqual([...new Set(answers.map(({ status }) => status))].sort(), [200, 404, 429]);
    assert.equal(answers.filter(({ status }) => status !== 429).length, sandbox.requests.length);
    assertNoWindowOverTheLimit();
  }));
