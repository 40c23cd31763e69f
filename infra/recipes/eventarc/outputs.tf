output "trigger" {
  description = "the trigger"
  value       = google_eventarc_trigger.events.id
}

output "subscription" {
  description = "subscription that Eventarc made"
  value       = google_eventarc_trigger.events.transport[0].pubsub[0].subscription
}

output "dead_letters" {
  description = "topic and subscription of the dead letters, and the command that sets the policy"
  value       = { topic = module.dead_letters.topic, subscription = module.dead_letters.subscription, command = module.dead_letters.command }
}
