# Alerts on metrics that the platform itself writes. Their descriptors exist in every project and do not depend on the
# verbosity of the log. https://docs.cloud.google.com/monitoring/api/metrics_gcp

locals {
  services = join(", ", [for one in values(module.blueprint.functions) : "\"${one.name}\""])
  requests = join(" AND ", [
    "metric.type=\"run.googleapis.com/request_count\"",
    "resource.type=\"cloud_run_revision\"",
    "resource.labels.location=\"${var.region}\"",
    "resource.labels.service_name=one_of(${local.services})",
  ])
  alerts = {
    for key, one in {
      throttled = {
        enabled   = true
        filter    = "${local.requests} AND metric.labels.response_code=\"429\""
        aligner   = "ALIGN_DELTA"
        title     = "requests get 429: more is requested than the connection may send"
        do        = "Raise max_nodes, or max_wait_ms where callers can wait; see account_ceiling for what Stripe itself allows."
        threshold = var.alert_thresholds.throttled
      }
      errors = {
        enabled   = true
        filter    = "${local.requests} AND metric.labels.response_code_class=\"5xx\""
        aligner   = "ALIGN_DELTA"
        title     = "requests get 5xx"
        do        = "npm run connection -- check settings.json --live shows where requests fail."
        threshold = var.alert_thresholds.errors
      }
      # Counts what the function gave up and what Pub/Sub itself forwarded.
      dead_letters = {
        enabled   = contains(module.blueprint.made_topics, "dead_letter_topic")
        filter    = "metric.type=\"pubsub.googleapis.com/subscription/num_undelivered_messages\" AND resource.type=\"pubsub_subscription\" AND resource.labels.subscription_id=\"${module.blueprint.names.dead_letter_topic}\""
        aligner   = "ALIGN_MAX"
        title     = "messages wait in the dead-letter subscription"
        do        = "npm run dead-letters -- list shows them with their reasons; replay sends them again."
        threshold = var.alert_thresholds.dead_letters
      }
    } : key => one if var.enable_alerts && one.enabled
  }
}

resource "google_monitoring_alert_policy" "alert" {
  for_each = local.alerts

  project      = var.project
  display_name = "Stripe connection ${var.name}: ${each.value.title}"
  combiner     = "OR"
  user_labels  = var.labels
  conditions {
    display_name = "more than ${each.value.threshold} in five minutes"
    condition_threshold {
      filter          = each.value.filter
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.threshold
      duration        = "0s"
      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = each.value.aligner
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }
  documentation {
    content   = each.value.do
    mime_type = "text/markdown"
  }
  notification_channels = var.alert_channels
}
