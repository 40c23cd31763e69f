/** What would leave for Stripe, and whether the call that was named stands for it. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { systemClock } from '../../../shared/adapters/system-clock.ts';
import type { StripeClient } from '../../../shared/stripe/client.ts';
import { testConnector, type TestConnector } from '../../support/connector.ts';
import { fakeStripe } from '../../support/fake-stripe.ts';
import { hostile, type Hostile } from './arguments.ts';
import { isOf, readsOnly, waysOf, type Way } from './routes.ts';
import { sized } from '../../support/sizes.ts';

export const SEED = Number(process.env['SEED'] ?? 20261126);
export const OBJECTS = sized(120, 2000);
/** Calls that each object is tried on: all of them are, in turn. */
const TRIED = sized(8, 64);
/** Over HTTP, which costs more. */
export const TRIED_OVER_HTTP = sized(4, 16);

interface Sent extends Way {
  readonly key: string | undefined;
  readonly operationId: string | undefined;
}

/** A connector whose Stripe client records the requests and responds at once. */
export function recording(settings: object): { connector: TestConnector; sent: Sent[] } {
  const sent: Sent[] = [];
  const connector = testConnector({ clock: systemClock, stripe: fakeStripe({}), open: false, settings });
  const body = { id: 'one_1', object: 'list', data: [{ id: 'one_1', object: 'thing' }], has_more: false, url: '/v1/x' };
  const client: StripeClient = {
    request: ({ method, path, idempotencyKey }, call) => {
      sent.push({ method, path, key: idempotencyKey, operationId: call.operationId });
      return Promise.resolve({ ok: true, body, requestId: 'req_1' });
    },
  };
  return { connector: { ...connector, deps: { ...connector.deps, stripe: client } }, sent };
}

/** What left is what these calls stand for; and it is forgotten. How much it was. */
export function checked(sent: Sent[], calls: readonly string[], byClause: boolean, told: () => string): number {
  const ways = calls.flatMap((call) => waysOf(call, byClause));
  for (const one of sent) {
    const words = (): string => `${told()}: ${one.method} ${one.path}, allowed ${calls.join(', ').slice(0, 300)}`;
    assert.ok(isOf(ways, one), words());
    if (one.method === 'GET') continue;
    assert.ok(!calls.every(readsOnly), words());
    assert.notEqual(one.operationId, undefined, `no operation id: ${words()}`);
    if (one.method === 'POST') assert.notEqual(one.key, undefined, `no key: ${words()}`);
  }
  return sent.splice(0).length;
}

/** Every call as it should be, then hostile objects, each on some of the calls in turn. */
export async function each(
  calls: readonly string[],
  work: (one: Hostile, call: string) => Promise<void>,
  tried = TRIED,
): Promise<void> {
  for (const call of calls) await work({ bare: false, entries: [] }, call);
  let turn = 0;
  await fc.assert(
    fc.asyncProperty(hostile, async (one) => {
      for (let i = 0; i < tried; i += 1) {
        const call = calls[turn % calls.length];
        turn += 1;
        if (call !== undefined) await work(one, call);
      }
    }),
    { numRuns: OBJECTS, seed: SEED, endOnFailure: true },
  );
}

export const show = (call: string, input: unknown): string => `${call} ${JSON.stringify(input).slice(0, 500)}`;
