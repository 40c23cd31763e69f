/** The example `enterprise`, claim by claim, on the values that Terraform itself plans. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { terraform } from '../outside-tools.mjs';
import { sized } from '../support/sizes.ts';
import { plannedResources, type PlannedResource } from './planned-resources.ts';
import { workplace, type Workplace } from './terraform.ts';

const KEY = 'projects/vault/locations/europe-west1/keyRings/r/cryptoKeys/k';
const INPUTS = [
  'project=shop-prod',
  `kms_key=${KEY}`,
  'packages=gs://releases/stripe-connector/0.1.0',
  'groups={reads="support@example.com",payments="checkout@example.com",operators="sre@example.com"}',
  'proxy_address=10.0.0.5',
  'webhook_domain=hooks.example.com',
];
const TAG = 'webhook_tag=tagValues/281478409127147';

/** Reads the one resource of a type, or all of them. */
class Plan {
  constructor(private readonly resources: readonly PlannedResource[]) {}

  all(type: string): PlannedResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  one(type: string): PlannedResource {
    const [first, ...others] = this.all(type);
    assert.ok(first !== undefined && others.length === 0, `${type}: ${others.length + 1}`);
    return first;
  }

  functions(): PlannedResource[] {
    const functions = this.all('google_cloudfunctions2_function');
    assert.equal(functions.length, 9);
    return functions;
  }
}

const ACCOUNTS = { callers: 'connector', 'stripe-events': 'webhook', 'reconcile-events': 'reconcile' };
const MEMBERS = { reads: 'support@example.com', payments: 'checkout@example.com', operators: 'sre@example.com' };
const OF_GROUP: Readonly<Record<string, string>> = {
  'stripe-list-entities': MEMBERS.reads,
  'stripe-get-entity': MEMBERS.reads,
  'stripe-create-entity': MEMBERS.payments,
  'stripe-confirm-payment-intent': MEMBERS.payments,
  'stripe-capture-payment-intent': MEMBERS.payments,
  'stripe-cancel-payment-intent': MEMBERS.payments,
  'stripe-connection': MEMBERS.operators,
};

interface Claim {
  readonly holds: (plan: Plan, tagged: Plan) => void;
  /** An edit under which the claim must fail. */
  readonly bug: readonly [file: string, right: string, wrong: string];
}

