# The topic to which Pub/Sub moves a message that a subscriber did not acknowledge, and a subscription that keeps it for a
# week.
# https://docs.cloud.google.com/pubsub/docs/dead-letter-topics

data "google_project" "this" {
  project_id = var.project
}

resource "google_pubsub_topic" "dead_letters" {
  project = var.project
  name    = var.name
  labels  = var.labels
}

# Pub/Sub discards messages of a topic without a subscription.
resource "google_pubsub_subscription" "dead_letters" {
  project                    = var.project
  name                       = var.name
  topic                      = google_pubsub_topic.dead_letters.id
  labels                     = var.labels
  message_retention_duration = "604800s"
  expiration_policy {
    ttl = ""
  }
}

# Pub/Sub's service agent moves the message: it publishes to the topic and acknowledges at the subscription.
resource "google_pubsub_topic_iam_member" "forwarder" {
  project = var.project
  topic   = google_pubsub_topic.dead_letters.name
  role    = "roles/pubsub.publisher"
  member  = local.agent
}

resource "google_pubsub_subscription_iam_member" "forwarder" {
  project      = var.project
  subscription = var.subscription
  role         = "roles/pubsub.subscriber"
  member       = local.agent
}

# Sets the policy of a subscription that Terraform does not manage, such as that of an Eventarc trigger, because the
# provider has no resource for the policy alone. https://docs.cloud.google.com/eventarc/docs/retry-events
resource "terraform_data" "policy" {
  count = var.set_policy ? 1 : 0

  triggers_replace = [local.command]
  provisioner "local-exec" {
    command = local.command
  }
  depends_on = [google_pubsub_topic_iam_member.forwarder, google_pubsub_subscription_iam_member.forwarder, google_pubsub_subscription.dead_letters]
}

locals {
  command = "gcloud pubsub subscriptions update ${var.subscription} --project=${var.project} --dead-letter-topic=projects/${var.project}/topics/${google_pubsub_topic.dead_letters.name} --max-delivery-attempts=${var.max_delivery_attempts}"
  agent   = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}
