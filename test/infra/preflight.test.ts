/** `stripe-connector preflight` against Google's REST APIs on loopback: each obstacle, and the command that removes it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlannedDeployment } from '../../shared/cli/preflight/deployment.ts';
import { formatChecks, preflight } from '../../shared/cli/preflight/preflight.ts';
import { plannedDeployment } from '../../shared/cli/run/check.ts';
import { APIS, BOOTSTRAP_APIS } from '../../shared/cli/preflight/requirements.ts';
import { fakeGoogleApis, freshProject, type ProjectState } from './fake-google-apis.ts';

const TOKEN = 'ya29.test';

/** `--max-nodes 3` is `maxNodes`, as the command line is parsed. */
function deploymentOf(...args: string[]): PlannedDeployment {
  const context = {
    text: (name: string) =>
      args[args.indexOf(`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`) + 1 || NaN],
    flag: (name: string) => args.includes(name === 'kmsKey' ? '--kms-key' : '--public-webhook'),
    environment: { GOOGLE_CLOUD_PROJECT: 'shop-prod' },
  };
  return plannedDeployment(context, () => assert.fail('no file is read'));
}

async function reportOf(change: Partial<ProjectState>, args: readonly string[] = [], token = TOKEN): Promise<string[]> {
  const google = await fakeGoogleApis('shop-prod', TOKEN, { ...freshProject(), ...change });
  try {
    const checks = await preflight(google.fetch, token, deploymentOf(...args));
    for (const request of google.requests)
      assert.match(
        request,
        /^GET |^POST .*:(testIamPermissions|getEffectiveOrgPolicy)$/,
        'the preflight changes nothing',
      );
    return formatChecks(checks).split('\n');
  } finally {
    google.close();
  }
}

const policy = (constraint: string, body: object): Partial<ProjectState> => ({
  policies: { [`constraints/${constraint}`]: body },
});
const without = (name: string, ...apis: string[]): Partial<ProjectState> => ({
  locations: { ...freshProject().locations, [name]: apis },
});

/** The settings of a deployed function. */
const connection = (name: string, ceiling?: number, secret = 'stripe-api-key'): string =>
  JSON.stringify({ name, api_key: `projects/shop-prod/secrets/${secret}/versions/latest`, account_ceiling: ceiling });

