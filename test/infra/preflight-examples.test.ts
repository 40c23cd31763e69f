/** What the preflight reads from the plans that Terraform itself makes of the examples. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BASE_ROLES } from '../../shared/cli/preflight/requirements.ts';
import { deploymentOfPlan } from '../../shared/cli/preflight/terraform-plan.ts';
import { terraform } from '../outside-tools.mjs';
import { sized } from '../support/sizes.ts';
import { workplace, type Workplace } from './terraform.ts';

interface Example {
  readonly inputs: readonly string[];
  /** Roles of the modules that no resource of the example needs. */
  readonly unneeded: readonly string[];
  /** Roles beyond those of the modules, with what they are on. */
  readonly further: readonly string[];
  /** APIs beyond those of the module `project`. */
  readonly apis: readonly string[];
  readonly secrets: readonly string[];
  readonly functions: number;
}

const KEY = 'projects/vault/locations/europe-west1/keyRings/r/cryptoKeys/k';

const EXAMPLES: Readonly<Record<string, Example>> = {
  enterprise: {
    inputs: [
      `kms_key=${KEY}`,
      'packages=gs://releases/stripe-connector/0.1.0',
      'groups={reads="support@example.com",payments="checkout@example.com",operators="sre@example.com"}',
      'proxy_address=10.0.0.5',
      'webhook_domain=hooks.example.com',
      'webhook_tag=tagValues/281478409127147',
    ],
    // Its packages are in a bucket of the releases.
    unneeded: ['roles/storage.admin'],
    further: [
      'roles/compute.networkAdmin projects/shop-prod',
      'roles/compute.securityAdmin projects/shop-prod',
      'roles/dns.admin projects/shop-prod',
      `roles/cloudkms.admin ${KEY}`,
      'roles/resourcemanager.tagUser tagValues/281478409127147',
    ],
    apis: ['cloudkms', 'compute', 'dns'],
    secrets: ['company-ca', 'stripe-api-key', 'stripe-webhook'],
    functions: 9,
  },
  full: {
    inputs: ['billing_account=012345-567890-ABCDEF'],
    unneeded: [],
    further: ['roles/billing.costsManager billingAccounts/012345-567890-ABCDEF'],
    apis: ['billingbudgets', 'compute', 'connectors', 'vpcaccess'],
    secrets: ['proxy-password', 'reports-api-key', 'shop-api-key', 'shop-webhook'],
    functions: 14,
  },
  minimal: {
    inputs: ['caller=user:you@example.com'],
    unneeded: ['roles/pubsub.admin', 'roles/cloudscheduler.admin'],
    further: [],
    apis: [],
    secrets: ['stripe-api-key'],
    functions: 15,
  },
  single: {
    inputs: ['callers=["user:you@example.com"]'],
    unneeded: ['roles/cloudscheduler.admin'],
    further: [],
    apis: [],
    secrets: ['stripe-api-key'],
    functions: 3,
  },
};

const MODULE_APIS = [
  ...['artifactregistry', 'cloudbuild', 'cloudfunctions', 'cloudresourcemanager', 'cloudscheduler', 'firestore', 'iam'],
  ...['logging', 'monitoring', 'pubsub', 'run', 'secretmanager', 'serviceusage', 'storage'],
];

if (terraform() !== undefined)
  void describe('the preflight reads the plan', () => {
    let place: Workplace;
    before(async () => {
      place = await workplace();
    });
    after(() => place.remove());

    for (const [name, example] of Object.entries(EXAMPLES).slice(0, sized(1, 9)))
      void test(`of the example ${name}`, () => {
        const module = `examples/${name}`;
        const inputs = ['project=shop-prod', ...example.inputs].map((input) => `-var=${input}`);
        for (const ran of [place.init(module), place.run(module, 'plan', '-input=false', '-out=made.plan', ...inputs)])
          assert.equal(ran.status, 0, ran.text);
        const deployment = deploymentOfPlan(place.run(module, 'show', '-json', 'made.plan').text, 'shop-prod');
        const roles = Object.keys(BASE_ROLES).filter((role) => !example.unneeded.includes(role));
        assert.deepEqual(
          deployment.roles.map(({ role, resource }) => `${role} ${resource}`),
          [...roles.map((role) => `${role} projects/shop-prod`), ...example.further],
        );
        assert.deepEqual(deployment.unknownTypes, []);
        assert.deepEqual(deployment.apis.toSorted(), [...MODULE_APIS, ...example.apis].toSorted());
        assert.deepEqual(deployment.secrets.map((secret) => secret.split('/').at(-1)).toSorted(), example.secrets);
        assert.equal(deployment.functions.length, example.functions);
        assert.ok(deployment.functions.every(({ region, cpu }) => region === 'europe-west1' && cpu === 1));
        assert.deepEqual(deployment.database, { id: 'stripe-connector', location: 'europe-west1', created: true });
        assert.ok(deployment.locations.some(({ resource }) => resource === 'database stripe-connector'));
        assert.equal(deployment.storesWithoutKey.length === 0, name === 'enterprise');
      });
  });
