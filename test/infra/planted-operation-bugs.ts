/** Bugs in what operators rely on: names, regions, alerts, the dashboard, the budget, updates and backups. */
import type { PlantedBug } from './planted-bugs.ts';

export const OPERATION_BUGS: Readonly<Record<string, PlantedBug>> = {
  'an alert watches a metric that no project has yet': [
    'connection/alerts.tf',
    `        enabled   = true
        filter    = "\${local.requests} AND metric.labels.response_code=\\"429\\""`,
    `        enabled   = true
        filter    = "metric.type=\\"logging.googleapis.com/user/throttled\\" AND metric.labels.response_code=\\"429\\""`,
    'connection/connection#alerts',
  ],
  "records are in the project's default database": [
    'project/variables.tf',
    'default     = "stripe-connector"',
    'default     = "(default)"',
    'project/project#first_apply',
  ],
  "a connection reads the project's default database": [
    'connection/variables.tf',
    'default     = "stripe-connector"',
    'default     = "(default)"',
    'connection/changes#first',
  ],
  'a deployment of Node.js is updated between deployments': [
    'connection/functions.tf',
    'for_each = var.runtime_updates == "on_deploy" ? [true] : []',
    'for_each = []',
    'connection/changes#on_deploy',
  ],
  'Google updates what only a deployment may update': [
    'connection/functions.tf',
    'for_each = var.runtime_updates == "automatic" ? [true] : []',
    'for_each = [true]',
    'connection/changes#on_deploy',
  ],
  'the schedule is in a region without Cloud Scheduler': [
    'connection/schedule.tf',
    'coalesce(var.scheduler_region, var.region)',
    'var.region',
    'connection/messages#reconciliation_is_called_on_schedule',
  ],
  'a name that Cloud Storage rejects is planned': [
    'blueprint/outputs.tf',
    '"^goog|g[o0][o0]g[l1]e"',
    '"^google|g[o0][o0]g[l1]e"',
    'blueprint/names#a_name_that_begins_with_goog',
  ],
  'a name that contains google is planned': [
    'blueprint/outputs.tf',
    '|g[o0][o0]g[l1]e"',
    '|google"',
    'blueprint/names#a_name_that_contains_google',
  ],
  'deleted packages are billed for a week': [
    'connection/functions.tf',
    'retention_duration_seconds = 0',
    'retention_duration_seconds = 604800',
    'connection/connection#defaults',
  ],
  'images of each deployment are kept for ever': [
    'project/images.tf',
    'older_than = "2592000s"',
    'older_than = "0s"',
    'project/project#images',
  ],
  'the dashboard shows no limit': [
    'connection/dashboard.tf',
    'line = module.blueprint.rate_per_second.at_max_nodes }',
    'line = null }',
    'connection/connection#dashboard',
  ],
  'the rate used of the limit is that of the functions': [
    'connection/dashboard.tf',
    '"sum(rate(logging_googleapis_com:user_${replace(var.name, "-", "_")}_sent_sum{',
    '"sum(rate(run_googleapis_com:request_count{',
    'connection/connection#dashboard',
  ],
  'the dashboard reads a line that is not printed': [
    'connection/dashboard.tf',
    'jsonPayload.message=\\"requests of a minute\\"',
    'jsonPayload.message=\\"stripe request\\"',
    'connection/connection#dashboard',
  ],
  'added latency is measured from verbosity 2 on': [
    'connection/dashboard.tf',
    'for_each = var.enable_dashboard ? local.summary_metrics : {}',
    'for_each = var.enable_dashboard && var.verbosity != "1" ? local.summary_metrics : {}',
    'connection/connection#dashboard',
  ],
  'the dashboard is made against the variable': [
    'connection/dashboard.tf',
    'count = var.enable_dashboard ? 1 : 0',
    'count = 1',
    'connection/connection#no_dashboard',
  ],
  'the budget counts every project of the billing account': [
    'examples/full/budget.tf',
    'projects = ["projects/${module.project.project_number}"]',
    'projects = []',
    'examples/full/full#two_connections',
  ],
  'the budget says nothing before the month exceeds it': [
    'examples/full/budget.tf',
    'spend_basis       = "FORECASTED_SPEND"',
    '',
    'examples/full/full#two_connections',
  ],
  'the state cannot be read as of an earlier minute': [
    'project/firestore.tf',
    'var.point_in_time_recovery ? "POINT_IN_TIME_RECOVERY_ENABLED"',
    'var.point_in_time_recovery ? "POINT_IN_TIME_RECOVERY_DISABLED"',
    'project/project#backups',
  ],
  'no backup is made': ['project/firestore.tf', 'var.backup_days > 0 ? 1 : 0', '0', 'project/project#backups'],
  'backups are kept for hours, not days': [
    'project/firestore.tf',
    'var.backup_days * 86400',
    'var.backup_days * 3600',
    'project/project#backups',
  ],
};
