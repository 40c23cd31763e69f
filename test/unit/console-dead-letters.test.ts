/** Replays of dead letters on the local server without a topic, from the console and from the command. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handleMessage } from '../../shared/automation/handle-message.ts';
import type { DeadLetterItem } from '../../shared/console/api/operator.ts';
import { groupLetters } from '../../shared/console/pages/dead-letters/group-letters.ts';
import { runAdminMethod } from '../../shared/management/admin/methods.ts';
import { withConsole } from '../support/console.ts';
import type { TestConnector } from '../support/connector.ts';
import { FakeStripeError, fakeStripe } from '../support/fake-stripe.ts';
import { arrived } from './automation-messages.ts';

// https://docs.stripe.com/error-codes#card-declined
const DECLINED = new FakeStripeError(402, {
  type: 'card_error',
  code: 'card_declined',
  decline_code: 'insufficient_funds',
  message: 'Your card has insufficient funds.',
});

const ATTRIBUTES = {
  operation: 'Create',
  entity: 'PaymentIntent',
  operationId: 'by-attributes-1',
  connectorInputPayload: '{"Amount": 1500, "Currency": "usd"}',
};

/** A Stripe that declines the first calls. */
const declining = (times: number) => {
  let left = times;
  return fakeStripe(() => ((left -= 1) >= 0 ? DECLINED : { id: 'pi_1', object: 'payment_intent', amount: 1500 }));
};

async function firstLetter(connector: TestConnector): Promise<string> {
  const { results } = await handleMessage(connector, arrived('', ATTRIBUTES, { data: '' }), []);
  assert.equal(results[0]?.outcome, 'failed', JSON.stringify(results));
  const [letter] = await connector.deadLetters.list(10);
  assert.equal(letter?.operationId, 'by-attributes-1');
  return letter.id;
}

const WITHOUT_TOPIC = { automation_topic: undefined };

test('a replay executes a message that was sent by attributes', () => {
  const stripe = declining(1);
  return withConsole({ stripe, settings: WITHOUT_TOPIC }, async ({ connector, get, post }) => {
    const id = await firstLetter(connector);
    const { body } = await post(`/console/dead-letters/${id}/replay`);
    assert.deepEqual(body, { id, outcome: 'executed again and succeeded' });
    assert.deepEqual(
      stripe.requests.map(({ params }) => params['amount']),
      [1500, 1500],
    );
    const { deadLetters } = (await get('/console/dead-letters')).body as { deadLetters: { replayed: string | null }[] };
    assert.equal(deadLetters.length, 1);
    assert.notEqual(deadLetters[0]?.replayed, null);
  });
});

test('a replay that fails says why', () =>
  withConsole({ stripe: declining(9), settings: WITHOUT_TOPIC }, async ({ connector, post }) => {
    const id = await firstLetter(connector);
    const { outcome } = (await post(`/console/dead-letters/${id}/replay`)).body;
    assert.match(String(outcome), /^executed again and failed: .*insufficient funds/);
  }));

test('the letters of one message are shown as one, with a try for each replay that failed', () =>
  withConsole({ stripe: declining(9), settings: WITHOUT_TOPIC }, async ({ connector, get, post }) => {
    const first = await firstLetter(connector);
    await post(`/console/dead-letters/${first}/replay`);
    const { deadLetters } = (await get('/console/dead-letters')).body as unknown as { deadLetters: DeadLetterItem[] };
    assert.equal(deadLetters.length, 2, 'a failed replay leaves a letter of its own');
    const other = {
      ...(deadLetters[0] as DeadLetterItem),
      id: 'other',
      operationId: 'other-1',
      at: '2020-01-01T00:00:00.000Z',
    };
    // Another message with the operationId of the first: its replay would send other inputs.
    const reused = { ...other, id: 'reused', operationId: 'by-attributes-1', fingerprint: 'f', at: '2019-01-01' };
    const [group, ...more] = groupLetters([...deadLetters, other, reused]);
    assert.deepEqual(
      more.map(({ id, operationId, attempts }) => [id, operationId, attempts.length]),
      [
        ['other', 'other-1', 1],
        ['reused', 'by-attributes-1', 1],
      ],
    );
    assert.equal(group?.operationId, 'by-attributes-1');
    assert.deepEqual(group.attempts.map(({ id }) => id).toSorted(), deadLetters.map(({ id }) => id).toSorted());
    assert.equal(group.replayed, deadLetters.find(({ id }) => id === first)?.replayed);
    assert.notEqual(group.id, first, 'a replay follows the last failure');
  }));

test('the command of a local server replays as the console does', () =>
  withConsole({ stripe: declining(1), settings: WITHOUT_TOPIC }, async ({ connector }) => {
    const id = await firstLetter(connector);
    assert.deepEqual(await runAdminMethod(connector, 'deadLetters.replay', { id }, 'local', []), {
      id,
      outcome: 'executed again and succeeded',
    });
  }));

test('a message that is not stored says every reason that it can have', () =>
  withConsole({ settings: WITHOUT_TOPIC }, async ({ connector, get, post }) => {
    await handleMessage(connector, arrived('', {}, { data: '{' }), []);
    const { deadLetters } = (await get('/console/dead-letters')).body as {
      deadLetters: { id: string; replayable: boolean; notStored: string | null }[];
    };
    const [letter] = deadLetters;
    assert.equal(letter?.replayable, false);
    assert.match(String(letter.notStored), /not text in base64/);
    const { body } = await post(`/console/dead-letters/${letter.id}/replay`);
    assert.match(String(body['outcome']), /^not replayed: .*not text in base64/);
  }));
