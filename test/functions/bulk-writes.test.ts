/** Update and Delete by clause, over HTTP: the bound of rows, their order, a failure in the middle. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorOf } from './framework.ts';
import { sandbox, call, made, serve } from './planned-calls.ts';

test('rejects more rows than maxAffected with their number and changes none', async () => {
  for (let i = 0; i < 5; i += 1) await made('Coupon', { PercentOff: 10, Duration: 'once', Name: 'many' });
  const body = { entity: 'Coupon', filterClause: "Name = 'many'", maxAffected: 4 };
  const refused = await call('delete-entity', body);
  assert.equal(errorOf(refused).details[0]?.reason, 'MAX_AFFECTED_EXCEEDED');
  assert.match(errorOf(refused).message, /matches 5 rows, more than maxAffected \(4\)/);
  assert.ok(sandbox.requests.slice(-2).every(({ method }) => method === 'GET' || method === 'POST'));
  const done = await call('delete-entity', { ...body, maxAffected: 5 });
  assert.equal((done.body['connectorOutputPayload'] as { affected: number }).affected, 5);
});

test('max_affected bounds maxAffected and its default in functions, the runtime API and documents', async () => {
  for (let i = 0; i < 3; i += 1) await made('Coupon', { PercentOff: 10, Duration: 'once', Name: 'bounded' });
  const low = await serve({ max_affected: 2 });
  try {
    const sent = sandbox.requests.length;
    const body = { entity: 'Coupon', filterClause: "Name = 'bounded'", maxAffected: 3 };
    for (const refused of [
      await call('delete-entity', body, low),
      await call('delete-entity', { ...body, explain: true }, low),
      await call('update-entity', { ...body, connectorInputPayload: { Name: 'new' } }, low),
    ])
      assert.match(refused.text, /maxAffected: must be an integer from 1 to 2\b/);
    assert.equal(sandbox.requests.length, sent, 'Stripe was not touched');

    const { maxAffected: _, ...unbounded } = body;
    const entities = 'v2/projects/local/locations/europe-west1/connections/stripe-local/entityTypes/Coupon/entities';
    const conditions = `?conditions=${encodeURIComponent(body.filterClause)}`;
    for (const refused of [
      await call('delete-entity', unbounded, low),
      await call(`${entities}:deleteEntitiesWithConditions${conditions}`, {}, low),
    ])
      assert.match(refused.text, /matches 3 rows, more than maxAffected \(2\)/);

    const document = await (await fetch(`${low.url}/openapi.json`)).text();
    assert.match(document, /"maxAffected":\{[^}]*"maximum":2,"default":2/);
    assert.doesNotMatch(document, /"maximum":10000/);
    assert.equal((await call('delete-entity', { ...body, maxAffected: 3 })).status, 200);
  } finally {
    await low.stop();
  }
});

test('executes rows in order, one transaction each, and names the rows left after a failure', async () => {
  const ids: string[] = [];
  for (let i = 0; i < 3; i += 1) ids.push(await made('Coupon', { PercentOff: 10, Duration: 'once', Name: 'order' }));
  ids.reverse();
  sandbox.faults.add({ kind: 'forbidden', path: `/v1/coupons/${ids[1]}`, times: 1 });
  const { status, body } = await call('delete-entity', { entity: 'Coupon', filterClause: "Name = 'order'" });
  const payload = body['connectorOutputPayload'] as {
    affected: number;
    failed: number;
    rows: { Id: string; Success: boolean }[];
    remaining?: string[];
  };
  assert.deepEqual(
    payload.rows.map(({ Id }) => Id),
    ids,
  );
  assert.deepEqual([status, payload.affected, payload.failed, payload.remaining], [207, 2, 1, [ids[1]]]);
  const sent = sandbox.requests.filter(
    ({ method, path }) => method === 'DELETE' && ids.some((id) => path.endsWith(id)),
  );
  assert.deepEqual([...new Set(sent.map(({ path }) => path.split('/').at(-1)))], ids);
});
