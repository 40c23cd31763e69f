# The trigger and the rights of its account.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789" }
  }
  mock_resource "google_service_account" {
    defaults = { email = "made@shop-prod.iam.gserviceaccount.com", id = "projects/shop-prod/serviceAccounts/made@shop-prod.iam.gserviceaccount.com" }
  }
}

variables {
  project = "shop-prod"
  region  = "europe-west1"
  topic   = "projects/shop-prod/topics/stripe-events"
  service = "orders"
  # The tests make nothing.
  set_dead_letters = false
}

run "messages_of_the_topic" {
  assert {
    condition     = [for one in google_eventarc_trigger.events.matching_criteria : "${one.attribute}=${one.value}"] == ["type=google.cloud.pubsub.topic.v1.messagePublished"] && google_eventarc_trigger.events.transport[0].pubsub[0].topic == var.topic
    error_message = "the type that Eventarc has for Pub/Sub, on the connection's topic"
  }
  assert {
    condition     = google_eventarc_trigger.events.destination[0].cloud_run_service[0].service == "orders" && google_eventarc_trigger.events.destination[0].cloud_run_service[0].region == "europe-west1"
    error_message = "to the service"
  }
  assert {
    condition     = google_project_iam_member.receiver.role == "roles/eventarc.eventReceiver" && google_cloud_run_v2_service_iam_member.invoker.role == "roles/run.invoker" && google_cloud_run_v2_service_iam_member.invoker.name == "orders"
    error_message = "receives events, and calls this service alone"
  }
  assert {
    condition     = google_eventarc_trigger.events.service_account == "made@shop-prod.iam.gserviceaccount.com"
    error_message = "as an account of its own"
  }
  assert {
    condition     = startswith(output.dead_letters.command, "gcloud pubsub subscriptions update ${output.subscription} --project=shop-prod --dead-letter-topic=projects/shop-prod/topics/stripe-events-dead-letters ")
    error_message = "the policy of the subscription that Eventarc made"
  }
}

run "terraform_sets_the_policy" {
  command = plan
  variables {
    set_dead_letters = true
  }
  assert {
    condition     = module.dead_letters.sets_policy
    error_message = "without a further step"
  }
}
