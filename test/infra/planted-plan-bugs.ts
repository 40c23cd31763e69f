/** Bugs in the modules blueprint and project that tests must detect. */
import type { PlantedBug } from './planted-bugs.ts';

export const PLAN_BUGS: Readonly<Record<string, PlantedBug>> = {
  'the database has no key': [
    'project/firestore.tf',
    'for_each = var.kms_key == null ? [] : [var.kms_key]',
    'for_each = []',
    'project/project',
  ],
  'Pub/Sub may not use the key': ['project/encryption.tf', '"gcp-sa-pubsub", ', '', 'project/project'],
  'reads of secrets are not logged': [
    'project/encryption.tf',
    '"secretmanager.googleapis.com", ',
    '',
    'project/project',
  ],
  'a destroy takes the records': [
    'project/firestore.tf',
    'var.delete_protection ? "ABANDON" : "DELETE"',
    '"DELETE"',
    'project/project',
  ],
  'the framework is not told that this is production': [
    'blueprint/environment.tf',
    'NODE_ENV = "production"',
    'NODE_ENV = "development"',
    'blueprint/environment',
  ],
  'everything is warm': [
    'blueprint/functions.tf',
    'for name in local.chosen : name => lookup(var.warm_instances, "*", 0)',
    'for name in local.chosen : name => lookup(var.warm_instances, "*", 1)',
    'blueprint/functions',
  ],
  'min_nodes keeps instances warm': [
    'blueprint/functions.tf',
    'min(lookup(local.warm, name, 0),',
    'min(lookup(local.warm, name, 0) * var.settings.min_nodes,',
    'blueprint/functions',
  ],
  'names are cut without a hash': [
    'blueprint/names.tf',
    '-${substr(sha256(local.connection), 0, 8)}${one.end}',
    '${one.end}',
    'blueprint/names',
  ],
  'a path of the single service has invokers of its own': [
    'blueprint/choices.tf',
    '!local.single || length(setintersection(keys(var.invokers), local.paths)) == 0',
    'length(setintersection(keys(var.invokers), local.paths)) >= 0',
    'blueprint/layout',
  ],
  'callers of the single service call tools': [
    'blueprint/functions.tf',
    'local.single && name != "single" ? [] : lookup(var.invokers, "*", [])',
    'lookup(var.invokers, "*", [])',
    'connection/layout',
  ],
  'tools is a path of the single service': [
    'blueprint/functions.tf',
    'services_apart = ["tools"]',
    'services_apart = []',
    'blueprint/layout',
  ],
  'Pub/Sub calls the service of the operations': [
    'connection/identity.tf',
    '  service    = each.value\n',
    '  service    = try(module.blueprint.functions["single"].name, each.value)\n',
    'connection/layout',
  ],
  'min_nodes multiplies by the functions': [
    'blueprint/choices.tf',
    '!var.keep_min_nodes_warm || local.single',
    'var.keep_min_nodes_warm || true',
    'blueprint/layout',
  ],
  'the switch for min_nodes keeps nothing': [
    'blueprint/functions.tf',
    'var.keep_min_nodes_warm ? {',
    'false ? {',
    'blueprint/layout',
  ],
  'the webhook runs as the account with the key': [
    'blueprint/functions.tf',
    'startswith(local.whole[name].source, "events/") ? name : "callers"',
    'false ? name : "callers"',
    'blueprint/accounts',
  ],
  'the public webhook reads the API key': [
    'blueprint/accounts.tf',
    'group != "stripe-events" || coalesce(var.settings.events_refetch, true)',
    'true',
    'connection/connection',
  ],
  'the service of the operations publishes events': [
    'blueprint/accounts.tf',
    'lookup(local.publishes, group, [])',
    'lookup(local.publishes, group, ["events_topic"])',
    'connection/layout',
  ],
  'functions of Stripe and of topics take all callers': [
    'blueprint/functions.tf',
    'contains(local.chosen, name) ? concat(',
    'true ? concat(',
    'blueprint/functions',
  ],
  'records have an index for each field': [
    'project/firestore.tf',
    'groups = ["members", "operations", "shards", "deadLetters"]',
    'groups = ["members", "shards", "deadLetters"]',
    'project/project',
  ],
  'the list of dead letters has no index': [
    'project/firestore.tf',
    'field = "at", order = "DESCENDING"',
    'field = "at", order = "ASCENDING"',
    'project/project',
  ],
  'images are kept for ever': ['project/images.tf', 'action = "DELETE"', 'action = "KEEP"', 'project/project'],
  'the state has no index for its fleet': [
    'project/firestore.tf',
    'field_path = "place"',
    'field_path = "members"',
    'project/project',
  ],
};
