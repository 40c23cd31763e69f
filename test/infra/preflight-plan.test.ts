/** `stripe-connector preflight --plan`: the checks follow what Terraform planned. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deploymentOfPlan } from '../../shared/cli/preflight/terraform-plan.ts';
import { formatChecks, preflight } from '../../shared/cli/preflight/preflight.ts';
import { plannedDeployment } from '../../shared/cli/run/check.ts';
import { fakeGoogleApis, freshProject, type ProjectState } from './fake-google-apis.ts';

const TOKEN = 'ya29.test';

type Resource = readonly [type: string, values: object, actions?: readonly string[]];

/** As `terraform show -json` prints it: the first resource in the root module, the others in a child. */
function planText(...resources: readonly Resource[]): string {
  const [first, ...others] = resources.map(([type, values], index) => ({
    address: `${type}.r[${index}]`,
    mode: 'managed',
    type,
    values,
  }));
  return JSON.stringify({
    format_version: '1.2',
    planned_values: { root_module: { resources: [first], child_modules: [{ resources: others }] } },
    resource_changes: resources.map(([type, , actions = ['create']], index) => ({
      address: `${type}.r[${index}]`,
      change: { actions },
    })),
  });
}

const planned = (name: string, of: object = {}, settings: object = {}): Resource => [
  'google_cloudfunctions2_function',
  {
    name,
    location: 'europe-west1',
    service_config: [
      {
        available_cpu: '1',
        max_instance_count: 50,
        ingress_settings: 'ALLOW_INTERNAL_ONLY',
        environment_variables: {
          FIRESTORE_DATABASE: 'state',
          CONNECTION_SETTINGS: JSON.stringify({
            name: 'shop',
            api_key: 'projects/shop-prod/secrets/stripe-api-key/versions/latest',
            ...settings,
          }),
        },
        ...of,
      },
    ],
  },
];
const database: Resource = ['google_firestore_database', { name: 'state', location_id: 'europe-west1' }];
const KEY = 'projects/vault/locations/europe-west1/keyRings/r/cryptoKeys/k';

async function failuresOf(plan: string, change: Partial<ProjectState> = {}): Promise<string[]> {
  const google = await fakeGoogleApis('shop-prod', TOKEN, { ...freshProject(), ...change });
  try {
    const checks = await preflight(google.fetch, TOKEN, deploymentOfPlan(plan, 'shop-prod'));
    return formatChecks(checks.filter(({ status }) => status !== 'passed'))
      .split('\n')
      .filter((line) => line !== '');
  } finally {
    google.close();
  }
}

const policy = (constraint: string, body: object): Partial<ProjectState> => ({
  policies: { [`constraints/${constraint}`]: body },
});
const without = (permission: string): Partial<ProjectState> => ({
  permissions: freshProject().permissions.filter((name) => name !== permission),
});