/** What is wrong with the project, the options of the command, and what the report must say. */
const OBSTACLES: Readonly<Record<string, readonly [Partial<ProjectState>, readonly string[], RegExp]>> = {
  'a project that is being deleted': [
    { projectState: 'DELETE_REQUESTED' },
    [],
    /^FAILED +project shop-prod is active: its state is DELETE_REQUESTED$/,
  ],
  'no billing': [{ billing: false }, [], /^FAILED +billing is enabled: Run: gcloud billing projects link shop-prod /],
  'an API that Terraform itself needs': [
    { enabled: freshProject().enabled.filter((name) => name !== 'iam') },
    [],
    /^FAILED +APIs that Terraform needs .*: Run: gcloud services enable iam\.googleapis\.com --project shop-prod$/,
  ],
  'no API at all': [
    { enabled: ['cloudresourcemanager', 'cloudbilling'] },
    [],
    /^FAILED +APIs that Terraform needs .*serviceusage\.googleapis\.com cloudresourcemanager\.googleapis\.com iam\.googleapis\.com/,
  ],
  'a missing role': [
    { permissions: freshProject().permissions.filter((name) => name !== 'pubsub.topics.create') },
    [],
    /^FAILED +you may pubsub\.topics\.create: Run: gcloud projects add-iam-policy-binding shop-prod .*--role roles\/pubsub\.admin$/,
  ],
  'a policy on locations': [
    policy('gcp.resourceLocations', { listPolicy: { allowedValues: ['us-central1'] } }),
    [],
    /^FAILED +policy lets resources be in their locations: constraints\/gcp\.resourceLocations rejects europe-west1 \(functions, images and packages\), europe-west1 \(database stripe-connector\), global \(secret stripe-api-key with automatic replication\): choose locations/,
  ],
  "a policy on locations that the database's does not satisfy": [
    {
      ...policy('gcp.resourceLocations', { listPolicy: { allowedValues: ['europe-west1', 'global'] } }),
      locations: { ...freshProject().locations, firestore: ['eur3'] },
    },
    ['--location', 'eur3'],
    /^FAILED +policy lets resources be in their locations: .* rejects eur3 \(database stripe-connector\): /,
  ],
  'a policy on locations that a replica of the secret does not satisfy': [
    {
      ...policy('gcp.resourceLocations', { listPolicy: { allowedValues: ['europe-west1'] } }),
      replicas: { 'stripe-api-key': ['europe-west1', 'us-east1'] },
    },
    [],
    /^FAILED +policy lets resources be in their locations: .* rejects us-east1 \(secret stripe-api-key\): .*--replication-policy user-managed/,
  ],
  'an API that Google does not list': [
    {
      offered: APIS.filter((name) => name !== 'pubsub'),
      enabled: freshProject().enabled.filter((name) => name !== 'pubsub'),
    },
    [],
    /^FAILED +Terraform can enable pubsub: Google does not list pubsub for this project/,
  ],
  'a policy on service accounts': [
    policy('iam.disableServiceAccountCreation', { booleanPolicy: { enforced: true } }),
    [],
    /^FAILED +policy lets service accounts be created: /,
  ],
  'a policy that denies an API': [
    policy('gcp.restrictServiceUsage', { listPolicy: { deniedValues: ['pubsub.googleapis.com'] } }),
    [],
    /^FAILED +policy lets the APIs be used: .* rejects pubsub\.googleapis\.com/,
  ],
  'a policy on ingress': [
    policy('run.allowedIngress', { listPolicy: { allowedValues: ['internal'] } }),
    ['--public-webhook'],
    /^FAILED +policy lets functions be reached: .* rejects all/,
  ],
  'a policy on ingress that the default ingress does not satisfy': [
    policy('run.allowedIngress', { listPolicy: { allowedValues: ['internal'] } }),
    [],
    /^FAILED +policy lets functions be reached: .* rejects all: set ingress = .* and run this with --ingress$/,
  ],
  'a policy that allows the first generation of functions alone': [
    policy('cloudfunctions.restrictAllowedGenerations', { listPolicy: { allowedValues: ['1stGen'] } }),
    [],
    /^FAILED +policy lets functions be of the second generation: .* rejects 2ndGen/,
  ],
  'a policy that requires a key of Cloud KMS': [
    policy('gcp.restrictNonCmekServices', { listPolicy: { deniedValues: ['is:firestore.googleapis.com'] } }),
    [],
    /^FAILED +policy lets Google's keys encrypt .* rejects firestore\.googleapis\.com: set kms_key/,
  ],
  'domain restricted sharing with a public webhook': [
    policy('iam.allowedPolicyMemberDomains', { listPolicy: { allowedValues: ['C0xxxxxxx'] } }),
    ['--public-webhook'],
    /^FAILED +policy lets everyone be an invoker of the webhook: .*set public_webhook = false/,
  ],
  'a region without Cloud Functions': [
    without('cloudfunctions', 'us-central1'),
    [],
    /^FAILED +cloudfunctions is in europe-west1: choose another region$/,
  ],
  'a region without Cloud Scheduler': [
    without('cloudscheduler', 'us-central1', 'us-east1'),
    [],
    /^FAILED +cloudscheduler is in europe-west1: set scheduler_region/,
  ],
  'a small quota': [
    { cpu: { '': 200_000, 'europe-west1': 10_000 } },
    [],
    /^FAILED +Cloud Run's quota in europe-west1 holds 50 instances of 1 vCPU for a function: it holds 10: set max_nodes = 10, or ask/,
  ],
  'a quota that is small for four vCPUs': [
    { cpu: { '': 100_000 } },
    ['--cpu', '4'],
    /^FAILED +Cloud Run's quota in europe-west1 holds 50 instances of 4 vCPU for a function: it holds 25: set max_nodes = 25, or ask/,
  ],
  'a database that exists': [
    { databases: { state: { type: 'FIRESTORE_NATIVE', locationId: 'europe-west1' } } },
    ['--database', 'state'],
    /^FAILED +database state can be used: It exists: .*terraform import 'module\.project\.google_firestore_database\.state\[0\]' projects\/shop-prod\/databases\/state$/,
  ],
  'a database in Datastore mode': [
    { databases: { state: { type: 'DATASTORE_MODE', locationId: 'europe-west1' } } },
    ['--database', 'state'],
    /^FAILED +database state can be used: it is in Datastore mode/,
  ],
  'no secret': [{ secrets: {} }, [], /^FAILED +secret stripe-api-key .*gcloud secrets create stripe-api-key /],
  'a connection that takes the whole rate of the same key': [
    { deployed: [connection('shop'), connection('shop'), '{}', 'text'] },
    [],
    /^FAILED +connections with the key in stripe-api-key together stay below the limit of the account: shop may send 100 a second: give each/,
  ],
  'two connections that share the rate of the same key among themselves': [
    { deployed: [connection('shop', 60), connection('reports', 40)] },
    [],
    /^FAILED +connections with the key .*: shop may send 60 a second, reports may send 40 a second: give each connection with this key an account_ceiling/,
  ],
  'a disabled secret': [
    { secrets: { 'stripe-api-key': 'DISABLED' } },
    [],
    /^FAILED +secret stripe-api-key .*: its latest version is DISABLED/,
  ],
};

