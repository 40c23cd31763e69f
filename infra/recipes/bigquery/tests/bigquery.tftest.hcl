# The table, its columns, and the right of Pub/Sub's service agent.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789" }
  }
}

variables {
  project = "shop-prod"
  region  = "europe-west1"
  topic   = "projects/shop-prod/topics/stripe-events"
}

run "every_event" {
  assert {
    condition     = google_pubsub_subscription.events.filter == "" && google_pubsub_subscription.events.bigquery_config[0].table == "shop-prod.stripe_events.events" && google_pubsub_subscription.events.bigquery_config[0].write_metadata
    error_message = "with the message's metadata"
  }
  assert {
    condition     = google_bigquery_table_iam_member.writer.role == "roles/bigquery.dataEditor" && google_bigquery_table_iam_member.writer.table_id == "events" && google_bigquery_table_iam_member.writer.member == "serviceAccount:service-123456789@gcp-sa-pubsub.iam.gserviceaccount.com"
    error_message = "the service agent, on the one table"
  }
  assert {
    condition     = strcontains(google_bigquery_table.objects.view[0].query, "FROM `shop-prod.stripe_events.events`") && !google_bigquery_table.objects.view[0].use_legacy_sql
    error_message = "the view reads the table"
  }
  assert {
    condition     = google_bigquery_table.events.deletion_protection && google_bigquery_table.events.time_partitioning[0].field == "publish_time" && google_pubsub_subscription.events.dead_letter_policy[0].dead_letter_topic == module.dead_letters.topic
    error_message = "a destroy keeps the events; what does not fit is a dead letter"
  }
}

run "one_type_for_a_year" {
  variables {
    type           = "invoice.paid"
    retention_days = 365
  }
  assert {
    condition     = google_pubsub_subscription.events.filter == "attributes.ce-type = \"com.stripe.invoice.paid\"" && google_bigquery_table.events.time_partitioning[0].expiration_ms == 31536000000
    error_message = "by the attribute; partitions expire"
  }
}
