/** Digest towards a proxy: the RFCs' own vectors, what a proxy may write, and a conversation with one. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import {
  authorization,
  selectChallenge,
  nextNonce,
  type Challenge,
} from '../../shared/adapters/stripe/proxy/digest.ts';
import type { Proxy } from '../../shared/adapters/stripe/proxy/proxied-client.ts';
import { sdkTransport } from '../../shared/adapters/stripe/sdk-transport.ts';
import type { StripeResult, StripeRequest } from '../../shared/stripe/transport.ts';
import { freePort } from '../emulator/ports.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { PASSWORD, startTestProxy, USER, type Auth, type ProxyOptions, type TestProxy } from './test-proxy.ts';

const response = (header: string): string | undefined => /response="(\w+)"/.exec(header)?.[1];

test('matches the vectors of RFC 7616 (MD5 and SHA-256) and of RFC 2617', () => {
  const challenge: Challenge = {
    realm: 'http-auth@example.org',
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
    algorithm: 'MD5',
    qop: true,
    stale: false,
  };
  const use = {
    method: 'GET',
    uri: '/dir/index.html',
    count: 1,
    cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  };
  const mufasa = { user: 'Mufasa', password: 'Circle of Life' };
  assert.equal(response(authorization(challenge, mufasa, use)), '8ca523f5e9506fed4657c9700eebdbec');
  assert.equal(
    response(authorization({ ...challenge, algorithm: 'SHA-256' }, mufasa, use)),
    '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
  );
  const older: Challenge = { ...challenge, realm: 'testrealm@host.com', nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093' };
  const circle = { user: 'Mufasa', password: 'Circle Of Life' };
  assert.equal(
    response(authorization(older, circle, { ...use, cnonce: '0a4f113b' })),
    '6629fae49393a05397450978507c4ef1',
  );
});

test('parses a 407 with several fields, several schemes, quotes and commas, and answers the strongest', () => {
  const cases: readonly (readonly [readonly string[], Partial<Challenge> | undefined])[] = [
    [
      ['Digest realm="a", nonce="n", qop="auth"'],
      { realm: 'a', nonce: 'n', algorithm: 'MD5', qop: true, stale: false },
    ],
    [['Digest realm="a, \\"b\\"", nonce="n"'], { realm: 'a, "b"', qop: false }],
    [['Basic realm="x", Digest realm="a", nonce="n", algorithm=SHA-256, qop="auth"'], { algorithm: 'SHA-256' }],
    [
      [
        'Digest realm="a", nonce="1", algorithm=MD5, qop="auth"',
        'Digest realm="a", nonce="2", algorithm=SHA-256, qop="auth"',
      ],
      { nonce: '2' },
    ],
    [
      ['Digest realm="a", nonce="1", algorithm=sha-256-SESS, qop=auth, stale=true'],
      { algorithm: 'SHA-256-sess', stale: true },
    ],
    [['DIGEST realm = "a" , nonce = "n" , qop = "auth, auth-int"'], { realm: 'a', qop: true }],
    [['Negotiate', 'Digest realm="a", nonce="n"'], { nonce: 'n' }],
    [['Digest realm="a", nonce="n", qop="auth-int"'], undefined],
    [['Digest realm="a", nonce="n", algorithm=SHA-512-256'], undefined],
    [['Digest realm="a"'], undefined],
    [['Basic realm="a"'], undefined],
    [[''], undefined],
    [[], undefined],
  ];
  for (const [fields, wanted] of cases) {
    const challenge = selectChallenge(fields);
    if (wanted === undefined) assert.equal(challenge, undefined, fields.join());
    else assert.deepEqual({ ...challenge, ...wanted }, challenge, fields.join());
  }
  assert.equal(nextNonce('nextnonce="abc", qop=auth'), 'abc');
  assert.equal(nextNonce('rspauth="abc"'), undefined);
  assert.equal(nextNonce(undefined), undefined);
});

let sandbox: Sandbox;
before(async () => void (sandbox = await startSandbox({ seed: 91 })));
after(() => sandbox.close());

const LIST: StripeRequest = { method: 'GET', path: '/v1/customers', params: { limit: 1 } };

/** Through a proxy of our own, to the sandbox; `form` by which way. */
async function through(
  options: ProxyOptions,
  form: 'TUNNEL' | 'AUTO',
  work: (send: (request?: StripeRequest) => Promise<StripeResult>, proxy: TestProxy) => Promise<void>,
  more: Partial<Proxy> = {},
): Promise<void> {
  const proxy = await startTestProxy(options);
  const { scheme } = options.auth;
  const settings: Proxy = {
    host: '127.0.0.1',
    port: proxy.port,
    scheme,
    ssltype: form,
    user: USER,
    password: PASSWORD,
    ...more,
  };
  const stripe = sdkTransport({
    base: sandbox.url,
    proxy: { read: () => Promise.resolve(settings), refresh: () => Promise.resolve(false) },
  });
  try {
    await work((request = LIST) => stripe.send(request, SANDBOX_KEY, 8000), proxy);
  } finally {
    await proxy.close();
  }
}