const CLAIMS: Readonly<Record<string, Claim>> = {
  'every function sends everything through the subnetwork': {
    holds: (plan) => {
      for (const { values } of plan.functions()) {
        assert.equal(values.at('service_config.0.direct_vpc_egress'), 'VPC_EGRESS_ALL_TRAFFIC');
        assert.deepEqual(values.at('service_config.0.direct_vpc_network_interface.0.tags'), ['stripe-connector']);
        assert.equal(values.at('service_config.0.vpc_connector') ?? null, null);
      }
      assert.equal(plan.one('google_compute_subnetwork').values.at('private_ip_google_access'), true);
    },
    bug: ['examples/enterprise/main.tf', 'vpc_egress      = "ALL_TRAFFIC"', 'vpc_egress      = "PRIVATE_RANGES_ONLY"'],
  },
  'the functions know the proxy by a private name, which is its address': {
    holds: (plan) => {
      const record = plan.one('google_dns_record_set').values;
      assert.equal(plan.one('google_dns_managed_zone').values.at('visibility'), 'private');
      assert.deepEqual(record.at('rrdatas'), ['10.0.0.5']);
      for (const { values } of plan.functions()) {
        const settings = JSON.parse(
          String(values.at('service_config.0.environment_variables.CONNECTION_SETTINGS')),
        ) as { proxy_enabled: boolean; proxy_server: { host: string } };
        assert.equal(settings.proxy_enabled, true);
        assert.equal(`${settings.proxy_server.host}.`, record.at('name'));
      }
    },
    bug: ['examples/enterprise/network.tf', '"proxy.${local.private_domain}."', '"egress.${local.private_domain}."'],
  },
  "Node reads the company's authority from a mounted secret": {
    holds: (plan) => {
      for (const { values } of plan.functions()) {
        const folder = String(values.at('service_config.0.secret_volumes.0.mount_path'));
        const file = String(values.at('service_config.0.secret_volumes.0.versions.0.path'));
        assert.equal(values.at('service_config.0.environment_variables.NODE_EXTRA_CA_CERTS'), `${folder}/${file}`);
        assert.equal(values.at('service_config.0.secret_volumes.0.secret'), 'company-ca');
      }
      const readers = plan
        .all('google_secret_manager_secret_iam_member')
        .filter(({ values }) => String(values.at('secret_id')).endsWith('/company-ca'));
      assert.equal(readers.length, Object.keys(ACCOUNTS).length);
    },
    bug: [
      'connection/private-ca.tf',
      'NODE_EXTRA_CA_CERTS = "${local.ca_folder}/ca.pem"',
      'NODE_EXTRA_CA_CERTS = "${local.ca_folder}/other.pem"',
    ],
  },
  'everything that the modules make and that stores has the key': {
    holds: (plan) => {
      const keys = {
        google_firestore_database: 'cmek_config.0.kms_key_name',
        google_artifact_registry_repository: 'kms_key_name',
        google_cloudfunctions2_function: 'kms_key_name',
        google_pubsub_topic: 'kms_key_name',
      };
      for (const [type, at] of Object.entries(keys)) {
        const found = plan.all(type);
        assert.ok(found.length > 0, type);
        for (const { address, values } of found) assert.equal(values.at(at), KEY, address);
      }
      // The packages are in the bucket of the releases: none is made here, and no other storage either.
      for (const type of ['google_storage_bucket', 'google_bigquery_dataset', 'google_secret_manager_secret'])
        assert.deepEqual(plan.all(type), [], type);
    },
    bug: ['project/images.tf', 'kms_key_name  = var.kms_key', ''],
  },
  'each service that encrypts may use the key': {
    holds: (plan) => {
      const agents = plan.all('google_kms_crypto_key_iam_member');
      assert.equal(agents.length, 6);
      for (const { values } of agents) {
        assert.equal(values.at('crypto_key_id'), KEY);
        assert.equal(values.at('role'), 'roles/cloudkms.cryptoKeyEncrypterDecrypter');
      }
    },
    bug: ['project/encryption.tf', '"gcp-sa-artifactregistry", ', ''],
  },
  'reads of secrets, the state and keys are in the audit log': {
    holds: (plan) => {
      const logged = plan.all('google_project_iam_audit_config').map(({ values }) => values.at('service'));
      assert.deepEqual(
        logged.toSorted(),
        ['cloudkms', 'firestore', 'secretmanager'].map((name) => `${name}.googleapis.com`),
      );
      for (const { values } of plan.all('google_project_iam_audit_config'))
        assert.deepEqual(
          (values.at('audit_log_config') as { log_type: string }[]).map(({ log_type: type }) => type).toSorted(),
          ['DATA_READ', 'DATA_WRITE'],
        );
    },
    bug: ['examples/enterprise/main.tf', 'audit_logs             = true', 'audit_logs             = false'],
  },
  'Stripe reaches the webhook through Cloud Armor alone, and no policy has allUsers': {
    holds: (plan) => {
      const webhook = plan.functions().find(({ values }) => values.at('name') === 'stripe-stripe-events');
      assert.equal(webhook?.values.at('service_config.0.ingress_settings'), 'ALLOW_INTERNAL_AND_GCLB');
      assert.equal(
        plan.one('google_compute_region_network_endpoint_group').values.at('cloud_run.0.service'),
        'stripe-stripe-events',
      );
      assert.deepEqual(
        plan.all('google_cloud_run_service_iam_member').filter(({ values }) => values.at('member') === 'allUsers'),
        [],
      );
      const actions = plan.one('google_compute_security_policy').values.at('rule') as { action: string }[];
      assert.equal(actions.filter(({ action }) => action === 'deny(403)').length, 1);
    },
    bug: [
      'examples/enterprise/main.tf',
      'webhook_ingress = "ALLOW_INTERNAL_AND_GCLB"',
      'webhook_ingress = "ALLOW_ALL"',
    ],
  },
  'with a tag that the organization allows, the webhook alone is public': {
    holds: (_, tagged) => {
      const open = tagged
        .all('google_cloud_run_service_iam_member')
        .filter(({ values }) => values.at('member') === 'allUsers');
      assert.deepEqual(
        open.map(({ values }) => values.at('service')),
        ['stripe-stripe-events'],
      );
      assert.equal(tagged.one('google_tags_location_tag_binding').values.at('tag_value'), 'tagValues/281478409127147');
    },
    bug: ['examples/enterprise/main.tf', 'webhook_tag     = var.webhook_tag', ''],
  },
  'functions run as an account by group, and only the account of the webhook reads the signing secret': {
    holds: (plan) => {
      assert.deepEqual(
        plan
          .all('google_service_account')
          .map(({ values }) => String(values.at('account_id')))
          .filter((id) => !/build|scheduler/.test(id))
          .toSorted(),
        Object.values(ACCOUNTS)
          .map((end) => `stripe-${end}`)
          .toSorted(),
      );
      const signing = plan
        .all('google_secret_manager_secret_iam_member')
        .filter(({ values }) => String(values.at('secret_id')).endsWith('/stripe-webhook'));
      // The accessor and the viewer of the webhook's account.
      assert.equal(signing.length, 2);
    },
    bug: [
      'blueprint/main.tf',
      'startswith(local.base_rows[name].source, "events/") ? name : "callers"',
      'name == "reconcile-events" ? name : "callers"',
    ],
  },
  'each group may call its own functions, by one binding a function': {
    holds: (plan) => {
      const bindings = plan.all('google_cloud_run_service_iam_binding');
      assert.deepEqual(
        Object.fromEntries(bindings.map(({ values }) => [String(values.at('service')), values.at('members')])),
        Object.fromEntries(Object.entries(OF_GROUP).map(([service, group]) => [service, [`group:${group}`]])),
      );
    },
    bug: ['examples/enterprise/main.tf', '["group:${var.groups[group]}"]', '["group:${var.groups.payments}"]'],
  },
  'callers are inside, and what they call is inside': {
    holds: (plan) => {
      for (const { values } of plan.functions())
        if (values.at('name') !== 'stripe-stripe-events')
          assert.equal(values.at('service_config.0.ingress_settings'), 'ALLOW_INTERNAL_ONLY');
    },
    bug: ['examples/enterprise/main.tf', 'ingress   = "ALLOW_INTERNAL_ONLY"', 'ingress   = "ALLOW_ALL"'],
  },
};

if (terraform() !== undefined)
  void describe('the example enterprise', () => {
    let place: Workplace;
    let intact: readonly [Plan, Plan];
    const planned = (...more: string[]): Plan =>
      new Plan(plannedResources(place, 'examples/enterprise', [...INPUTS, ...more]));
    before(async () => {
      place = await workplace();
      const { status, text } = place.init('examples/enterprise');
      assert.equal(status, 0, text);
      intact = [planned(), planned(TAG)];
    });
    after(() => place.remove());

    for (const [name, { holds }] of Object.entries(CLAIMS)) void test(name, () => holds(...intact));

    for (const [name, { holds, bug }] of Object.entries(CLAIMS).slice(0, sized(0, 99)))
      void test(`detects that it fails: ${name}`, () => {
        const mend = place.edit(...bug);
        try {
          const wrong = [planned(), planned(TAG)] as const;
          assert.throws(() => holds(...wrong), { code: 'ERR_ASSERTION' });
        } finally {
          mend();
        }
      });
  });
