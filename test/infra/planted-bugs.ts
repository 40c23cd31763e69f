/** Bugs in the module connection that its tests must detect. */
/** An edit of a module: its file, what stands there once, what takes its place, and the module and file of the tests that must fail. */
export type PlantedBug = readonly [file: string, right: string, wrong: string, tests: string];

export const CONNECTION_BUGS: Readonly<Record<string, PlantedBug>> = {
  'a canary takes all traffic': [
    'connection/functions.tf',
    'all_traffic_on_latest_revision   = !var.hold_traffic',
    'all_traffic_on_latest_revision   = true',
    'connection/changes',
  ],
  'every function is public': [
    'connection/identity.tf',
    'members    = distinct(each.value.invokers)',
    'members    = ["allUsers"]',
    'connection/connection',
  ],
  'the webhook is public by itself': [
    'connection/identity.tf',
    'var.enable_events && var.public_webhook',
    'var.enable_events',
    'connection/messages',
  ],
  'members of a function are not gathered in its binding': [
    'connection/identity.tf',
    'distinct(each.value.invokers)',
    'slice(each.value.invokers, 0, 1)',
    'connection/connection',
  ],
  'refused requests are counted by a code that is never sent': [
    'connection/alerts.tf',
    'response_code=\\"429\\"',
    'response_code=\\"420\\"',
    'connection/connection',
  ],
  'an alert address gets nothing': [
    'connection/log-alerts.tf',
    'notification_channels = local.channels',
    'notification_channels = var.alert_channels',
    'connection/connection',
  ],
  'messages that are held raise the latency alert': [
    'connection/alerts.tf',
    'if !function.called_by_machine])})',
    '])})',
    'connection/connection',
  ],
  'dead letters are watched under another name': [
    'connection/alerts.tf',
    'module.blueprint.names.dead_letter_topic',
    'module.blueprint.names.results_topic',
    'connection/connection',
  ],
  'the state is readable all over the project': [
    'connection/state.tf',
    'resource.name == \\"projects/${var.project}/databases/${var.database}\\"',
    'true',
    'connection/connection',
  ],
  'the last caller that stays loses its binding': [
    'connection/identity.tf',
    'for_each = local.callers\n',
    'for_each = { for name, row in local.callers : name => row if length(row.invokers) > 1 }\n',
    'connection/changes',
  ],
  'a replaced function loses its callers': [
    'connection/identity.tf',
    '    replace_triggered_by = [google_cloudfunctions2_function.function[each.key].id]',
    '    ignore_changes = [location]',
    'connection/changes',
  ],
  'the records are left behind without a word': [
    'connection/state.tf',
    'var.accept_state_loss ? true : terraform_data.state.output',
    'true ? true : terraform_data.state.output',
    'connection/changes',
  ],
  'an accepted database is not remembered': [
    'connection/state.tf',
    'var.accept_state_loss ? [var.project, var.database, var.name] : []',
    '[]',
    'connection/changes',
  ],
  'the push is not signed for the function': [
    'connection/messages.tf',
    `      audience              = google_cloudfunctions2_function.function["automation"].service_config[0].uri`,
    `      audience              = "anybody"`,
    'connection/messages',
  ],
  'dead letters have no subscription': [
    'connection/messages.tf',
    'count = contains(module.blueprint.made_topics, "dead_letter_topic") ? 1 : 0',
    'count = 0',
    'connection/messages',
  ],
  'Pub/Sub may not take dead letters away': [
    'connection/messages.tf',
    'role         = "roles/pubsub.subscriber"',
    'role         = "roles/pubsub.viewer"',
    'connection/messages',
  ],
  'the deadline is what Pub/Sub has by itself': [
    'connection/messages.tf',
    'ack_deadline_seconds       = 600',
    'ack_deadline_seconds       = 10',
    'connection/messages',
  ],
  'an account that two groups share gets a right twice': [
    'connection/state.tf',
    'for_each = local.holders',
    'for_each = local.accounts',
    'connection/layout',
  ],
  'the code stays the same when the package changes': [
    'connection/functions.tf',
    'name   = "${each.key}-${try(filesha256(local.zips[each.key]), "missing")}${var.rebuild == "" ? "" : "-${var.rebuild}"}.zip"',
    'name   = "${each.key}.zip"',
    'connection/connection',
  ],
  'another value of rebuild builds nothing': [
    'connection/functions.tf',
    '${var.rebuild == "" ? "" : "-${var.rebuild}"}.zip"',
    '.zip"',
    'connection/changes',
  ],
};