/** What Terraform planned, what is wrong with the project, and the one line that reports it. */
const CASES: Readonly<Record<string, readonly [plan: string, Partial<ProjectState>, RegExp]>> = {
  'a role for a load balancer': [
    planText(planned('shop-a'), database, ['google_compute_backend_service', { name: 'webhook' }]),
    without('compute.networks.create'),
    /^FAILED +you may compute\.networks\.create: Run: gcloud projects add-iam-policy-binding shop-prod .* --role roles\/compute\.networkAdmin$/,
  ],
  'a role on a key of another project': [
    planText(planned('shop-a'), database, ['google_kms_crypto_key_iam_member', { crypto_key_id: KEY }]),
    without('cloudkms.cryptoKeys.setIamPolicy'),
    /^FAILED +you may cloudkms\.cryptoKeys\.setIamPolicy on projects\/vault\/.*: Run: gcloud kms keys add-iam-policy-binding k --keyring r --location europe-west1 --project vault --member user:YOU --role roles\/cloudkms\.admin$/,
  ],
  'a role on the billing account': [
    planText(planned('shop-a'), database, ['google_billing_budget', { billing_account: '012345-567890-ABCDEF' }]),
    without('billing.budgets.create'),
    /^FAILED +you may billing\.budgets\.create on billingAccounts\/012345-567890-ABCDEF: Run: gcloud billing accounts add-iam-policy-binding 012345-567890-ABCDEF /,
  ],
  'a role on a tag': [
    planText(planned('shop-a'), database, ['google_tags_location_tag_binding', { tag_value: 'tagValues/1' }]),
    without('resourcemanager.tagValueBindings.create'),
    /^FAILED +you may .* on tagValues\/1: Run: gcloud resource-manager tags values add-iam-policy-binding tagValues\/1 /,
  ],
  'a resource without a known role': [
    planText(planned('shop-a'), database, ['google_redis_instance', { name: 'cache' }]),
    {},
    /^unknown +your roles: the preflight knows no roles for google_redis_instance$/,
  ],
  'an API of the plan that a policy denies': [
    planText(planned('shop-a'), database, ['google_project_service', { service: 'dns.googleapis.com' }]),
    policy('gcp.restrictServiceUsage', { listPolicy: { deniedValues: ['dns.googleapis.com'] } }),
    /^FAILED +policy lets the APIs be used: .* rejects dns\.googleapis\.com/,
  ],
  'the quota of the size that the plan gives': [
    planText(
      planned('shop-a', { available_cpu: '4', max_instance_count: 10 }),
      planned('shop-b', { max_instance_count: 30 }),
      database,
    ),
    { cpu: { '': 36_000 } },
    /^FAILED +Cloud Run's quota in europe-west1 holds 10 instances of 4 vCPU for shop-a: it holds 9: set max_nodes = 9, or ask/,
  ],
  'a subnetwork in a region that a policy denies': [
    planText(planned('shop-a'), database, ['google_compute_subnetwork', { name: 'out', region: 'us-east1' }]),
    policy('gcp.resourceLocations', { listPolicy: { allowedValues: ['europe-west1', 'global'] } }),
    /^FAILED +policy lets resources be in their locations: .* rejects us-east1 \(subnetwork out\)/,
  ],
  'a topic without a key': [
    planText(
      [
        'google_firestore_database',
        { name: 'state', location_id: 'europe-west1', cmek_config: [{ kms_key_name: KEY }] },
      ],
      ['google_pubsub_topic', { name: 'events' }],
    ),
    policy('gcp.restrictNonCmekServices', {
      listPolicy: { deniedValues: ['is:pubsub.googleapis.com', 'is:firestore.googleapis.com'] },
    }),
    /^FAILED +policy lets Google's keys encrypt .* rejects pubsub\.googleapis\.com: set kms_key/,
  ],
  'a database that the plan does not create and that is not there': [
    planText(planned('shop-a')),
    {},
    /^FAILED +database state can be used: there is none, and the plan creates none: set create_database = true$/,
  ],
  'a secret that only one function reads': [
    planText(planned('shop-a'), database, [
      'google_secret_manager_secret_iam_member',
      { secret_id: 'projects/vault/secrets/company-ca' },
    ]),
    {},
    /^FAILED +secret company-ca has an enabled version: Run: .*gcloud secrets create company-ca --data-file=- --project vault$/,
  ],
  'two planned connections that share a key unaware': [
    planText(planned('shop-a'), planned('reports-a', {}, { name: 'reports' }), database),
    {},
    /^FAILED +connections with the key in stripe-api-key .*: shop may send 100 a second, reports may send 100 a second: give each/,
  ],
};

for (const [name, [plan, change, line]] of Object.entries(CASES)) {
  void test(`reports ${name}, and nothing else`, async () => {
    const report = await failuresOf(plan, change);
    assert.equal(report.length, 1, report.join('\n'));
    assert.match(report[0] ?? '', line);
  });
}

void test('a deployed connection is not counted against its own plan', async () => {
  const deployed = [
    JSON.stringify({ name: 'shop', api_key: 'projects/shop-prod/secrets/stripe-api-key/versions/latest' }),
  ];
  assert.deepEqual(await failuresOf(planText(planned('shop-a'), database), { deployed }), []);
});

void test('a second plan does not take its own database for an obstacle', async () => {
  const [type, values] = database;
  const plan = planText(planned('shop-a'), [type, values, ['no-op']]);
  const databases = { state: { type: 'FIRESTORE_NATIVE', locationId: 'europe-west1' } };
  assert.deepEqual(await failuresOf(plan, { databases }), []);
});

void test('a public webhook with a tag is left to the policy that names the tag', async () => {
  const everyone: Resource = ['google_cloud_run_service_iam_member', { member: 'allUsers' }];
  const restricted = policy('iam.allowedPolicyMemberDomains', { listPolicy: { allowedValues: ['C0xxxxxxx'] } });
  assert.match((await failuresOf(planText(planned('shop-a'), database, everyone), restricted)).join(), /webhook_tag/);
  const tag: Resource = ['google_tags_location_tag_binding', { tag_value: 'tagValues/1' }];
  assert.deepEqual(await failuresOf(planText(planned('shop-a'), database, everyone, tag), restricted), []);
});

void test('the command reads the plan of the file, and rejects any other text', () => {
  const contextOf = (text: string): readonly [Parameters<typeof plannedDeployment>[0], () => string] => [
    {
      text: (name) => (name === 'plan' ? 'plan.json' : undefined),
      flag: () => false,
      environment: { GOOGLE_CLOUD_PROJECT: 'shop-prod' },
    },
    () => text,
  ];
  assert.equal(plannedDeployment(...contextOf(planText(planned('shop-a'), database))).database.id, 'state');
  for (const text of ['', 'Plan: 3 to add', '{"format_version":"1.2"}'])
    assert.throws(() => plannedDeployment(...contextOf(text)), /this is no plan: terraform show -json PLAN prints one/);
});
