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
  assert {
    condition     = length(terraform_data.policy) == 0
    error_message = "a recipe that owns its subscription has the policy there"
  }
}

run "the_policy_of_a_subscription_of_eventarc" {
  command = plan
  variables {
    subscription = "projects/shop-prod/subscriptions/eventarc-europe-west1-handler-sub-1"
    set_policy   = true
  }
  assert {
    condition     = terraform_data.policy[0].triggers_replace[0] == output.command && output.command == "gcloud pubsub subscriptions update projects/shop-prod/subscriptions/eventarc-europe-west1-handler-sub-1 --project=shop-prod --dead-letter-topic=projects/shop-prod/topics/handler-dead-letters --max-delivery-attempts=20"
    error_message = "the command that Terraform runs"
  }
}
