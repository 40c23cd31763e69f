/** The state that the console shows: calls of operations, and whether the connection is suspended. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withConsole } from '../support/console.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { LOST } from '../support/stripe-results.ts';

interface ListedCalls {
  readonly operations: readonly { readonly operationId: string; readonly call: string | null }[];
}

const customer = { entity: 'Customer', connectorInputPayload: { Email: 'a@b.co' } };

test('an operation without a response, and one whose request is no longer listed, keep their call', async () => {
  const stripe = fakeStripe(({ method }) => (method === 'POST' ? LOST : { id: 'cus_1', object: 'customer' }));
  await withConsole({ stripe, settings: { deadline_ms: 1000, max_wait_ms: 500 } }, async ({ connector, get, post }) => {
    const { status, body } = await post('/run/create-entity', { ...customer, operationId: 'lost-1' });
    assert.equal(status, 503, JSON.stringify(body));
    // Other requests push it out of the list of requests.
    for (let count = 0; count < 120; count += 1)
      connector.recentRequests.add({
        atMs: 0,
        call: 'Customer.List',
        method: 'GET',
        path: '/v1/customers',
        outcome: 'ok',
        durationMs: 1,
        waitedMs: 0,
        priority: 'read',
        attempt: 1,
      });
    assert.ok(connector.recentRequests.recent().every(({ call }) => call === 'Customer.List'));
    const { operations } = (await get('/console/operations')).body as unknown as ListedCalls;
    assert.deepEqual(
      operations.map(({ operationId, call }) => [operationId, call]),
      [['lost-1', 'Customer.Create']],
    );
    assert.equal((await get('/console/operations/lost-1')).body['call'], 'Customer.Create');
    assert.equal((await get('/console/operations/never-1')).status, 404);
  });
});

test('an operation by clause is listed with its call and its rows, without the record of its list', async () => {
  const rows = ['cus_1', 'cus_2'].map((id) => ({ id, object: 'customer', email: `${id}@b.co` }));
  const stripe = fakeStripe(({ method, path }) =>
    method === 'GET'
      ? { object: 'list', data: rows, has_more: false, url: path }
      : { id: path.slice(-5), deleted: true },
  );
  await withConsole({ stripe }, async ({ get, post }) => {
    const clause = { entity: 'Customer', filterClause: "Email = 'cus_1@b.co'", operationId: 'clause-1' };
    const { status, body } = await post('/run/delete-entity', clause);
    assert.equal(status, 200, JSON.stringify(body));
    const { operations } = (await get('/console/operations')).body as unknown as ListedCalls;
    assert.deepEqual(
      operations.map(({ operationId, call }) => [operationId, call]),
      [
        ['clause-1', 'Customer.Delete'],
        ['clause-1 row cus_1', 'Customer.Delete'],
      ],
    );
  });
});

test('the page learns at once that the connection was suspended and resumed', () =>
  withConsole({}, async ({ get, post }) => {
    const seen = async (): Promise<readonly unknown[]> => {
      const { suspended, health } = (await get('/about')).body as { suspended: unknown; health: { state: string } };
      return [suspended, health.state];
    };
    assert.deepEqual(await seen(), [null, 'ACTIVE']);
    await post('/console/suspend');
    assert.deepEqual(await seen(), ['operator', 'ERROR']);
    // Another reader of the health finds it suspended, unless this instance has a permit left. The health is cached.
    await get('/v2/projects/p/locations/local/connections/test:checkStatus');
    await post('/console/resume');
    assert.deepEqual(await seen(), [null, 'ACTIVE']);
  }));

test('a suspension by the settings is named as such', () =>
  withConsole({ settings: { suspended: true } }, async ({ get }) => {
    const { body } = await get('/about');
    assert.equal(body['suspended'], 'settings');
  }));
