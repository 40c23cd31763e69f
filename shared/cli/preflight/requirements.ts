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

/** APIs that store data of a connection. A policy may require a customer-managed key (CMEK) for them. */
export const STORING_APIS: readonly string[] = [
  'artifactregistry',
  'cloudfunctions',
  'firestore',
  'pubsub',
  'run',
  'storage',
];

/** APIs that Terraform and the step before it use, so they must be enabled first. */
export const BOOTSTRAP_APIS: readonly string[] = ['serviceusage', 'cloudresourcemanager', 'iam', 'secretmanager'];

/**
 * Roles of the user or account that deploys, each with a permission that narrower roles lack.
 * https://docs.cloud.google.com/iam/docs/roles-permissions
 */
export const ROLES: Readonly<Record<string, string>> = {
  'roles/serviceusage.serviceUsageAdmin': 'serviceusage.services.enable',
  'roles/resourcemanager.projectIamAdmin': 'resourcemanager.projects.setIamPolicy',
  'roles/iam.serviceAccountAdmin': 'iam.serviceAccounts.create',
  'roles/iam.serviceAccountUser': 'iam.serviceAccounts.actAs',
  'roles/cloudfunctions.admin': 'cloudfunctions.functions.create',
  'roles/run.admin': 'run.services.setIamPolicy',
  'roles/artifactregistry.admin': 'artifactregistry.repositories.create',
  'roles/storage.admin': 'storage.buckets.create',
  'roles/secretmanager.admin': 'secretmanager.secrets.setIamPolicy',
  'roles/datastore.owner': 'datastore.databases.create',
  'roles/pubsub.admin': 'pubsub.topics.create',
  'roles/cloudscheduler.admin': 'cloudscheduler.jobs.create',
  'roles/monitoring.editor': 'monitoring.alertPolicies.create',
  // Metrics of the log, and alerts on its lines.
  'roles/logging.configWriter': 'logging.logMetrics.create',
};

/** APIs that are not available in every region, with the version whose `locations.list` the preflight reads. */
export const REGIONAL_APIS: Readonly<Record<string, string>> = {
  cloudfunctions: 'v2',
  cloudscheduler: 'v1',
  artifactregistry: 'v1',
};
