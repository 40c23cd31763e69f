output "uri" {
  description = "address of the service, which only the project's network reaches"
  value       = google_cloud_run_v2_service.handler.uri
}

output "service_account" {
  description = "account of the handler, without any right"
  value       = google_service_account.handler.email
}

output "subscription" {
  description = "subscription that pushes the events"
  value       = google_pubsub_subscription.handler.id
}

output "dead_letters" {
  description = "subscription that keeps the messages which the handler did not acknowledge"
  value       = module.dead_letters.subscription
}
