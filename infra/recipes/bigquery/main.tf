# Stripe's events -> a BigQuery subscription -> a table, and a view with the last state of each object. No code runs.

locals {
  # The attributes of the message: https://docs.cloud.google.com/pubsub/docs/subscription-message-filter
  prefix = trimsuffix(var.type, "*")
  filter = var.type == "*" ? "" : endswith(var.type, "*") ? "hasPrefix(attributes.ce-type, \"com.stripe.${local.prefix}\")" : "attributes.ce-type = \"com.stripe.${var.type}\""
  agent  = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

resource "google_project_service" "service" {
  for_each = toset(["bigquery.googleapis.com", "pubsub.googleapis.com"])

  project            = var.project
  service            = each.value
  disable_on_destroy = false
}

data "google_project" "this" {
  project_id = google_project_service.service["pubsub.googleapis.com"].project
}

resource "google_bigquery_dataset" "events" {
  project     = var.project
  dataset_id  = replace(var.name, "-", "_")
  description = "Events of Stripe"
  location    = coalesce(var.location, var.region)
  labels      = var.labels
  depends_on  = [google_project_service.service]
}

# The columns that a subscription with write_metadata fills: https://docs.cloud.google.com/pubsub/docs/bigquery
resource "google_bigquery_table" "events" {
  project             = var.project
  dataset_id          = google_bigquery_dataset.events.dataset_id
  table_id            = "events"
  description         = "Every event as it was published; one that was published twice has two rows"
  labels              = var.labels
  schema              = file("${path.module}/schema.json")
  clustering          = ["message_id"]
  deletion_protection = true
  time_partitioning {
    type          = "DAY"
    field         = "publish_time"
    expiration_ms = var.retention_days == null ? null : var.retention_days * 86400000
  }
}

# One row for each object: its last state. The view needs neither ordered nor unique messages.
resource "google_bigquery_table" "objects" {
  project             = var.project
  dataset_id          = google_bigquery_dataset.events.dataset_id
  table_id            = "objects"
  description         = "The last published state of each object"
  labels              = var.labels
  deletion_protection = false
  view {
    query          = templatefile("${path.module}/objects.sql", { table = "${var.project}.${google_bigquery_dataset.events.dataset_id}.${google_bigquery_table.events.table_id}" })
    use_legacy_sql = false
  }
}

# Pub/Sub's service agent may write to the table and read its schema, and has no other right in the dataset.
resource "google_bigquery_table_iam_member" "writer" {
  project    = var.project
  dataset_id = google_bigquery_dataset.events.dataset_id
  table_id   = google_bigquery_table.events.table_id
  role       = "roles/bigquery.dataEditor"
  member     = local.agent
}

resource "google_pubsub_subscription" "events" {
  project = var.project
  name    = var.name
  topic   = var.topic
  labels  = var.labels
  filter  = local.filter

  message_retention_duration = "604800s"
  bigquery_config {
    table          = "${var.project}.${google_bigquery_dataset.events.dataset_id}.${google_bigquery_table.events.table_id}"
    write_metadata = true
  }
  dead_letter_policy {
    dead_letter_topic     = module.dead_letters.topic
    max_delivery_attempts = 20
  }
  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }
  expiration_policy {
    ttl = ""
  }
  depends_on = [google_bigquery_table_iam_member.writer]
}

module "dead_letters" {
  source = "../dead-letters"

  # The API must be enabled first.
  project      = google_project_service.service["pubsub.googleapis.com"].project
  name         = "${var.name}-dead-letters"
  subscription = google_pubsub_subscription.events.name
  labels       = var.labels
}
