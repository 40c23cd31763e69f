output "table" {
  description = "table with every event"
  value       = google_pubsub_subscription.events.bigquery_config[0].table
}

output "view" {
  description = "view with the last state of each object"
  value       = google_bigquery_table.objects.id
}

output "dead_letters" {
  description = "subscription that keeps the messages which the table rejected"
  value       = module.dead_letters.subscription
}
