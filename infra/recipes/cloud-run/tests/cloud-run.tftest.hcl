# The subscription, its filter, and the rights of both accounts.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789" }
  }
  mock_resource "google_service_account" {
    defaults = { email = "made@shop-prod.iam.gserviceaccount.com", id = "projects/shop-prod/serviceAccounts/made@shop-prod.iam.gserviceaccount.com" }
  }
  mock_resource "google_cloud_run_v2_service" {
    defaults = { uri = "https://stripe-handler-xyz.a.run.app" }
  }
}

variables {
  project = "shop-prod"
  region  = "europe-west1"
  topic   = "projects/shop-prod/topics/stripe-events"
  type    = "invoice.paid"
  image   = "europe-west1-docker.pkg.dev/shop-prod/stripe-connector/handler"
}

run "one_type" {
  assert {
    condition     = google_pubsub_subscription.handler.filter == "attributes.ce-type = \"com.stripe.invoice.paid\"" && google_pubsub_subscription.handler.topic == var.topic
    error_message = "other events are not delivered"
  }
  assert {
    condition     = google_pubsub_subscription.handler.enable_message_ordering && google_pubsub_subscription.handler.dead_letter_policy[0].dead_letter_topic == module.dead_letters.topic && google_pubsub_subscription.handler.dead_letter_policy[0].max_delivery_attempts == 20
    error_message = "in the order of each object; a dead letter after 20 deliveries"
  }
  assert {
    condition     = google_pubsub_subscription.handler.push_config[0].push_endpoint == "https://stripe-handler-xyz.a.run.app" && google_pubsub_subscription.handler.push_config[0].oidc_token[0].audience == "https://stripe-handler-xyz.a.run.app"
    error_message = "signed for the service"
  }
  assert {
    condition     = google_cloud_run_v2_service_iam_member.push.role == "roles/run.invoker" && google_cloud_run_v2_service_iam_member.push.name == "stripe-handler" && google_cloud_run_v2_service.handler.ingress == "INGRESS_TRAFFIC_INTERNAL_ONLY"
    error_message = "Pub/Sub's caller alone, from inside"
  }
  assert {
    condition     = google_cloud_run_v2_service.handler.template[0].containers[0].env[0].value == "invoice.paid" && tonumber(trimsuffix(google_cloud_run_v2_service.handler.template[0].timeout, "s")) < google_pubsub_subscription.handler.ack_deadline_seconds
    error_message = "the handler knows its type, and ends before Pub/Sub delivers again"
  }
}

run "types_of_one_resource" {
  variables {
    type = "invoice.*"
  }
  assert {
    condition     = google_pubsub_subscription.handler.filter == "hasPrefix(attributes.ce-type, \"com.stripe.invoice.\")"
    error_message = "a prefix"
  }
}

run "every_type" {
  variables {
    type = "*"
  }
  assert {
    condition     = google_pubsub_subscription.handler.filter == ""
    error_message = "no filter"
  }
}

run "a_type_is_no_expression" {
  command = plan
  variables {
    type = "invoice.paid\" OR attributes:x"
  }
  expect_failures = [var.type]
}

run "a_name_fits_the_accounts" {
  command = plan
  variables {
    name = "a-name-that-is-longer-than-an-account"
  }
  expect_failures = [var.name]
}
