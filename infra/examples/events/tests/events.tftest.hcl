# Events in, a subscription out.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789" }
  }
  mock_resource "google_service_account" {
    defaults = { email = "made@shop-prod.iam.gserviceaccount.com", name = "projects/shop-prod/serviceAccounts/made" }
  }
  mock_resource "google_cloudfunctions2_function" {
    defaults = { service_config = { uri = "https://service-xyz.a.run.app" } }
  }
}

variables {
  project = "shop-prod"
}

run "events" {
  assert {
    condition     = output.webhook_url == "https://europe-west1-shop-prod.cloudfunctions.net/stripe-stripe-events"
    error_message = "the address is known before the first apply"
  }
  assert {
    condition     = google_pubsub_subscription.events.topic == "projects/shop-prod/topics/stripe-events" && google_pubsub_subscription.events.enable_message_ordering
    error_message = "subscribed to the connection's topic, in order"
  }
}
