/** One request through the Stripe client: time is virtual, Stripe is a list of responses. */
import assert from 'node:assert/strict';
import { CachedSecret } from '../../shared/stripe/secrets/cached-secret.ts';
import { ConnectorError, isConnectorError } from '../../shared/errors.ts';
import type { StripeResult, StripeRequest, StripeSuccess } from '../../shared/stripe/transport.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { callContext } from '../support/calls.ts';
import { WaitReport } from '../../shared/stripe/call-context.ts';
import { testLimiter, testStripeClient } from '../support/stripe-client.ts';

export const ok: StripeResult = { ok: true, body: { id: 'cus_1' } };

export const post: StripeRequest = { method: 'POST', path: '/v1/customers', params: {}, idempotencyKey: 'op' };

export const get: StripeRequest = { method: 'GET', path: '/v1/customers/cus_1', params: {} };

export interface Ran {
  readonly result: StripeSuccess | ConnectorError;
  readonly sent: StripeRequest[];
  readonly keys: string[];
  readonly at: number[];
  /** Tokens taken. */
  waited: number;
  /** The maximum wait of each, in milliseconds. */
  readonly maxWaits: number[];
  /** How long each would wait for the limiter's store, in milliseconds. */
  readonly patience: (number | undefined)[];
  /** The pace after each time that the limiter was asked to slow. */
  readonly paces: number[];
  readonly throttled: Set<string>;
  readonly logged: string[];
  readonly order: string[];
}

/** Runs one request against the answers, the last of which repeats. */
export async function run(
  request: StripeRequest,
  answers: readonly StripeResult[],
  options: {
    keys?: string[];
    deadlineMs?: number;
    heldUpMs?: number;
    leaseMs?: number;
    lateMs?: number;
    throws?: true;
  } = {},
): Promise<Ran> {
  const clock = new VirtualClock(1000);
  const stored = [...(options.keys ?? ['sk_test_a0000000'])];
  const ran: Ran = {
    result: {} as StripeSuccess,
    sent: [],
    keys: [],
    at: [],
    waited: 0,
    maxWaits: [],
    patience: [],
    paces: [],
    throttled: new Set(),
    logged: [],
    order: [],
  };
  const limiter = testLimiter(clock);
  const take = limiter.take.bind(limiter);
  limiter.take = async (...given) => {
    ran.waited += 1;
    ran.maxWaits.push(given[0]);
    ran.patience.push(given[1]);
    const turn = await take(...given);
    // Nothing runs for so long between the first slot and its caller.
    if (options.heldUpMs !== undefined && ran.waited === 1) await clock.sleep(options.heldUpMs);
    ran.order.push('token');
    return turn;
  };
  const slow = limiter.throttle.bind(limiter);
  limiter.throttle = (...given) => {
    const pace = slow(...given);
    ran.paces.push(pace);
    return pace;
  };
  const stripe = testStripeClient({
    stripe: {
      ready: () => Promise.resolve(void ran.order.push('ready')),
      send(sent, key) {
        ran.order.push('send');
        ran.sent.push(sent);
        ran.keys.push(key);
        ran.at.push(clock.monotonicMs());
        if (options.throws === true) return Promise.reject(new Error('an unexpected error'));
        return Promise.resolve(answers[Math.min(ran.sent.length, answers.length) - 1] ?? assert.fail('no answer'));
      },
    },
    apiKey: new CachedSecret(
      {
        rotates: stored.length > 1,
        read: () => Promise.resolve((stored.length > 1 ? stored.shift() : stored[0]) ?? assert.fail('no key')),
      },
      clock,
    ),
    limiter,
    clock,
    log: { write: (_, message, facts) => void ran.logged.push(`${message} ${JSON.stringify(facts)}`) },
  });
  const waits = new WaitReport();
  waits.lateMs = options.lateMs ?? 0;
  const call = callContext(clock, {
    waits,
    deadlineAt: 1000 + (options.deadlineMs ?? 50_000),
    outputFormat: 'connector',
    responseFlags: ran.throttled,
    ...(request.method === 'GET' ? {} : { operationId: 'op' }),
    ...(options.leaseMs === undefined
      ? {}
      : { leaseLeftMs: () => 1000 + (options.leaseMs ?? 0) - clock.monotonicMs() }),
  });
  const running = stripe.request(request, call).catch((error: unknown) => {
    assert.ok(isConnectorError(error));
    return error;
  });
  await clock.advance(120_000);
  return { ...ran, result: await running };
}