const DIGESTS: readonly Auth[] = [
  { scheme: 'DIGEST' },
  { scheme: 'DIGEST', algorithm: 'MD5-sess' },
  { scheme: 'DIGEST', algorithm: 'SHA-256' },
  { scheme: 'DIGEST', algorithm: 'SHA-256-sess' },
  { scheme: 'DIGEST', qop: false },
  { scheme: 'DIGEST', algorithm: 'SHA-256', nextnonce: true },
  { scheme: 'DIGEST', algorithm: 'SHA-256', uses: 1 },
  {
    scheme: 'DIGEST',
    algorithm: 'SHA-256',
    others: ['Basic realm="b"', 'Digest realm="test, realm", nonce="old", opaque="o\\"p", qop="auth"'],
  },
];
for (const form of ['TUNNEL', 'AUTO'] as const) {
  const way = form === 'TUNNEL' ? 'a tunnel' : 'absolute form';
  for (const auth of [{ scheme: 'NONE' }, { scheme: 'BASIC' }, ...DIGESTS] as const) {
    test(`${way}, ${JSON.stringify(auth)}: sequential and concurrent calls`, async () => {
      await through({ auth }, form, async (send, proxy) => {
        for (let n = 0; n < 3; n += 1) assert.ok((await send()).ok);
        const all = await Promise.all(Array.from({ length: 6 }, () => send()));
        assert.ok(all.every(({ ok }) => ok));
        const passed = proxy.seen.filter(({ status }) => status === 200);
        if (form === 'TUNNEL') assert.ok(passed.length <= 6, `${passed.length} CONNECTs for 9 calls`);
        else assert.equal(passed.length, 9);
        // One look at the way without credentials, no more.
        const bare = proxy.seen.filter(({ headers }) => headers['proxy-authorization'] === undefined).length;
        if (auth.scheme === 'DIGEST') assert.ok(bare <= 6, String(bare));
      });
    });
  }

  test(`${way}: replaces a stale nonce and continues the call`, async () => {
    await through({ auth: { scheme: 'DIGEST', algorithm: 'SHA-256', uses: 2 } }, 'AUTO', async (send, proxy) => {
      for (let n = 0; n < 5; n += 1) assert.ok((await send()).ok);
      assert.deepEqual(
        proxy.seen.map(({ status }) => status),
        [407, 200, 200, 407, 200, 200, 407, 200],
      );
    });
  });

  for (const scheme of ['BASIC', 'DIGEST'] as const) {
    test(`${way}, ${scheme}: a wrong password fails after one attempt, and nothing reaches Stripe`, async () => {
      sandbox.requests.length = 0;
      await through({ auth: { scheme }, password: () => 'another' }, form, async (send, proxy) => {
        const answer = await send();
        assert.ok(!answer.ok);
        assert.deepEqual([answer.kind, answer.proxy, answer.shouldRetry], ['unsent', 'AUTH', false]);
        const tried = proxy.seen.filter(({ headers }) => headers['proxy-authorization'] !== undefined);
        assert.equal(tried.length, 1);
      });
      assert.equal(sandbox.requests.length, 0);
    });
  }
}

