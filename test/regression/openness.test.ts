/** Openness is granted by the local server, and never where something speaks of the cloud. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDeployment, type Deployment } from '../../shared/config/environment.ts';
import { exposureOf } from '../../shared/config/exposure.ts';

const TEST = 'sk_test_openness00000000';
const SECRET = { CONNECTION_SETTINGS: '{"api_key":"projects/p/secrets/s/versions/1"}' };
// Cloud Run sets K_SERVICE: https://cloud.google.com/run/docs/container-contract#env-vars
const CLOUD = {
  K_SERVICE: 'x',
  GOOGLE_CLOUD_PROJECT: 'p',
  CONNECTION_SETTINGS: JSON.stringify({
    name: 'c',
    region: 'europe-west1',
    service_account: 'c@p.iam.gserviceaccount.com',
    api_key: 'projects/p/secrets/s/versions/1',
  }),
};

type Environment = Readonly<Record<string, string>>;
const deploymentOf = (environment: Environment): Deployment => readDeployment(environment, () => '');

/** An environment, the address, whether it is open of itself, and with `--open`: a text is the error. */
const CASES: readonly (readonly [string, Environment, string, boolean, true | RegExp])[] = [
  ['a test key', { STRIPE_API_KEY: TEST }, '127.0.0.1', true, true],
  ['a restricted test key', { STRIPE_API_KEY: 'rk_test_openness00000000' }, '127.0.0.1', true, true],
  ['IPv6 loopback', { STRIPE_API_KEY: TEST }, '::1', true, true],
  ['any address of 127/8', { STRIPE_API_KEY: TEST }, '127.4.5.6', true, true],
  [
    'an emulator of Firestore',
    { STRIPE_API_KEY: TEST, FIRESTORE_EMULATOR_HOST: '127.0.0.1:1', GOOGLE_CLOUD_PROJECT: 'p' },
    '127.0.0.1',
    true,
    true,
  ],
  ['a project', { STRIPE_API_KEY: TEST, GOOGLE_CLOUD_PROJECT: 'p' }, '127.0.0.1', false, true],
  ['a secret with a test key', { STRIPE_API_KEY: TEST, ...SECRET }, '127.0.0.1', false, true],
  ['a secret as the key', SECRET, '127.0.0.1', false, /not a test key/],
  ['a live key', { STRIPE_API_KEY: 'sk_live_openness00000000', ALLOW_LIVE: '1' }, '127.0.0.1', false, /not a test key/],
  [
    'a restricted live key',
    { STRIPE_API_KEY: 'rk_live_openness00000000', ALLOW_LIVE: '1' },
    '127.0.0.1',
    false,
    /not a test key/,
  ],
  ['every address', { STRIPE_API_KEY: TEST }, '0.0.0.0', false, /beyond loopback/],
  ['every address of IPv6', { STRIPE_API_KEY: TEST }, '::', false, /beyond loopback/],
  ['no address', { STRIPE_API_KEY: TEST }, '', false, /beyond loopback/],
  ['a host that begins as loopback does', { STRIPE_API_KEY: TEST }, '127.0.0.1.example', false, /beyond loopback/],
  ['the cloud', CLOUD, '127.0.0.1', false, /K_SERVICE is set.*not a test key/],
];

for (const [sentence, environment, host, open, asked] of CASES)
  test(`${sentence}: ${open ? 'open' : 'closed'}, with --open ${asked === true ? 'open' : 'rejected'}`, () => {
    const deployment = deploymentOf(environment);
    const own = exposureOf(deployment, { host, open: false });
    assert.equal(own.open, open);
    assert.ok(own.why.length > 0);
    const granted = (): unknown => exposureOf(deployment, { host, open: true }).open;
    if (asked === true) assert.equal(granted(), true);
    else assert.throws(granted, asked);
  });

test('reports every sign, not only the first', () => {
  const { why } = exposureOf(deploymentOf(CLOUD), { host: '0.0.0.0', open: false });
  for (const sign of [/K_SERVICE/, /beyond loopback/, /not a test key/, /api_key/, /GOOGLE_CLOUD_PROJECT/])
    assert.match(why, sign);
});
