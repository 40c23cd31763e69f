/** Writes of the write policy's tests, and one test of a case: factors, currencies, amounts kept at Stripe, names, accounts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { executeAction } from '../../shared/operations/actions.ts';
import type { CallContext } from '../../shared/stripe/call-context.ts';
import type { ConnectorDeps } from '../../shared/operations/connector.ts';
import { create, remove, update } from '../../shared/operations/entities.ts';
import type { WritePolicy } from '../../shared/stripe/write-policy/enforce.ts';
import { isConnectorError, type ConnectorError } from '../../shared/errors.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { callContext } from '../support/calls.ts';
import { fakeStripe } from '../support/fake-stripe.ts';

export type Input = Record<string, unknown>;

export type Write = (
  deps: ConnectorDeps,
  call: CallContext,
) => Promise<{ readonly body: Readonly<Record<string, unknown>> }>;

export const clock = new VirtualClock();

export const stripe = fakeStripe(() => ({ id: 'one_1', object: 'list', data: [], has_more: false }));

export function connector(policy: Partial<WritePolicy>, apiVersion?: string): TestConnector {
  return testConnector({ clock, stripe, policy, ...(apiVersion === undefined ? {} : { apiVersion }) });
}

export const making =
  (entity: string, input: Input): Write =>
  (deps, call) =>
    create(deps, entity, input, call);

export const doing =
  (action: string, input: Input): Write =>
  (deps, call) =>
    executeAction(deps, action, input, call);

export const changing =
  (entity: string, input: Input, entityId: string | null = 'one_1'): Write =>
  (deps, call) =>
    update(deps, entity, { entityId: entityId ?? undefined, maxAffected: 1, explain: false }, input, call);

export const deleting =
  (entity: string, input: Input, entityId = 'one_1'): Write =>
  (deps, call) =>
    remove(deps, entity, { entityId, maxAffected: 1, explain: false }, input, call);

export function callOf(dryRun: boolean): CallContext {
  return callContext(clock, { outputFormat: 'connector', dryRun });
}

/** The error, with nothing sent; a dry run gets the same error. Undefined if the request passes. */
export async function refusal(
  write: Write,
  { deps }: Pick<TestConnector, 'deps'>,
): Promise<ConnectorError | undefined> {
  const before = stripe.sent.length;
  const tried = async (dryRun: boolean): Promise<ConnectorError | undefined> => {
    try {
      await write(deps, callOf(dryRun));
      return undefined;
    } catch (error) {
      if (!isConnectorError(error)) throw error;
      return error;
    }
  };
  const shown = await tried(true);
  if (shown === undefined) return undefined;
  const [real] = await Promise.all([tried(false), clock.advance(1)]);
  assert.equal(real?.message, shown.message);
  assert.equal(stripe.sent.length, before);
  return shown;
}

export const USD = { maxAmounts: { usd: 1000 } };

export const LINE = { price_data: { currency: 'usd', product: 'prod_1', unit_amount: 400 } };

export const [TOO_MUCH, OPEN, OTHER] = ['AMOUNT_NOT_ALLOWED', 'AMOUNT_NOT_BOUNDED', 'CURRENCY_NOT_ALLOWED'];

export const ITEM = { price_data: { ...LINE.price_data, recurring: { interval: 'day' } } };

/** What is asked, under which policy, the reason of the rejection (absent: it passes), and words of its message. */
export type PolicyCase = readonly [string, Write, Partial<WritePolicy>, (string | undefined)?, RegExp?];

/** One test of a case: its request is rejected with this reason, or passes. */
export function testPolicy([sentence, write, policy, reason, words = /./]: PolicyCase): void {
  void test(`${sentence}: ${reason ?? 'passes'}`, async () => {
    const error = await refusal(write, connector(policy));
    assert.equal(error?.details.reason, reason, error?.message);
    if (error !== undefined) assert.match(error.message, words);
  });
}