test('rejects a proxy that asks for another scheme than the settings', async () => {
  await through(
    { auth: { scheme: 'BASIC' } },
    'TUNNEL',
    async (send) => {
      const answer = await send();
      assert.ok(!answer.ok);
      assert.equal(answer.proxy, 'AUTH');
    },
    { scheme: 'DIGEST' },
  );
});

test('a proxy that rejects the method, is silent or is unreachable has its own error and never leads to a direct connection', async () => {
  sandbox.requests.length = 0;
  for (const auth of [{ scheme: 'NONE' }, { scheme: 'DIGEST' }] as const) {
    await through({ auth, instead: 403 }, 'TUNNEL', async (send) => {
      const answer = await send();
      assert.ok(!answer.ok);
      assert.deepEqual([answer.kind, answer.proxy], ['unsent', 'REFUSED']);
    });
    await through({ auth, instead: 'silence' }, 'TUNNEL', async (send) => {
      const answer = await send();
      assert.ok(!answer.ok);
      assert.deepEqual([answer.kind, answer.proxy], ['unsent', 'UNREACHABLE']);
    });
    const port = await freePort();
    await through(
      { auth },
      'TUNNEL',
      async (send) => {
        const answer = await send();
        assert.ok(!answer.ok);
        assert.deepEqual([answer.kind, answer.proxy], ['unsent', 'UNREACHABLE']);
      },
      { port },
    );
  }
  assert.equal(sandbox.requests.length, 0);
});

test('credentials stay on their hop: in a tunnel Stripe sees no proxy credentials and the proxy no key', async () => {
  sandbox.requests.length = 0;
  const heads: string[] = [];
  await through({ auth: { scheme: 'BASIC' } }, 'TUNNEL', async (send, proxy) => {
    assert.ok((await send()).ok);
    heads.push(JSON.stringify(proxy.seen));
  });
  assert.doesNotMatch(heads.join(), new RegExp(SANDBOX_KEY));
  assert.equal(sandbox.requests[0]?.key, SANDBOX_KEY);
  assert.doesNotMatch(JSON.stringify(sandbox.requests), /proxy-authorization/i);
});

test('a call that times out before its turn at the proxy is never sent', async (context) => {
  let asked = 0;
  const proxy = createServer((_request, answer) => {
    asked += 1;
    setTimeout(() => answer.end('{"id":"cus_1"}'), asked === 1 ? 300 : 0);
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  context.after(() => {
    proxy.close();
    proxy.closeAllConnections();
  });
  const { port } = proxy.address() as AddressInfo;
  const way: Proxy = { host: '127.0.0.1', port, scheme: 'DIGEST', user: USER, password: PASSWORD, ssltype: 'NEVER' };
  const stripe = sdkTransport({
    base: 'http://stripe.test',
    proxy: { read: () => Promise.resolve(way), refresh: () => Promise.resolve(false) },
  });
  const send = (timeoutMs: number): Promise<StripeResult> =>
    stripe.send({ method: 'GET', path: '/v1/customers/cus_1', params: {} }, SANDBOX_KEY, timeoutMs);
  const [first, late] = await Promise.all([send(5000), send(100)]);
  assert.deepEqual([first.ok, !late.ok && late.kind], [true, 'lost']);
  // Behind it in the same line: when this one is through, the late one would be too.
  assert.equal((await send(5000)).ok, true);
  assert.equal(asked, 2);
});
