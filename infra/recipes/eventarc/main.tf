# Stripe's events -> an Eventarc trigger -> a Cloud Run service that exists already.

resource "google_project_service" "service" {
  for_each = toset(["eventarc.googleapis.com", "iam.googleapis.com", "pubsub.googleapis.com", "run.googleapis.com"])

  project            = var.project
  service            = each.value
  disable_on_destroy = false
}

# Eventarc delivers as this account: it receives events, and calls the destination.
# https://docs.cloud.google.com/eventarc/standard/docs/run/create-trigger-pubsub-gcloud
resource "google_service_account" "trigger" {
  project      = var.project
  account_id   = "${var.name}-trigger"
  display_name = "Eventarc trigger ${var.name}"
  depends_on   = [google_project_service.service]
}

resource "google_project_iam_member" "receiver" {
  project = var.project
  role    = "roles/eventarc.eventReceiver"
  member  = "serviceAccount:${google_service_account.trigger.email}"
}

resource "google_cloud_run_v2_service_iam_member" "invoker" {
  project  = var.project
  location = var.region
  name     = var.service
  role     = "roles/run.invoker"
  member   = "serviceAccount:${google_service_account.trigger.email}"
}

resource "google_eventarc_trigger" "events" {
  project         = var.project
  location        = var.region
  name            = var.name
  labels          = var.labels
  service_account = google_service_account.trigger.email
  # Eventarc delivers every message of the topic. It cannot filter by the attributes of a message, so the destination must
  # check them. https://docs.cloud.google.com/eventarc/docs/reference/supported-events
  matching_criteria {
    attribute = "type"
    value     = "google.cloud.pubsub.topic.v1.messagePublished"
  }
  transport {
    pubsub {
      topic = var.topic
    }
  }
  destination {
    cloud_run_service {
      service = var.service
      region  = var.region
      path    = "/"
    }
  }
  # The trigger may exist before it can deliver, because it retries.
  depends_on = [google_project_iam_member.receiver, google_cloud_run_v2_service_iam_member.invoker]
}

# Eventarc makes the subscription, so the module sets its dead-letter policy with gcloud.
# https://docs.cloud.google.com/eventarc/docs/retry-events
module "dead_letters" {
  source = "../dead-letters"

  # The API must be enabled first.
  project      = google_project_service.service["pubsub.googleapis.com"].project
  name         = "${var.name}-dead-letters"
  subscription = google_eventarc_trigger.events.transport[0].pubsub[0].subscription
  set_policy   = var.set_dead_letters
  labels       = var.labels
}
