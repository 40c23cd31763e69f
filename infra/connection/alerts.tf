# Lines of the log that somebody should see.

locals {
  services = join(" OR ", [for one in values(module.blueprint.functions) : "\"${one.name}\""])
  of_ours  = "resource.type=\"cloud_run_revision\" AND resource.labels.location=\"${var.region}\" AND resource.labels.service_name=(${local.services})"
  alerts = {
    for key, one in {
      throttled = {
        lines     = "jsonPayload.message=\"turn refused\""
        says      = "calls are refused (429): more is asked than the connection may send"
        do        = "Raise max_nodes, or max_wait_ms where callers can wait; see account_ceiling for what Stripe itself allows."
        threshold = var.alert_thresholds.throttled
      }
      dead_letters = {
        lines     = "jsonPayload.message=\"message item\" AND jsonPayload.outcome=\"failed\""
        says      = "messages failed for good"
        do        = "npm run dead-letters -- list shows them with their reasons; replay sends them again."
        threshold = var.alert_thresholds.dead_letters
      }
      errors = {
        lines     = "severity>=ERROR"
        says      = "errors in the log"
        do        = "npm run connection -- check settings.json --live tells where calls end."
        threshold = var.alert_thresholds.errors
      }
    } : key => one if var.enable_alerts
  }
}

resource "google_logging_metric" "alert" {
  for_each = local.alerts

  project     = var.project
  name        = "stripe-connection/${var.name}/${each.key}"
  description = "Stripe connection ${var.name}: ${each.value.says}"
  filter      = "${local.of_ours} AND ${each.value.lines}"
  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
  }
}

resource "google_monitoring_alert_policy" "alert" {
  for_each = local.alerts

  project      = var.project
  display_name = "Stripe connection ${var.name}: ${each.value.says}"
  combiner     = "OR"
  user_labels  = var.labels
  conditions {
    display_name = "more than ${each.value.threshold} in five minutes"
    condition_threshold {
      filter          = "metric.type=\"logging.googleapis.com/user/${google_logging_metric.alert[each.key].name}\" AND resource.type=\"cloud_run_revision\""
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.threshold
      duration        = "0s"
      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_DELTA"
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
