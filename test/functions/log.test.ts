/** What a built function writes at each verbosity, and how Cloud Logging finds it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { traceFields } from '../../shared/http/trace-context.ts';
import { opensslIsHere, type Certificates } from '../proxy/certificates.ts';
import { startSecureSandbox, type SecureSandbox } from '../proxy/secure-front.ts';
import { SANDBOX_KEY, startSandbox } from '../../shared/sandbox/server.ts';
import { post, startFunction } from './framework.ts';

type Line = Record<string, unknown>;

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

test("reads the trace from W3C's header, else from Google's, and writes the span in Cloud Logging's format", () => {
  const of = (headers: Record<string, string>, project?: string): object =>
    traceFields((name) => headers[name], project);
  assert.deepEqual(of({ traceparent: `00-${TRACE}-00f067aa0ba902b7-01` }, 'p'), {
    'logging.googleapis.com/trace': `projects/p/traces/${TRACE}`,
    'logging.googleapis.com/spanId': '00f067aa0ba902b7',
    'logging.googleapis.com/trace_sampled': true,
  });
  assert.deepEqual(of({ 'X-Cloud-Trace-Context': `${TRACE}/12345;o=1` }), {
    'logging.googleapis.com/trace': TRACE,
    'logging.googleapis.com/spanId': '0000000000003039',
    'logging.googleapis.com/trace_sampled': true,
  });
  assert.deepEqual(of({ 'X-Cloud-Trace-Context': TRACE }), {
    'logging.googleapis.com/trace': TRACE,
    'logging.googleapis.com/trace_sampled': false,
  });
  for (const bad of [
    {},
    { traceparent: 'nonsense' },
    { traceparent: '00-x-y-01' },
    { 'X-Cloud-Trace-Context': `${TRACE}/x` },
  ])
    assert.deepEqual(of(bad), {});
});

if (opensslIsHere()) {
  let secure: SecureSandbox;
  let certificates: Certificates;
  let front: SecureSandbox['front'];
  before(async () => {
    secure = await startSecureSandbox(101);
    ({ certificates, front } = secure);
  });
  after(async () => {
    await secure.close();
  });

  /** The log lines of a successful call and of one that Stripe rejects, at a verbosity. */
  async function linesAt(verbosity: string): Promise<Line[]> {
    const one = await startFunction({
      name: 'create-entity',
      env: {
        STRIPE_API_KEY: SANDBOX_KEY,
        STRIPE_API_BASE: front.url,
        NODE_EXTRA_CA_CERTS: certificates.files.ca,
        CONNECTION_SETTINGS: JSON.stringify({ verbosity, labels: { team: 'billing' } }),
      },
    });
    try {
      const trace = { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` };
      const input = {
        Amount: 1500,
        Currency: 'usd',
        ReceiptEmail: 'jane@example.com',
        Description: 'card 4242424242424242',
      };
      const good = {
        entity: 'PaymentIntent',
        operationId: `log-${verbosity}`,
        outputFormat: 'native',
        connectorInputPayload: input,
      };
      const answer = await post(one.url, good, trace);
      assert.equal(answer.status, 200);
      assert.match(answer.text, /_secret_/, 'the caller gets what it asked for, whole');
      assert.match(answer.text, /jane@example\.com/);
      const bad = {
        ...good,
        operationId: `${good.operationId}-bad`,
        connectorInputPayload: { ...input, Customer: 'cus_nowhere12' },
      };
      assert.equal((await post(one.url, bad, trace)).status, 400);
      assert.doesNotMatch(one.output(), /jane@example\.com|4242424242424242|pi_\w+_secret_[A-Za-z0-9]|sandbox0000/);
      return one
        .output()
        .split('\n')
        .filter((line) => line.startsWith('{') && !line.includes('"compile cache"'))
        .map((line) => JSON.parse(line) as Line);
    } finally {
      await one.stop();
    }
  }

  test('verbosity 1 logs errors only', async () => {
    const lines = await linesAt('1');
    assert.deepEqual(
      lines.map(({ severity, outcome }) => [severity, outcome]),
      [['ERROR', 'resource_missing']],
    );
  });

  test('verbosity 2 adds a line per transaction with operation, request id, trace and labels', async () => {
    const [line, ...more] = await linesAt('2');
    assert.equal(more.length, 1);
    const { requestId, durationMs, tokenWaitMs, ...rest } = line ?? {};
    assert.match(String(requestId), /^req_/);
    assert.ok(Number(durationMs) >= 0 && Number(tokenWaitMs) >= 0);
    assert.deepEqual(rest, {
      severity: 'INFO',
      message: 'stripe request',
      call: 'PaymentIntent.Create',
      method: 'POST',
      outcome: 'ok',
      operationId: 'log-2',
      attempt: 1,
      'logging.googleapis.com/trace': TRACE,
      'logging.googleapis.com/spanId': '00f067aa0ba902b7',
      'logging.googleapis.com/trace_sampled': true,
      'logging.googleapis.com/labels': { connection: 'stripe-local', team: 'billing' },
    });
  });

  test('verbosity 3 adds request and response headers, no bodies', async () => {
    const [line, refused] = await linesAt('3');
    const { request, response } = line as { request: Line; response: { status: number; headers: Line } & Line };
    assert.deepEqual(request, { method: 'POST', path: '/v1/payment_intents', 'idempotency-key': 'log-3' });
    assert.equal(response.status, 200);
    assert.match(String(response.headers['request-id']), /^req_/);
    assert.equal(response['body'], undefined);
    assert.equal((refused as { response: { status: number } }).response.status, 400);
    assert.equal(line?.['tls'], undefined);
  });

  test('verbosity 4 adds bodies with secrets redacted', async () => {
    const [line, refused] = await linesAt('4');
    const { request, response, tls } = line as { request: { body: Line }; response: { body: Line }; tls?: Line };
    assert.deepEqual(request.body, {
      amount: 1500,
      currency: 'usd',
      receipt_email: '[redacted]',
      description: 'card [redacted]',
    });
    assert.deepEqual([response.body['amount'], response.body['client_secret']], [1500, '[redacted]']);
    assert.match(
      String((refused as { response: { body: string } }).response.body),
      /No such customer: 'cus_nowhere12'/,
    );
    assert.equal(tls, undefined);
  });

  test("verbosity 5 adds protocol, cipher and Stripe's certificate", async () => {
    const [line] = await linesAt('5');
    const { protocol, cipher, peer } = line?.['tls'] as { protocol: string; cipher: string; peer: Line };
    assert.equal(protocol, 'TLSv1.3');
    assert.match(cipher, /^TLS_/);
    assert.deepEqual([peer['subject'], peer['issuer']], ['localhost', 'test authority']);
    assert.match(String(peer['fingerprint256']), /^[0-9A-F:]{95}$/);
  });
}

test('counts calls without a transaction: a replayed response, a call beyond the limit', async () => {
  const stripe = await startSandbox({ seed: 103 });
  const one = await startFunction({
    name: 'create-entity',
    env: {
      STRIPE_API_KEY: SANDBOX_KEY,
      STRIPE_API_BASE: stripe.url,
      CONNECTION_SETTINGS: JSON.stringify({ verbosity: '2', max_wait_ms: 0, limit_scope: 'connection' }),
    },
  });
  try {
    const create = (operationId: string): ReturnType<typeof post> =>
      post(one.url, { entity: 'Customer', operationId, connectorInputPayload: { Name: 'x' } });
    let first = await create('log-replayed');
    while (first.status === 429) first = await create('log-replayed');
    assert.equal((await create('log-replayed')).headers.get('idempotent-replayed'), 'true');
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => create(`log-${index}`)));
    assert.ok(answers.some(({ status }) => status === 429));
    assert.match(
      one.output(),
      /"severity":"INFO",.*"call":"Customer\.Create","operationId":"log-replayed",.*"message":"idempotent replay"/,
    );
    assert.match(
      one.output(),
      /"severity":"WARNING",.*"call":"Customer\.Create","retryAfterMs":\d+.*"message":"rate limit exceeded"/,
    );
  } finally {
    await one.stop();
    await stripe.close();
  }
});
