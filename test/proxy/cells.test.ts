/** The eight cells of the proxy's table, with each scheme: the built function, a proxy of our own, real TLS. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { errorOf } from '../functions/framework.ts';
import { freePort } from '../emulator/ports.ts';
import { SANDBOX_KEY, type Sandbox } from '../../shared/sandbox/server.ts';
import { opensslIsHere, type Certificates } from './certificates.ts';
import { callAndRead, callThrough, type Way } from './proxied-function.ts';
import { startSecureSandbox, type SecureSandbox } from './secure-front.ts';
import { PASSWORD, startTestProxy, USER, type Auth, type ProxyOptions } from './test-proxy.ts';
import { sized } from '../support/sizes.ts';

if (opensslIsHere()) {
  let secure: SecureSandbox;
  let certificates: Certificates;
  let sandbox: Sandbox;
  let front: SecureSandbox['front'];
  before(async () => {
    secure = await startSecureSandbox(93);
    ({ certificates, sandbox, front } = secure);
  });
  after(async () => {
    await secure.close();
  });

  const way = (target: string, ssltype: string, scheme: string, port: number): Way => ({
    base: target === 'https' ? front.url : sandbox.url,
    port,
    scheme,
    ssltype,
    user: USER,
    password: PASSWORD,
    ca: certificates.files.ca,
  });

  const CELLS = [
    ['http', 'AUTO', 'absolute form', false],
    ['http', 'ALWAYS', 'absolute form', true],
    ['http', 'NEVER', 'absolute form', false],
    ['http', 'TUNNEL', 'CONNECT', false],
    ['https', 'AUTO', 'CONNECT', false],
    ['https', 'ALWAYS', 'CONNECT', true],
    ['https', 'TUNNEL', 'CONNECT', false],
    ['https', 'SELECTED', 'CONNECT', false],
  ] as const;
  const SCHEMES: readonly Auth[] = [
    { scheme: 'NONE' },
    { scheme: 'BASIC' },
    { scheme: 'DIGEST', algorithm: 'SHA-256' },
  ];

  for (const [cell, [target, ssltype, form, secure]] of CELLS.entries())
    // In the small size neighboring cells take turns with the schemes.
    for (const auth of SCHEMES.filter((_, index) => (cell + index) % sized(2, 1) === 0))
      test(`${target} target, ${ssltype}, ${auth.scheme}: ${form}, ${secure ? 'TLS' : 'plaintext'} to the proxy`, async () => {
        const options: ProxyOptions = { auth, ...(secure ? { tls: certificates } : {}) };
        const proxy = await startTestProxy(options);
        try {
          const answers = await callThrough(way(target, ssltype, auth.scheme, proxy.port), 3);
          for (const answer of answers) assert.equal(answer.status, 200, answer.text);
          const passed = proxy.seen.filter(({ status }) => status === 200);
          if (form === 'CONNECT') {
            assert.deepEqual(
              passed.map(({ method }) => method),
              ['CONNECT'],
              'one tunnel for three calls',
            );
            assert.doesNotMatch(JSON.stringify(proxy.seen), new RegExp(SANDBOX_KEY), 'the proxy sees no key');
          } else {
            assert.equal(passed.length, 3);
            for (const { method, url } of passed)
              assert.deepEqual([method, url.startsWith(`${sandbox.url}/v1/customers`)], ['GET', true]);
          }
        } finally {
          await proxy.close();
        }
      });

  const LEVEL_5 = [
    ['https', 'AUTO', true, false],
    ['https', 'ALWAYS', true, true],
    ['http', 'ALWAYS', false, true],
    ['http', 'AUTO', false, false],
  ] as const;
  for (const [target, ssltype, ofStripe, ofProxy] of LEVEL_5)
    for (const auth of SCHEMES)
      test(`verbosity 5, ${target} target, ${ssltype}, ${auth.scheme}: TLS of Stripe ${ofStripe ? 'is' : 'is not'} logged, of the proxy ${ofProxy ? 'is' : 'is not'}`, async () => {
        const proxy = await startTestProxy({ auth, ...(ofProxy ? { tls: certificates } : {}) });
        try {
          const { answers, log } = await callAndRead(way(target, ssltype, auth.scheme, proxy.port), 1, '5');
          assert.equal(answers[0]?.status, 200, answers[0]?.text);
          const line = log.split('\n').find((one) => one.includes('"message":"stripe request"')) ?? '';
          type Side = { protocol?: string; cipher?: string; peer?: { subject: string; fingerprint256: string } };
          const { tls } = JSON.parse(line) as { tls?: Side & { proxy?: Side } };
          for (const [told, side] of [
            [ofStripe, tls],
            [ofProxy, tls?.proxy],
          ] as const) {
            assert.equal(side?.protocol, told ? 'TLSv1.3' : undefined);
            assert.equal(side?.peer?.subject, told ? 'localhost' : undefined);
            assert.match(side?.peer?.fingerprint256 ?? '', told ? /^[0-9A-F:]{95}$/ : /^$/);
          }
        } finally {
          await proxy.close();
        }
      });

  test('https target, NEVER: rejected at start-up, because the key would pass the proxy in plaintext', async () => {
    const [answer] = await callThrough(way('https', 'NEVER', 'NONE', 9));
    assert.equal(answer?.status, 400);
    assert.match(
      errorOf(answer).message,
      /proxy_ssltype: NEVER would send the API key to the proxy in plaintext; use AUTO, ALWAYS or TUNNEL/,
    );
  });

  test('an untrusted proxy certificate, an unreachable proxy and a rejection each have their own error and send nothing to Stripe', async () => {
    sandbox.requests.length = 0;
    const own = await startTestProxy({ auth: { scheme: 'NONE' }, tls: certificates });
    const closed = await startTestProxy({ auth: { scheme: 'NONE' }, instead: 403 });
    const strict = await startTestProxy({ auth: { scheme: 'BASIC' }, password: () => 'another' });
    try {
      const untrusted = { ...way('https', 'ALWAYS', 'NONE', own.port), ca: '/nonexistent.pem' };
      const cases: readonly (readonly [Way, number, string])[] = [
        [untrusted, 503, 'PROXY_UNREACHABLE'],
        [way('https', 'AUTO', 'NONE', await freePort()), 503, 'PROXY_UNREACHABLE'],
        [way('https', 'AUTO', 'NONE', closed.port), 503, 'PROXY_REFUSED'],
        [way('https', 'AUTO', 'BASIC', strict.port), 400, 'PROXY_AUTH_REJECTED'],
        [way('http', 'AUTO', 'BASIC', strict.port), 400, 'PROXY_AUTH_REJECTED'],
      ];
      for (const [one, status, reason] of cases) {
        const [answer] = await callThrough(one);
        assert.equal(answer?.status, status, answer?.text);
        assert.equal(errorOf(answer).details[0]?.reason, reason);
        assert.doesNotMatch(answer.text, /pass:w|127\.0\.0\.1/);
      }
      assert.equal(sandbox.requests.length, 0);
    } finally {
      await Promise.all([own, closed, strict].map((one) => one.close()));
    }
  });
}
