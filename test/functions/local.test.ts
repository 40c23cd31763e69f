/** `npm start`: one command, one port, the sandbox behind it. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { freePort } from '../emulator/ports.ts';
import { errorOf, post, running, type Running } from './framework.ts';

let port: number;
let server: Running;

function startLocal(at: number, env: Record<string, string> = {}, options: string[] = []): Promise<Running> {
  const child = spawn(process.execPath, ['build/local/start.cjs', ...options], {
    env: { PATH: process.env['PATH'], PORT: String(at), ...env },
  });
  return running(child, at, 'try it:');
}

before(async () => {
  port = await freePort();
  server = await startLocal(port);
});
after(() => server.stop());

test('prints the functions, the sandbox, the state, the limit, and last ready and a line to try', () => {
  const said = server.output();
  assert.match(said, new RegExp(`^ready on http://localhost:${port}$`, 'm'));
  const { functions } = JSON.parse(readFileSync('functions/manifest.json', 'utf8')) as {
    functions: { name: string }[];
  };
  assert.match(said, new RegExp(`^${functions.length} functions, POST http://localhost:${port}/<name>: `, 'm'));
  assert.match(said, /sandbox at http:\/\/127\.0\.0\.1:\d+/);
  assert.match(said, /in memory/);
  assert.match(said, /^open: .* a test key, loopback and no sign of the cloud$/m);
  assert.match(said, /\nready on .*\ntry it:\n {2}curl .*\n$/);
  assert.match(said, /^events: kept in the inbox; nothing is published/m);
  assert.match(said, /^write policy: none, every amount and currency is allowed$/m);
  assert.match(said, new RegExp(`^sandbox control .*: http://localhost:${port}/_sandbox/$`, 'm'));
  assert.ok(said.split('\n').length <= 15, said);
  assert.match(said, /limit 12\/s = 6 x 2 nodes \(limit_scope node\); 6\/s in all with limit_scope connection/);
});

test('the printed curl line works', () => {
  const line = /^ {2}(curl .*)$/m.exec(server.output())?.[1] ?? '';
  const answer = JSON.parse(execFileSync('bash', ['-c', line], { encoding: 'utf8' })) as {
    connectorOutputPayload: { Id: string };
  };
  assert.match(answer.connectorOutputPayload.Id, /^cus_/);
});

test('the main job: a payment from creation to capture', async () => {
  const call = async (name: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await post(`${server.url}/${name}`, body);
    assert.equal(answer.status, 200, `${name}: ${answer.text}`);
    return answer.body;
  };
  const created = (
    await call('create-entity', { entity: 'Customer', connectorInputPayload: { Email: 'pay@example.com' } })
  )['connectorOutputPayload'] as { Id: string };
  const method = (
    await call('create-entity', {
      entity: 'PaymentMethod',
      connectorInputPayload: { Type: 'card', Card: { token: 'tok_visa' } },
    })
  )['connectorOutputPayload'] as { Id: string };
  await call('attach-payment-method-to-customer', {
    connectorInputPayload: { PaymentMethodId: method.Id, CustomerId: created.Id },
  });
  const intent = (
    await call('payment-intent-create', {
      connectorInputPayload: {
        Amount: 1500.0,
        Currency: 'usd',
        Customer: created.Id,
        PaymentMethod: method.Id,
        CaptureMethod: 'manual',
      },
    })
  )['connectorOutputPayload'] as { Id: string };
  const [confirmed] = (
    await call('confirm-payment-intent', {
      connectorInputPayload: { PaymentIntentId: intent.Id, ReturnUrl: 'http://google.com/' },
    })
  )['connectorOutputPayload'] as Record<string, string>[];
  assert.equal(confirmed?.['status'], 'requires_capture');
  const [captured] = (
    await call('capture-payment-intent', {
      connectorInputPayload: { PaymentIntentId: intent.Id, AmountToCapture: '1000' },
    })
  )['connectorOutputPayload'] as Record<string, string>[];
  assert.deepEqual(
    [captured?.['Success'], captured?.['status'], captured?.['amount_received']],
    ['true', 'succeeded', '1000'],
  );
  const refund = { PaymentIntent: intent.Id, Amount: 5001 };
  const tooMuch = await post(`${server.url}/create-small-refund`, { connectorInputPayload: refund });
  assert.match(tooMuch.text, /Amount: is 5001; this function allows at most 5000/);
  await call('create-small-refund', { connectorInputPayload: { ...refund, Amount: 400 } });
  await call('detach-payment-method-from-customer', { connectorInputPayload: { PaymentMethodId: method.Id } });
  await call('customer-update', { entityId: created.Id, connectorInputPayload: { Name: 'John' } });
  const row = (await call('customer-get', { entityId: created.Id }))['connectorOutputPayload'] as Record<
    string,
    unknown
  >;
  assert.equal(row['Name'], 'John');
  assert.deepEqual((await call('customer-delete', { entityId: created.Id }))['connectorOutputPayload'], {});
});

// RFC 9110, 15.5.6: a 405 names the allowed methods. A probe or a mistyped method is the client's fault: no ERROR for the alert.
test('a function supports POST only: other methods get 405 with Allow and no ERROR line', async () => {
  const { functions } = JSON.parse(readFileSync('functions/manifest.json', 'utf8')) as {
    functions: { name: string }[];
  };
  const before = server.output().length;
  const names = functions.map(({ name }) => name).filter((name) => !['connection', 'single'].includes(name));
  for (const name of names)
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE']) {
      const body = ['PUT', 'PATCH'].includes(method) ? { body: '{"entity":"Customer"}' } : {};
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${server.url}/${name}`, { method, headers, ...body });
      assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'POST'], `${method} ${name}`);
      if (method === 'HEAD') continue;
      const { error } = (await answer.json()) as { error: { details: { reason: string }[] } };
      assert.equal(error.details[0]?.reason, 'METHOD_NOT_ALLOWED', `${method} ${name}`);
    }
  assert.ok(names.length > 20, String(names.length));
  assert.doesNotMatch(server.output().slice(before), /"severity":"ERROR"/);
});

test('pages by an opaque token, 25 rows by default', async () => {
  for (let i = 0; i < 27; i += 1)
    await post(`${server.url}/create-entity`, { entity: 'Product', connectorInputPayload: { Name: `p${i}` } });
  const first = await post(`${server.url}/list-entities`, { entity: 'Product' });
  assert.equal((first.body['connectorOutputPayload'] as unknown[]).length, 25);
  const second = await post(`${server.url}/list-entities`, {
    entity: 'Product',
    listEntitiesPageToken: first.body['listEntitiesNextPageToken'],
  });
  assert.equal((second.body['connectorOutputPayload'] as unknown[]).length, 2);
  assert.equal(second.body['listEntitiesNextPageToken'], null);
});

test('an Update by clause reports each row, with 207 if some fail', async () => {
  for (const name of ['c1', 'c2'])
    await post(`${server.url}/create-entity`, {
      entity: 'Customer',
      connectorInputPayload: { Email: 'clause@example.com', Name: name },
    });
  const body = {
    entity: 'Customer',
    filterClause: "Email = 'clause@example.com'",
    connectorInputPayload: { Description: 'seen' },
  };
  const done = await post(`${server.url}/update-entity`, body);
  assert.equal(done.status, 200, done.text);
  assert.equal((done.body['connectorOutputPayload'] as { affected: number }).affected, 2);
  const gone = await post(`${server.url}/delete-entity`, {
    entity: 'Customer',
    filterClause: "Email = 'clause@example.com'",
  });
  assert.deepEqual(
    Object.values(gone.body['connectorOutputPayload'] as { affected: number; failed: number }).slice(0, 2),
    [2, 0],
  );
  const empty = await post(`${server.url}/delete-entity`, { entity: 'Customer', filterClause: '  ' });
  assert.equal(empty.status, 400);
  const both = await post(`${server.url}/delete-entity`, {
    entity: 'Customer',
    filterClause: "Email = 'a'",
    entityId: 'cus_1',
  });
  assert.equal(both.status, 400);
});

test('the same operationId has one effect; with another payload it is rejected', async () => {
  const body = { entity: 'Customer', operationId: 'order-42', connectorInputPayload: { Name: 'once' } };
  const first = await post(`${server.url}/create-entity`, body);
  const again = await post(`${server.url}/create-entity`, body);
  assert.deepEqual(again.body['connectorOutputPayload'], first.body['connectorOutputPayload']);
  assert.equal(first.body['operationId'], 'order-42');
  const other = await post(`${server.url}/create-entity`, { ...body, connectorInputPayload: { Name: 'twice' } });
  assert.equal(other.status, 409);
  assert.equal(errorOf(other).status, 'ALREADY_EXISTS');
});

test('a declined card is FAILED_PRECONDITION with its decline code', async () => {
  const answer = await post(`${server.url}/create-entity`, {
    entity: 'PaymentIntent',
    connectorInputPayload: {
      Amount: 500,
      Currency: 'usd',
      Confirm: true,
      PaymentMethod: 'pm_card_visa_chargeDeclined',
      ReturnUrl: 'https://example.com/',
    },
  });
  assert.equal(answer.status, 400);
  assert.equal(errorOf(answer).status, 'FAILED_PRECONDITION');
  assert.equal(errorOf(answer).details[0]?.metadata?.['declineCode'], 'generic_decline');
});

for (const [sentence, headers, code] of [
  ['a foreign Host', { host: 'evil.example:80' }, 403],
  ['a foreign Origin', { origin: 'https://evil.example' }, 403],
  ['a body that is not JSON by its type', { 'content-type': 'text/plain' }, 415],
] as const) {
  test(`rejects ${sentence}`, async () => {
    const status = await new Promise((resolve, reject) => {
      const request = http.request(
        {
          port,
          host: '127.0.0.1',
          path: '/customer-list',
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
        },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      request.on('error', reject);
      request.end('{}');
    });
    assert.equal(status, code);
  });
}

test('listens on loopback only', () => {
  const table = readFileSync('/proc/net/tcp', 'utf8') + readFileSync('/proc/net/tcp6', 'utf8');
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const listening = table.split('\n').filter((line) => new RegExp(`:${hex} 0+:0000 0A`).test(line));
  assert.equal(listening.length, 1);
  assert.match(listening[0] ?? '', /0100007F:/);
});

for (const [sentence, env, message, options = []] of [
  ['a live key is refused', { STRIPE_API_KEY: 'sk_live_0000000000000000' }, /ALLOW_LIVE=1/],
  ['an address without a key is refused', { STRIPE_API_BASE: 'http://127.0.0.1:1' }, /requires STRIPE_API_KEY/],
  ['the cloud is no place for it', { K_SERVICE: 'x' }, /name: is required; region: is required/],
  ['settings that are not valid are refused', { CONNECTION_SETTINGS: '{"max_nodes":0}' }, /max_nodes/],
  [
    'an option that it does not have is refused',
    {},
    /Unknown option '--opne'.*npm start supports --open, --seed demo and --data FILE/,
    ['--opne'],
  ],
  [
    '--data with a key of the user is refused',
    { STRIPE_API_KEY: 'sk_test_0000000000000000' },
    /--data keeps the data of the sandbox, but with STRIPE_API_KEY no sandbox runs/,
    ['--data', 'shop.json'],
  ],
  ['a seed that there is not is refused', {}, /--seed must be one of demo/, ['--seed', 'nope']],
  [
    '--open with a live key is refused',
    { STRIPE_API_KEY: 'sk_live_0000000000000000', ALLOW_LIVE: '1' },
    /--open is not allowed: STRIPE_API_KEY is not a test key/,
    ['--open'],
  ],
  ['a signing secret with the dots of an example is rejected', { STRIPE_WEBHOOK_SECRET: 'whsec_...' }, /has dots/],
  ['an invalid port is rejected', { PORT: 'many' }, /PORT must be/],
] as const satisfies readonly (readonly [string, Record<string, string>, RegExp, string[]?])[]) {
  test(`${sentence} at start-up`, async () => {
    await assert.rejects(startLocal(await freePort(), env, options), message);
  });
}
