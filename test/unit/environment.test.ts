/** The environment variables: which values are accepted, and what is reported when the process starts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDeployment, type Deployment } from '../../shared/config/environment.ts';

const TEST = 'sk_test_environment00000';

const deploymentOf = (environment: Readonly<Record<string, string>>): Deployment =>
  readDeployment(environment, () => '');

// https://docs.stripe.com/keys: publishable keys (pk_) can do nothing here. stripe-python#334, stripe-go#1855: a line break.
for (const key of [
  'pk_test_abc',
  'pk_live_abc',
  'hello',
  'sk_org_environment00000',
  'x_sk_test_environment',
  '',
  'sk_test_a b',
])
  test(`rejects the key ${JSON.stringify(key)} when the process starts`, () => {
    assert.throws(() => deploymentOf({ STRIPE_API_KEY: key }), { message: /^STRIPE_API_KEY .*sk_\.\.\. or rk_/ });
  });

for (const key of [`${TEST}\n`, ` ${TEST}`, `\t${TEST}\r\n`])
  test(`ignores white space around a key: ${JSON.stringify(key)}`, () => {
    assert.deepEqual(deploymentOf({ STRIPE_API_KEY: key }).key, { from: 'environment', value: TEST });
  });

// `gcloud emulators ... env-init` prints [::1] where the machine has IPv6.
for (const host of ['localhost:8085', '127.0.0.1:8085', '[::1]:8085', 'emulator.internal:1', 'localhost:65535'])
  test(`${host} is an emulator`, () => {
    const { state } = deploymentOf({ STRIPE_API_KEY: TEST, FIRESTORE_EMULATOR_HOST: host });
    assert.equal(state.in === 'firestore' && state.emulatorHost, host);
  });
for (const host of [
  '::1:8085',
  '[::1]',
  'localhost',
  'http://localhost:8085',
  ':8085',
  'a:0',
  'a:65536',
  'a:99999',
  '',
])
  test(`${JSON.stringify(host)} is not an emulator`, () => {
    assert.throws(() => deploymentOf({ STRIPE_API_KEY: TEST, FIRESTORE_EMULATOR_HOST: host }), {
      message: /FIRESTORE_EMULATOR_HOST: host:port/,
    });
  });

// `projects//databases/...` gets no response: each call would blame the store. A template can produce such a variable.
for (const name of ['GOOGLE_CLOUD_PROJECT', 'FIRESTORE_DATABASE'])
  for (const value of ['', ' ', 'a/b', 'a b'])
    test(`reports ${name}=${JSON.stringify(value)} at start-up`, () => {
      assert.throws(() => deploymentOf({ STRIPE_API_KEY: TEST, [name]: value }), { message: new RegExp(`^${name}: `) });
    });
