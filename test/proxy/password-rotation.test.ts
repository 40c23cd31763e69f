/** The proxy's password in Secret Manager: one read serves every call, a rotation costs no failed one. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { errorOf, post, startFunction } from '../functions/framework.ts';
import { SANDBOX_KEY } from '../../shared/sandbox/server.ts';
import { startSecretManager, type SecretManagerDouble } from '../support/fake-secret-manager.ts';
import { opensslIsHere } from './certificates.ts';
import { startSecureSandbox, type SecureSandbox } from './secure-front.ts';
import { startTestProxy, USER, type Auth } from './test-proxy.ts';

if (opensslIsHere()) {
  let secure: SecureSandbox;
  let manager: SecretManagerDouble;
  let stored = '';
  before(async () => {
    secure = await startSecureSandbox(97);
    manager = await startSecretManager(() => stored);
  });
  after(async () => {
    manager.close();
    await secure.close();
  });

  const SCHEMES: readonly Auth[] = [{ scheme: 'BASIC' }, { scheme: 'DIGEST', algorithm: 'SHA-256' }];
  for (const target of ['https', 'http'])
    for (const auth of SCHEMES)
      test(`${target} target, ${auth.scheme}: calls under load continue with the new password`, async () => {
        let asked = 'first-password';
        stored = asked;
        manager.forget();
        const proxy = await startTestProxy({ auth, password: () => asked });
        const running = await startFunction({
          name: 'customer-list',
          env: {
            STRIPE_API_KEY: SANDBOX_KEY,
            STRIPE_API_BASE: target === 'https' ? secure.front.url : secure.sandbox.url,
            NODE_EXTRA_CA_CERTS: secure.certificates.files.ca,
            SECRET_MANAGER_EMULATOR_HOST: manager.host,
            CONNECTION_SETTINGS: JSON.stringify({
              proxy_enabled: true,
              proxy_server: { host: 'localhost', port: proxy.port },
              proxy_auth_scheme: auth.scheme,
              proxy_user: USER,
              proxy_password: 'projects/p/secrets/proxy/versions/latest',
              verbosity: '5',
            }),
          },
        });
        const statuses = async (): Promise<number[]> =>
          (await Promise.all(Array.from({ length: 4 }, () => post(running.url, {})))).map(({ status }) => status);
        try {
          assert.deepEqual(await statuses(), [200, 200, 200, 200]);
          assert.equal(manager.reads(), 1);
          asked = 'second-password';
          stored = asked;
          proxy.cut();
          assert.deepEqual(await statuses(), [200, 200, 200, 200]);
          assert.equal(manager.reads(), 2, 'many calls, one read');
          // What is stored is not what the proxy asks for: its own error, and no password anywhere.
          asked = 'third-password';
          proxy.cut();
          const rejected = await post(running.url, {});
          assert.equal(errorOf(rejected).details[0]?.reason, 'PROXY_AUTH_REJECTED');
          assert.doesNotMatch(rejected.text + running.output(), /(first|second)-password/);
        } finally {
          await running.stop();
          await proxy.close();
        }
      });
}
