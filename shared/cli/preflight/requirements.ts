/** What a project needs before the first `terraform apply`. Tests compare the lists with infra/. */

/** APIs that `infra/project` enables. */
export const APIS: readonly string[] = [
  'artifactregistry',
  'cloudbuild',
  'cloudfunctions',
  'cloudresourcemanager',
  'cloudscheduler',
  'firestore',
  'iam',
  'logging',
  'monitoring',
  'pubsub',
  'run',
  'secretmanager',
  'serviceusage',
  'storage',
];

/** Resources that store data of a connection, with their APIs. A policy may require a key of Cloud KMS (CMEK) for these. */
export const STORING_TYPES: Readonly<Record<string, readonly string[]>> = {
  google_artifact_registry_repository: ['artifactregistry'],
  google_cloudfunctions2_function: ['cloudfunctions', 'run'],
  google_firestore_database: ['firestore'],
  google_pubsub_topic: ['pubsub'],
  google_storage_bucket: ['storage'],
};
export const STORING_APIS: readonly string[] = Object.values(STORING_TYPES).flat();

/** APIs that the user enables first, because the creation of the secret and Terraform itself use them. */
export const BOOTSTRAP_APIS: readonly string[] = ['serviceusage', 'cloudresourcemanager', 'iam', 'secretmanager'];

interface RoleUse {
  /** A permission of the role that narrower roles lack. */
  readonly permission: string;
  /** Types of Terraform resources that need the role, or the beginnings of such types. */
  readonly types: readonly string[];
}

/**
 * Roles of the user or account that deploys the modules `project` and `connection`.
 * https://docs.cloud.google.com/iam/docs/roles-permissions
 */
export const BASE_ROLES: Readonly<Record<string, RoleUse>> = {
  'roles/serviceusage.serviceUsageAdmin': {
    permission: 'serviceusage.services.enable',
    types: ['google_project_service'],
  },
  'roles/resourcemanager.projectIamAdmin': {
    permission: 'resourcemanager.projects.setIamPolicy',
    types: ['google_project_iam_'],
  },
  'roles/iam.serviceAccountAdmin': { permission: 'iam.serviceAccounts.create', types: ['google_service_account'] },
  'roles/iam.serviceAccountUser': {
    permission: 'iam.serviceAccounts.actAs',
    types: ['google_cloudfunctions2_function', 'google_cloud_run_v2_service', 'google_cloud_scheduler_job'],
  },
  'roles/cloudfunctions.admin': {
    permission: 'cloudfunctions.functions.create',
    types: ['google_cloudfunctions2_function'],
  },
  'roles/run.admin': { permission: 'run.services.setIamPolicy', types: ['google_cloud_run_'] },
  'roles/artifactregistry.admin': {
    permission: 'artifactregistry.repositories.create',
    types: ['google_artifact_registry_'],
  },
  'roles/storage.admin': { permission: 'storage.buckets.create', types: ['google_storage_'] },
  'roles/secretmanager.admin': { permission: 'secretmanager.secrets.setIamPolicy', types: ['google_secret_manager_'] },
  'roles/datastore.owner': { permission: 'datastore.databases.create', types: ['google_firestore_'] },
  'roles/pubsub.admin': { permission: 'pubsub.topics.create', types: ['google_pubsub_'] },
  'roles/cloudscheduler.admin': { permission: 'cloudscheduler.jobs.create', types: ['google_cloud_scheduler_'] },
  'roles/monitoring.editor': { permission: 'monitoring.alertPolicies.create', types: ['google_monitoring_'] },
  // Metrics of the log, and alerts on its lines.
  'roles/logging.configWriter': {
    permission: 'logging.logMetrics.create',
    types: ['google_logging_', 'google_monitoring_alert_policy'],
  },
};

/** Roles that further resources need, such as those of the examples `full` and `enterprise`, and of the module `ci`. */
export const FURTHER_ROLES: Readonly<Record<string, RoleUse>> = {
  'roles/compute.networkAdmin': {
    permission: 'compute.networks.create',
    types: [
      'google_compute_network',
      'google_compute_subnetwork',
      'google_compute_region_network_endpoint_group',
      'google_compute_backend_service',
      'google_compute_url_map',
      'google_compute_target_https_proxy',
      'google_compute_global_',
      'google_compute_router',
      'google_compute_firewall',
    ],
  },
  'roles/compute.securityAdmin': {
    permission: 'compute.securityPolicies.create',
    types: ['google_compute_security_policy', 'google_compute_ssl_policy', 'google_compute_managed_ssl_certificate'],
  },
  'roles/dns.admin': { permission: 'dns.managedZones.create', types: ['google_dns_'] },
  'roles/iam.workloadIdentityPoolAdmin': {
    permission: 'iam.workloadIdentityPools.create',
    types: ['google_iam_workload_identity_pool'],
  },
};

/** Roles on resources other than the project. `argument` of the Terraform resource `type` names such a resource. */
export const OUTSIDE_ROLES: readonly {
  readonly type: string;
  readonly argument: string;
  readonly role: string;
  readonly permission: string;
}[] = [
  {
    type: 'google_kms_crypto_key_iam_member',
    argument: 'crypto_key_id',
    role: 'roles/cloudkms.admin',
    permission: 'cloudkms.cryptoKeys.setIamPolicy',
  },
  {
    type: 'google_billing_budget',
    argument: 'billing_account',
    role: 'roles/billing.costsManager',
    permission: 'billing.budgets.create',
  },
  {
    type: 'google_tags_location_tag_binding',
    argument: 'tag_value',
    role: 'roles/resourcemanager.tagUser',
    permission: 'resourcemanager.tagValueBindings.create',
  },
];

/** APIs that are not available in every region, with the version whose `locations.list` the preflight reads. */
export const REGIONAL_APIS: Readonly<Record<string, string>> = {
  cloudfunctions: 'v2',
  artifactregistry: 'v1',
};
