/**
 * What the stand-in needs to know of Google's resources beyond their schema: their ids, what the API fills in, what
 * another resource replaces, and the API behind them. The provider's page of each resource says it:
 * https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/firestore_database
 */
export type Values = Record<string, unknown>;

export interface Rule {
  readonly id: (values: Values) => string;
  /** Arguments whose change makes another resource: "Changing this forces a new resource to be created" or immutable. */
  readonly immutable: readonly string[];
  /** What is known only after the creation. */
  readonly filled: (values: Values, id: string) => Values;
  /** Grants and settings of what exists anyway: creating one that is there is no error. */
  readonly repeatable: boolean;
}

const text = (values: Values, name: string): string => (typeof values[name] === 'string' ? values[name] : '');
const placed =
  (kind: string, name = 'name') =>
  (values: Values): string => {
    const place = text(values, 'location') || text(values, 'region');
    return `projects/${text(values, 'project')}${place === '' ? '' : `/locations/${place}`}/${kind}/${text(values, name)}`;
  };
const joined = (values: Values, names: readonly string[]): string =>
  names.map((name) => JSON.stringify(values[name] ?? '')).join(' ');

const NAMED: Rule = {
  id: (values) => joined(values, ['project', 'location', 'region', 'name', 'display_name']),
  immutable: ['project', 'location', 'region', 'name'],
  filled: () => ({}),
  repeatable: false,
};
const GRANT = ['role', 'member', 'condition', 'project', 'location', 'service', 'repository', 'secret_id'];
const ON = ['topic', 'subscription', 'crypto_key_id', 'service_account_id'];

const RULES: Readonly<Record<string, Partial<Rule>>> = {
  google_project_service: {
    id: (values) => `${text(values, 'project')}/${text(values, 'service')}`,
    immutable: ['project', 'service'],
    repeatable: true,
  },
  google_project_iam_audit_config: {
    id: (values) => joined(values, ['project', 'service']),
    immutable: ['project', 'service'],
    repeatable: true,
  },
  google_firestore_database: {
    id: placed('databases'),
    immutable: ['project', 'name', 'location_id', 'cmek_config'],
  },
  google_firestore_index: {
    id: (values) => joined(values, ['project', 'database', 'collection', 'fields']),
    immutable: ['project', 'database', 'collection', 'fields', 'query_scope'],
  },
  google_firestore_field: {
    id: (values) => joined(values, ['project', 'database', 'collection', 'field']),
    immutable: ['project', 'database', 'collection', 'field'],
    repeatable: true,
  },
  google_firestore_backup_schedule: {
    id: (values) => joined(values, ['project', 'database']),
    immutable: ['project', 'database', 'daily_recurrence'],
  },
  google_service_account: {
    id: (values) => `projects/${text(values, 'project')}/serviceAccounts/${accountOf(values)}`,
    immutable: ['project', 'account_id'],
    filled: (values, id) => ({
      name: id,
      email: accountOf(values),
      member: `serviceAccount:${accountOf(values)}`,
    }),
  },
  google_artifact_registry_repository: {
    id: placed('repositories', 'repository_id'),
    immutable: ['project', 'location', 'repository_id', 'format', 'kms_key_name'],
    filled: (values) => ({ name: values['repository_id'] }),
  },
  google_cloudfunctions2_function: {
    id: placed('functions'),
    filled: (values) => ({
      service_config: [values['service_config']].flat().map((config) => ({
        ...(config as Values),
        uri: `https://${text(values, 'name')}-hash.a.run.app`,
      })),
    }),
  },
  google_cloud_run_service_iam_binding: {
    id: (values) => joined(values, ['project', 'location', 'service', 'role']),
    immutable: ['project', 'location', 'service', 'role', 'condition'],
    repeatable: true,
  },
  google_pubsub_topic: { id: placed('topics') },
  google_pubsub_subscription: { id: placed('subscriptions'), immutable: ['project', 'name', 'topic', 'filter'] },
  google_storage_bucket_object: { id: (values) => joined(values, ['bucket', 'name']), immutable: ['bucket', 'name'] },
};

function accountOf(values: Values): string {
  return `${text(values, 'account_id')}@${text(values, 'project')}.iam.gserviceaccount.com`;
}

export function ruleOf(type: string): Rule {
  const grant: Partial<Rule> = type.endsWith('_iam_member')
    ? { id: (values) => joined(values, [...ON, ...GRANT]), immutable: [...ON, ...GRANT], repeatable: true }
    : {};
  return { ...NAMED, ...grant, ...RULES[type] };
}

/** The API that a resource needs: `google_pubsub_topic` needs `pubsub.googleapis.com`. */
const APIS: Readonly<Record<string, string>> = {
  artifact_registry: 'artifactregistry',
  cloud_run: 'run',
  cloud_scheduler: 'cloudscheduler',
  cloudfunctions2: 'cloudfunctions',
  firestore: 'firestore',
  kms: 'cloudkms',
  logging: 'logging',
  monitoring: 'monitoring',
  project_iam: 'cloudresourcemanager',
  pubsub: 'pubsub',
  secret_manager: 'secretmanager',
  service_account: 'iam',
  storage: 'storage',
};

export function apiOf(type: string): string | undefined {
  const [, api] = Object.entries(APIS).find(([start]) => type.startsWith(`google_${start}`)) ?? [];
  return api === undefined ? undefined : `${api}.googleapis.com`;
}
