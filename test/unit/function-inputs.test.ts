/** A function that takes some inputs of an operation only: its URL, its path of `single`, and messages that name it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import manifest from '../../functions/manifest.json';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { handleMessage } from '../../shared/automation/handle-message.ts';
import type { FunctionRow } from '../../shared/catalog/function-rows.ts';
import { defineEntityFunction } from '../../shared/http/define-function.ts';
import { singleFunction } from '../../shared/management/single-function.ts';
import { testConnector } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { serve } from '../support/in-process.ts';
import { arrived } from './automation-messages.ts';

const NAME = 'create-small-refund';
const ROWS: readonly FunctionRow[] = manifest.functions;
const ROW = ROWS.find(({ name }) => name === NAME) ?? assert.fail(NAME);
const REFUND = { PaymentIntent: 'pi_1', Amount: 5000 };

interface Told {
  readonly connectorOutputPayload?: unknown;
  readonly requests?: readonly { readonly body: unknown }[];
  readonly operationId?: string;
  readonly effect?: string;
  readonly error?: { readonly code: number; readonly message: string; readonly details: readonly object[] };
}

/** Sends bodies to the function and to the path of `single`, each with a connection of its own. */
async function both(
  use: (call: (body: object) => Promise<Told>, sent: readonly unknown[]) => Promise<void>,
  more = {},
) {
  const layouts = {
    own: (connector: Parameters<typeof singleFunction>[0]) =>
      defineEntityFunction(connector, 'Create').restrictTo(ROW.entities ?? [], ROW.inputs),
    single: (connector: Parameters<typeof singleFunction>[0]) => singleFunction(connector, ROWS),
  };
  for (const made of Object.values(layouts)) {
    const stripe = fakeStripe(() => ({ id: 're_1', object: 'refund' }));
    const settings = { operations_allowlist: ['Refund.Create'] };
    const connector = { ...testConnector({ clock: systemClock, stripe, open: false, settings, ...more }) };
    const server = await serve(made(() => ({ ...connector, explorerPage: () => '' })));
    const call = async (body: object): Promise<Told> => {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      return (await (await fetch(`${server.url}/${NAME}`, init)).json()) as Told;
    };
    try {
      await use(call, stripe.sent);
    } finally {
      await server.close();
    }
  }
}

/** Inputs that the function rejects, and what it says. */
const REJECTED: readonly (readonly [input: unknown, message: string | RegExp])[] = [
  [{ ...REFUND, PaymentIntent: '' }, 'PaymentIntent: is required by this function'],
  [{ ...REFUND, Amount: '' }, 'Amount: is required by this function'],
  [{ ...REFUND, Amount: 5001 }, 'Amount: is 5001; this function allows at most 5000'],
  [{ ...REFUND, Amount: '5001' }, 'Amount: is 5001; this function allows at most 5000'],
  [{ ...REFUND, Amount: '5001.00' }, 'Amount: is 5001; this function allows at most 5000'],
  [JSON.stringify({ ...REFUND, Amount: 5001 }), 'Amount: is 5001; this function allows at most 5000'],
  ['{"PaymentIntent": "pi_1", "Amount": 5.001e3}', 'Amount: is 5001; this function allows at most 5000'],
  [{ ...REFUND, Amount: 49.5 }, "Amount: must be an integer (amounts are in the currency's minor unit)"],
  [{ ...REFUND, Amount: [5000] }, "Amount: must be an integer (amounts are in the currency's minor unit)"],
  [{ ...REFUND, Amount: -1 }, 'Amount: must not be negative'],
  // Without an amount Stripe refunds the whole payment.
  [{ PaymentIntent: 'pi_1' }, 'Amount: is required by this function'],
  [{ ...REFUND, Amount: null }, 'Amount: is required by this function'],
  [{ Amount: 100 }, 'PaymentIntent: is required by this function'],
  [{}, 'PaymentIntent: is required by this function; Amount: is required by this function'],
  [undefined, 'PaymentIntent: is required by this function; Amount: is required by this function'],
  [{ ...REFUND, Charge: 'ch_1' }, /^Charge: is not an input of this function; its inputs are .*, Amount, Reason$/],
  [{ ...REFUND, amount: 9000 }, /^amount: is not an input of this function; .*did you mean Amount/],
  [{ ...REFUND, 'amount[]': 9000 }, /^amount\[\]: is not an input of this function/],
  [{ ...REFUND, Metadata: {} }, /^Metadata: is not an input of this function/],
  [{ ...REFUND, Unknown: 1 }, /^Unknown: is not an input of this function/],
];

