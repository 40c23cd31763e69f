/** The same over HTTP: restricted functions, the runtime API, and the explorer's `/run`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpFunction } from '@google-cloud/functions-framework';
import { OPERATIONS } from '../../../shared/catalog/types.ts';
import { managementFunction } from '../../../shared/management/function.ts';
import {
  defineActionFunction,
  defineEntityFunction,
  defineExecuteActionFunction,
} from '../../../shared/http/define-function.ts';
import { serve } from '../../support/in-process.ts';
import { laidOver, leastOf, type Input } from './arguments.ts';
import { checked, each, recording, show, TRIED_OVER_HTTP } from './recording.ts';
import { CALLS, catalog, readsOnly } from './routes.ts';

/** A request of a function; what it answers is of no interest here. */
async function ask(url: string, body: Input, method = 'POST'): Promise<void> {
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await answer.arrayBuffer();
}

const RESTRICTED = [
  'Customer',
  'PaymentIntent',
  'Invoice',
  'Issuing.Card',
  'Balance',
  'CashBalance',
  'Price',
  'Account',
];
const ACTIONS = ['PayInvoice', 'CancelSubscription', 'PreviewCreditNote', 'ConfirmPaymentIntent', 'SearchNothing'];

void test('restricted functions: manifest rows with one name, with several, and functions of one action', async (t) => {
  const { connector, sent } = recording({});
  const made = new Map<string, { readonly handler: HttpFunction; readonly calls: readonly string[] }>();
  const entities = RESTRICTED.filter((name) => catalog.names().includes(name));
  for (const operation of OPERATIONS) {
    const whole = defineEntityFunction(() => connector, operation);
    const callsOf = (names: readonly string[]): string[] =>
      names.map((name) => `${name}.${operation}`).filter((call) => CALLS.includes(call));
    for (const names of [...entities.map((one) => [one]), entities.slice(0, 2)])
      made.set(`${operation}-${names.join('-')}`, { handler: whole.restrictTo(names), calls: callsOf(names) });
  }
  const execute = defineExecuteActionFunction(() => connector);
  for (const action of ACTIONS.filter((one) => catalog.actionNames().includes(one))) {
    made.set(`execute-${action}`, { handler: execute.restrictTo([action]), calls: [action] });
    made.set(`row-${action}`, { handler: execute.restrictUnlessOpen([action]), calls: [action] });
    made.set(`own-${action}`, { handler: defineActionFunction(() => connector, action), calls: [action] });
  }
  made.set('execute-none', { handler: execute.restrictUnlessOpen([]), calls: [] });
  const server = await serve((request, response) => void made.get(request.path.slice(1))?.handler(request, response));
  t.after(() => server.close());
  let left = 0;
  await each(
    [...made.keys()],
    async (one, row) => {
      const calls = made.get(row)?.calls ?? [];
      const [call] = calls;
      const { id, payload } = call === undefined ? { id: undefined, payload: {} } : leastOf(call);
      const base = {
        ...(id === undefined ? {} : { entityId: id }),
        ...(row.startsWith('List') ? {} : { connectorInputPayload: payload }),
      };
      const body = laidOver(base, one, 'connectorInputPayload');
      await ask(`${server.url}/${row}`, body);
      left += checked(sent, calls, true, () => show(row, body));
    },
    TRIED_OVER_HTTP,
  );
  assert.ok(left > 50, String(left));
});

const BASE = '/v2/projects/local/locations/local/connections/test';
/** Paths of the connection, each with what it stands for: the runtime API, and the explorer's `/run`. */
const PATHS: readonly (readonly [
  method: string,
  path: string,
  calls: readonly string[],
  base: Input,
  inner: string,
])[] = [
  ['POST', `${BASE}/entityTypes/Customer/entities`, ['Customer.Create'], { fields: { Name: 'a' } }, 'fields'],
  ['PATCH', `${BASE}/entityTypes/Customer/entities/cus_1`, ['Customer.Update'], { fields: { Name: 'a' } }, 'fields'],
  ['DELETE', `${BASE}/entityTypes/Customer/entities/cus_1`, ['Customer.Delete'], {}, 'fields'],
  [
    'PATCH',
    `${BASE}/entityTypes/Invoice/entities/create_preview`,
    ['Invoice.Update'],
    { fields: { Description: 'a' } },
    'fields',
  ],
  [
    'POST',
    `${BASE}/entityTypes/Customer/entities:updateEntitiesWithConditions?conditions=Id='cus_1'`,
    ['Customer.Update'],
    { fields: { Name: 'a' } },
    'fields',
  ],
  ['POST', `${BASE}/actions/PayInvoice:execute`, ['PayInvoice'], { parameters: { InvoiceId: 'in_1' } }, 'parameters'],
  [
    'POST',
    `${BASE}/actions/PreviewCreditNote:execute`,
    ['PreviewCreditNote'],
    { parameters: { Invoice: 'in_1' } },
    'parameters',
  ],
  [
    'POST',
    '/run/get-entity',
    CALLS.filter((one) => one.endsWith('.Get')),
    { entity: 'Customer', entityId: 'cus_1' },
    'connectorInputPayload',
  ],
  [
    'POST',
    '/run/execute-action',
    catalog.actionNames(),
    { action: 'PayInvoice', connectorInputPayload: { InvoiceId: 'in_1' } },
    'connectorInputPayload',
  ],
  [
    'POST',
    '/run/update-entity',
    CALLS.filter((one) => one.endsWith('.Update')),
    { entity: 'Customer', entityId: 'cus_1', connectorInputPayload: { Name: 'a' } },
    'connectorInputPayload',
  ],
];

for (const expose of ['all', 'reads'] as const)
  void test(`paths of the connection with expose ${expose}`, async (t) => {
    const { connector, sent } = recording({ expose });
    const server = await serve(managementFunction(() => ({ ...connector, explorerPage: () => '' }), []));
    t.after(() => server.close());
    let left = 0;
    await each(
      PATHS.map((_, at) => String(at)),
      async (one, at) => {
        const [method, path, calls, base, inner] = PATHS[Number(at)] ?? assert.fail();
        const body = laidOver(base, one, inner);
        await ask(`${server.url}${path}`, body, method);
        const may = expose === 'all' ? calls : calls.filter(readsOnly);
        left += checked(sent, may, true, () => show(`${method} ${path}`, body));
      },
      TRIED_OVER_HTTP,
    );
    // A deletion takes no body, so hardly one of those is left.
    if (expose === 'all') assert.ok(left > 30, String(left));
  });
