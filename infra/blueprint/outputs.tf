output "functions" {
  description = "The deployed functions by the manifest's names."
  value       = local.functions
}

output "paths" {
  description = "The function that serves each name for callers, and the path of its URL: in the layout single a path of one service."
  value = local.single ? merge(
    { for name in local.paths : name => { function = "single", path = name == "connection" ? "" : "/${name}" } },
    { for name in local.deployed : name => { function = name, path = "" } },
  ) : { for name in local.deployed : name => { function = name, path = "" } }
}

output "accounts" {
  description = "The service account of each group of functions: callers, automation, stripe-events, reconcile-events, tools. Whether the module creates it, its secrets, and the settings of its topics."
  value       = local.accounts
  precondition {
    condition     = length(distinct(concat(values(local.account_emails), local.push_emails))) == length(local.account_emails) + length(local.push_emails)
    error_message = "service_accounts, service_account: two groups of functions have the same account, or one has that of Pub/Sub or Cloud Scheduler. Each needs its own, because an account has the rights of every function that runs as it: ${jsonencode(local.account_emails)}"
  }
}

output "environment" {
  description = "Environment of every function."
  value       = local.environment
}

output "settings" {
  description = "The settings as the functions read them."
  value       = local.settings
}

output "names" {
  description = "Names of the resources."
  value       = local.names
  # The name begins the names of the bucket and the topics. https://docs.cloud.google.com/storage/docs/buckets#naming
  # and https://docs.cloud.google.com/pubsub/docs/pubsub-basics#resource_names
  precondition {
    condition     = !can(regex("^goog|g[o0][o0]g[l1]e", local.connection))
    error_message = "name: Cloud Storage and Pub/Sub take no names that begin with goog or contain google; choose another name"
  }
}

output "made_topics" {
  description = "Settings whose topics the connection creates."
  value       = [for key, made in local.made_topics : key if made]
}

output "topics" {
  description = "Every topic by its setting."
  value       = { for key, topic in local.settings : key => topic if endswith(key, "_topic") }
}

output "rate_per_second" {
  description = "Requests a second that the connection may send to Stripe: with no more instances than min_nodes, and with max_nodes. With a test key and without account_ceiling the maximum is 25."
  value       = local.rate
}

output "storage_usd_a_million" {
  description = "Cost of the storage of the records of a million operations, which are kept for operation_retention_days, by operation_record."
  value       = floor(1000000 * coalesce(var.record_bytes, local.settings_read.operation_record == "id" ? 512 : 2048) / pow(1024, 3) * var.storage_price * local.settings_read.operation_retention_days * 24 / 730 * 100 + 0.5) / 100
}

output "warm_instances" {
  description = "Number of instances that run without any call."
  value       = local.warm_instances
}

output "warm_usd_a_month" {
  description = "Cost of the warm instances in a month of 730 hours, by idle_prices."
  value       = floor(local.warm_usd * 100 + 0.5) / 100
}