for (const [name, [change, args, line]] of Object.entries(OBSTACLES)) {
  void test(`reports ${name}, and nothing else`, async () => {
    const report = await reportOf(change, args);
    const failures = report.filter((text) => text.startsWith('FAILED'));
    assert.equal(failures.length, 1, report.join('\n'));
    assert.match(failures[0] ?? '', line);
  });
}

void test('passes a ready project and reads no more than it needs', async () => {
  const report = await reportOf({ cpu: { '': -1 } }, ['--public-webhook']);
  assert.deepEqual(
    report.filter((line) => !line.startsWith('passed ')),
    [],
  );
  assert.equal(report.length, 14 + 4 + 7 + 4 + 4);
});

void test('policies that the deployment satisfies are no obstacle', async () => {
  for (const [change, args] of [
    [
      policy('run.allowedIngress', { listPolicy: { allowedValues: ['internal'] } }),
      ['--ingress', 'ALLOW_INTERNAL_ONLY'],
    ],
    [policy('gcp.restrictNonCmekServices', { listPolicy: { deniedValues: ['pubsub.googleapis.com'] } }), ['--kms-key']],
  ] as const) {
    const report = await reportOf(change, args);
    assert.ok(!report.some((line) => line.startsWith('FAILED')), report.join('\n'));
  }
});

void test('finds a location on a later page', async () => {
  const report = await reportOf(without('cloudfunctions', 'us-central1', 'us-east1', 'europe-west1'));
  assert.ok(report.includes('passed   cloudfunctions is in europe-west1'), report.join('\n'));
});

void test('an API that is not enabled yet is not a failure: the report names the command to see more', async () => {
  const report = await reportOf({ enabled: [...BOOTSTRAP_APIS, 'cloudbilling'] });
  assert.deepEqual(
    report.filter((line) => line.startsWith('FAILED')),
    [],
  );
  assert.ok(
    report.includes(
      'unknown  cloudscheduler is in europe-west1: Run: gcloud services enable cloudscheduler.googleapis.com --project shop-prod',
    ),
    report.join('\n'),
  );
});

void test('leaves a policy that names a group of locations to the reader', async () => {
  const report = await reportOf(
    policy('gcp.resourceLocations', { listPolicy: { allowedValues: ['in:eu-locations'] } }),
  );
  assert.ok(
    report.some((line) => /^unknown +policy lets resources .* has in:eu-locations/.test(line)),
    report.join('\n'),
  );
});

void test('a token that Google rejects ends the report', async () => {
  assert.deepEqual(await reportOf({}, [], 'expired'), [
    'FAILED   project shop-prod is active: Google rejected the access token. Run: gcloud auth login',
  ]);
});

void test('an unreachable Google is not reported as a failure of the project', async () => {
  const checks = await preflight(() => Promise.reject(new Error('getaddrinfo ENOTFOUND')), TOKEN, deploymentOf());
  assert.ok(checks.every(({ status, detail }) => status === 'unknown' && detail.includes('ENOTFOUND')));
});

void test('the options require a project and a whole number of nodes', () => {
  const bare = { text: () => undefined, flag: () => false, environment: {} };
  assert.throws(() => plannedDeployment(bare, () => ''), /--project PROJECT is required/);
  assert.throws(() => deploymentOf('--max-nodes', 'many'), /--max-nodes must be a positive integer/);
  assert.throws(() => deploymentOf('--cpu', '9'), /--cpu must be a number from 0\.25 to 4: 9/);
  assert.throws(() => deploymentOf('--plan', 'plan.json', '--cpu', '2'), /leave the other options out/);
});

void test('connections with another key, or with a share of the rate, are no obstacle', async () => {
  for (const deployed of [[connection('shop', 60)], [connection('shop', undefined, 'other-key')]]) {
    const report = await reportOf({ deployed });
    assert.ok(!report.some((line) => line.startsWith('FAILED')), report.join('\n'));
    assert.ok(
      report.some((line) => /^passed +connections with the key in stripe-api-key together stay below/.test(line)),
    );
  }
});
