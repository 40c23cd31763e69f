output "urls" {
  description = "Address of every function, by the manifest's names. In the layout single a path of one service."
  value       = { for name, place in module.blueprint.paths : name => "${google_cloudfunctions2_function.function[place.function].service_config[0].uri}${place.path}" }
}

output "services" {
  description = "The Cloud Run service of each function: infra/traffic.sh splits its traffic."
  value       = { for name, function in module.blueprint.functions : name => function.name }
}

output "settings" {
  description = "The settings as the functions read them, as JSON: terraform output -raw settings > settings.json. No secrets, only their names."
  value       = module.blueprint.environment.CONNECTION_SETTINGS
}

output "database" {
  description = "Firestore database of the records: FIRESTORE_DATABASE for the commands of an operator."
  value       = var.database
}

output "invokers" {
  description = "Who may call which function: the IAM binding of each, and its members."
  value       = { for name, binding in google_cloud_run_service_iam_binding.caller : name => { binding = binding.id, members = binding.members } }
}

output "service_accounts" {
  description = "Service accounts of the functions, by group: callers (the actions, the entity operations and connection), automation, stripe-events, reconcile-events, tools."
  value       = local.account_emails
}

output "caller_accounts" {
  description = "Accounts as which Pub/Sub calls automation and Cloud Scheduler calls reconcile-events."
  value       = { for name, account in google_service_account.caller : name => account.email }
}

output "topics" {
  description = "Topics by their settings."
  value       = local.topics
}

output "webhook_url" {
  description = "Address for Stripe's webhooks; null without enable_events."
  value       = var.enable_events ? module.blueprint.settings.webhook_url : null
}

output "rate_per_second" {
  description = "Requests a second that the connection may send to Stripe: with no more instances than min_nodes, and with max_nodes. With a test key and without account_ceiling the maximum is 25."
  value       = module.blueprint.rate_per_second
}

output "storage_usd_a_million" {
  description = "Cost of the storage of the records of a million operations, which are kept for operation_retention_days, by operation_record."
  value       = module.blueprint.storage_usd_a_million
}

output "warm_instances" {
  description = "Number of instances that run, and are billed, without any call: the sum of warm_instances."
  value       = module.blueprint.warm_instances
}

output "warm_usd_a_month" {
  description = "Minimum cost of a month: that of the warm instances in 730 hours, by idle_prices. 0 by default."
  value       = module.blueprint.warm_usd_a_month
}
