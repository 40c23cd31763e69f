output "topic" {
  description = "topic of the dead letters, for the subscription's dead_letter_policy"
  value       = google_pubsub_topic.dead_letters.id
}

output "subscription" {
  description = "subscription that keeps the dead letters for a week"
  value       = google_pubsub_subscription.dead_letters.id
}

output "command" {
  description = "command that sets the policy of a subscription that Terraform does not manage"
  value       = local.command
}

output "sets_policy" {
  description = "true if Terraform runs the command"
  value       = var.set_policy
}
