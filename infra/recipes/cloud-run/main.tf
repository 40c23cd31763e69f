# Stripe's events -> a push subscription with a filter -> a Cloud Run service.

locals {
  # The attributes of the message: https://docs.cloud.google.com/pubsub/docs/subscription-message-filter
  prefix = trimsuffix(var.type, "*")
  filter = var.type == "*" ? "" : endswith(var.type, "*") ? "hasPrefix(attributes.ce-type, \"com.stripe.${local.prefix}\")" : "attributes.ce-type = \"com.stripe.${var.type}\""
}

resource "google_project_service" "service" {
  for_each = toset(["iam.googleapis.com", "pubsub.googleapis.com", "run.googleapis.com"])

  project            = var.project
  service            = each.value
  disable_on_destroy = false
}

# The account of the handler has no rights. Grant those that your code needs.
resource "google_service_account" "handler" {
  project      = var.project
  account_id   = "${var.name}-run"
  display_name = "Handler of Stripe's events: ${var.name}"
  depends_on   = [google_project_service.service]
}

# Pub/Sub calls the service as this account, which has no other right.
resource "google_service_account" "push" {
  project      = var.project
  account_id   = "${var.name}-push"
  display_name = "Caller of ${var.name}"
  depends_on   = [google_project_service.service]
}

resource "google_cloud_run_v2_service" "handler" {
  project             = var.project
  location            = var.region
  name                = var.name
  labels              = var.labels
  deletion_protection = false
  # Pub/Sub of the same project calls from inside: https://docs.cloud.google.com/run/docs/securing/ingress
  ingress = "INGRESS_TRAFFIC_INTERNAL_ONLY"
  template {
    service_account = google_service_account.handler.email
    # Less than the deadline of the subscription, so that Pub/Sub does not deliver a message again while it is processed.
    timeout = "50s"
    containers {
      image = var.image
      env {
        name  = "TYPES"
        value = var.type
      }
    }
  }
}

resource "google_cloud_run_v2_service_iam_member" "push" {
  project  = var.project
  location = var.region
  name     = google_cloud_run_v2_service.handler.name
  role     = "roles/run.invoker"
  member   = "serviceAccount:${google_service_account.push.email}"
}

resource "google_pubsub_subscription" "handler" {
  project = var.project
  name    = var.name
  topic   = var.topic
  labels  = var.labels
  filter  = local.filter

  # Delivers the events of one object in the order of their publication. The ordering key is the object's id.
  enable_message_ordering    = true
  ack_deadline_seconds       = 60
  message_retention_duration = "604800s"

  push_config {
    push_endpoint = google_cloud_run_v2_service.handler.uri
    oidc_token {
      service_account_email = google_service_account.push.email
      audience              = google_cloud_run_v2_service.handler.uri
    }
  }
  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }
  dead_letter_policy {
    dead_letter_topic     = module.dead_letters.topic
    max_delivery_attempts = var.max_delivery_attempts
  }
  expiration_policy {
    ttl = ""
  }
  depends_on = [google_cloud_run_v2_service_iam_member.push]
}

module "dead_letters" {
  source = "../dead-letters"

  # The API must be enabled first.
  project      = google_project_service.service["pubsub.googleapis.com"].project
  name         = "${var.name}-dead-letters"
  subscription = google_pubsub_subscription.handler.name
  labels       = var.labels
}
