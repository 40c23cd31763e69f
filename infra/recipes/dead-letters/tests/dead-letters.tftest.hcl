# The rights of Pub/Sub's service agent.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789" }
  }
}

variables {
  project      = "shop-prod"
  name         = "handler-dead-letters"
  subscription = "handler"
}

run "pubsub_moves_messages" {
  assert {
    condition     = google_pubsub_topic_iam_member.forwarder.role == "roles/pubsub.publisher" && google_pubsub_topic_iam_member.forwarder.topic == "handler-dead-letters"
    error_message = "publishes to the dead letters"
  }
  assert {
    condition     = google_pubsub_subscription_iam_member.forwarder.role == "roles/pubsub.subscriber" && google_pubsub_subscription_iam_member.forwarder.subscription == "handler"
    error_message = "and acknowledges in the subscription"
  }
  assert {
    condition     = alltrue([for member in [google_pubsub_topic_iam_member.forwarder.member, google_pubsub_subscription_iam_member.forwarder.member] : member == "serviceAccount:service-123456789@gcp-sa-pubsub.iam.gserviceaccount.com"])
    error_message = "as its service agent"
  }
  assert {
    condition     = google_pubsub_subscription.dead_letters.expiration_policy[0].ttl == "" && google_pubsub_subscription.dead_letters.message_retention_duration == "604800s"
    error_message = "kept for a week, in a subscription that does not expire"
  }
}