// With another API version the catalog passes names that it does not know.
for (const apiVersion of [undefined, '2024-04-10'])
  test(`what the function does not take is rejected before Stripe is called, API version ${apiVersion ?? 'own'}`, () =>
    both(
      async (call, sent) => {
        for (const [connectorInputPayload, message] of REJECTED)
          for (const dryRun of [false, true]) {
            const { error } = await call({ connectorInputPayload, dryRun, operationId: 'refund-1' });
            const told = JSON.stringify(connectorInputPayload);
            if (typeof message === 'string') assert.equal(error?.message, message, told);
            else assert.match(error?.message ?? '', message, told);
            assert.equal(error?.code, 400, told);
            assert.match(
              JSON.stringify(error.details),
              /"reason":"INVALID_INPUT".*"fieldViolations":\[\{"field":/,
              told,
            );
          }
        assert.match(
          JSON.stringify(await call({ entity: 'Payout', connectorInputPayload: REFUND })),
          /ENTITY_NOT_EXPOSED/,
        );
        assert.deepEqual(sent, []);
      },
      apiVersion === undefined ? {} : { apiVersion },
    ));

test('it answers as Refund.Create does: a dry run, one effect an operation id, its id and effect', () =>
  both(async (call, sent) => {
    const connectorInputPayload = { ...REFUND, Reason: 'duplicate' };
    const { requests } = await call({ connectorInputPayload, dryRun: true });
    assert.deepEqual(requests?.[0]?.body, { payment_intent: 'pi_1', amount: 5000, reason: 'duplicate' });
    assert.deepEqual(sent, []);
    for (const entity of [undefined, 'Refund'])
      assert.deepEqual(await call({ entity, connectorInputPayload, operationId: 'refund-1' }), {
        connectorOutputPayload: { Id: 're_1' },
        operationId: 'refund-1',
        effect: 'done',
      });
    assert.equal(sent.length, 1);
    const other = await call({ connectorInputPayload: REFUND, operationId: 'refund-1' });
    assert.match(JSON.stringify(other), /OPERATION_ID_REUSED/);
    assert.equal(sent.length, 1);
  }));

test('a message that names the function, and a function of an action, are limited in the same way', async () => {
  const stripe = fakeStripe(() => ({ id: 're_1', object: 'refund' }));
  const settings = { automation_allowlist: ['*'], dead_letter_topic: 'projects/p-1/topics/dead-letters' };
  const connector = testConnector({ clock: systemClock, stripe, open: false, settings });
  const capture = {
    name: 'capture-small',
    restricts: 'execute-action',
    actions: ['CapturePaymentIntent'],
    inputs: { PaymentIntentId: {}, AmountToCapture: { required: true, maximum: 5000 } },
  };
  const outcomeOf = async (name: string, connectorInputPayload: object): Promise<string> => {
    const message = arrived({ function: name, dryRun: true, connectorInputPayload }, {}, { id: name });
    const { results } = await handleMessage(connector, message, [...ROWS, capture]);
    const [{ error, requests }] = JSON.parse(JSON.stringify(results)) as [Told];
    return error?.message ?? JSON.stringify(requests?.[0]?.body);
  };
  assert.equal(await outcomeOf(NAME, REFUND), '{"payment_intent":"pi_1","amount":5000}');
  assert.equal(
    await outcomeOf(NAME, { ...REFUND, Amount: 5001 }),
    'Amount: is 5001; this function allows at most 5000',
  );
  const small = { PaymentIntentId: 'pi_1', AmountToCapture: 5000 };
  assert.equal(await outcomeOf('capture-small', small), '{"amount_to_capture":5000}');
  assert.equal(
    await outcomeOf('capture-small', { ...small, AmountToCapture: 5001 }),
    'AmountToCapture: is 5001; this function allows at most 5000',
  );
});
