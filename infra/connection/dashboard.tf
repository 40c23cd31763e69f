# One dashboard per connection. A chart whose metric has no data yet is empty.
# https://docs.cloud.google.com/monitoring/dashboards/api-dashboard

locals {
  # Metrics of the line "requests of a minute", which each instance prints at every verbosity: the field that each reads.
  summary_metrics = {
    sent          = { field = "sent", unit = "1" }
    added-latency = { field = "addedMs", unit = "ms" }
    token-wait    = { field = "longestWaitMs", unit = "ms" }
    stripe-time   = { field = "stripeMs", unit = "ms" }
  }
  # A sum of a distribution is read by PromQL: https://docs.cloud.google.com/monitoring/promql/promql-mapping
  sent_per_second = "sum(rate(logging_googleapis_com:user_${replace(var.name, "-", "_")}_sent_sum{monitored_resource=\"cloud_run_revision\"}[5m]))"
  of_summary      = { for key in keys(local.summary_metrics) : key => "metric.type=\"logging.googleapis.com/user/${var.name}-${key}\" AND resource.type=\"cloud_run_revision\"" }

  # Each chart: its title, the metric, the aligner, the reducer, the label that splits it, and a line to compare with.
  charts = [
    for chart in [
      { on = true, title = "Requests a second to Stripe; the line is the limit at max_nodes", promql = local.sent_per_second, filter = "", aligner = "ALIGN_NONE", by = [], line = module.blueprint.rate_per_second.at_max_nodes },
      { on = true, title = "Rate used of the limit at max_nodes, percent", promql = "100 * ${local.sent_per_second} / ${module.blueprint.rate_per_second.at_max_nodes}", filter = "", aligner = "ALIGN_NONE", by = [], line = 100 },
      { on = true, title = "Requests a second to the functions, by function and code", promql = null, filter = local.requests, aligner = "ALIGN_RATE", by = ["resource.label.service_name", "metric.label.response_code"], line = null },
      { on = true, title = "Requests a second that get 429", promql = null, filter = "${local.requests} AND metric.labels.response_code=\"429\"", aligner = "ALIGN_RATE", by = ["resource.label.service_name"], line = null },
      { on = true, title = "Added latency: a call's time without Stripe's, the mean of a minute, milliseconds", promql = null, filter = local.of_summary["added-latency"], aligner = "ALIGN_PERCENTILE_50", by = ["resource.label.service_name"], line = null },
      { on = true, title = "Waiting for the rate limit, the longest of a minute, milliseconds; the line is max_wait_ms", promql = null, filter = local.of_summary["token-wait"], aligner = "ALIGN_PERCENTILE_99", by = ["resource.label.service_name"], line = var.max_wait_ms },
      { on = true, title = "Stripe's time, the mean of a minute, milliseconds", promql = null, filter = local.of_summary["stripe-time"], aligner = "ALIGN_PERCENTILE_50", by = ["resource.label.service_name"], line = null },
      { on = length(local.watched.callers) > 0, title = "Latency, the slowest of a hundred, milliseconds", promql = null, filter = "metric.type=\"run.googleapis.com/request_latencies\" AND ${local.of_services.callers}", aligner = "ALIGN_PERCENTILE_99", by = ["resource.label.service_name"], line = null },
      { on = length(local.watched.callers) > 0, title = "Latency, the median, milliseconds", promql = null, filter = "metric.type=\"run.googleapis.com/request_latencies\" AND ${local.of_services.callers}", aligner = "ALIGN_PERCENTILE_50", by = ["resource.label.service_name"], line = null },
      { on = true, title = "Instances; the line is max_nodes", promql = null, filter = "metric.type=\"run.googleapis.com/container/instance_count\" AND ${local.of_services.all}", aligner = "ALIGN_MAX", by = ["resource.label.service_name", "metric.label.state"], line = var.max_nodes },
      { on = true, title = "Firestore writes a second, of the whole project", promql = null, filter = "metric.type=\"firestore.googleapis.com/document/write_count\" AND resource.type=\"firestore_instance\"", aligner = "ALIGN_RATE", by = ["metric.label.op"], line = null },
      { on = true, title = "Firestore reads a second, of the whole project", promql = null, filter = "metric.type=\"firestore.googleapis.com/document/read_count\" AND resource.type=\"firestore_instance\"", aligner = "ALIGN_RATE", by = ["metric.label.type"], line = null },
      { on = var.enable_automation, title = "Age of the oldest message, seconds", promql = null, filter = "metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND ${local.subscription}=\"${module.blueprint.names.automation_topic}\"", aligner = "ALIGN_MAX", by = [], line = var.alert_thresholds.backlog_s },
      { on = contains(module.blueprint.made_topics, "dead_letter_topic"), title = "Dead letters", promql = null, filter = "metric.type=\"pubsub.googleapis.com/subscription/num_undelivered_messages\" AND ${local.subscription}=\"${module.blueprint.names.dead_letter_topic}\"", aligner = "ALIGN_MAX", by = [], line = null },
    ] : chart if chart.on
  ]
}

resource "google_logging_metric" "request" {
  for_each = var.enable_dashboard ? local.summary_metrics : {}

  project         = var.project
  name            = "${var.name}-${each.key}"
  description     = "${each.value.field} of the line requests of a minute, of the connection ${var.name}"
  filter          = "resource.type=\"cloud_run_revision\" AND resource.labels.location=\"${var.region}\" AND resource.labels.service_name=(${join(" OR ", [for name in values(local.service_names) : "\"${name}\""])}) AND jsonPayload.message=\"requests of a minute\""
  value_extractor = "EXTRACT(jsonPayload.${each.value.field})"
  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"
    unit        = each.value.unit
  }
}

resource "google_monitoring_dashboard" "connection" {
  count = var.enable_dashboard ? 1 : 0

  project = var.project
  dashboard_json = jsonencode({
    displayName = "Stripe connection ${var.name}"
    mosaicLayout = {
      columns = 12
      tiles = [
        for index, chart in local.charts : {
          xPos   = index % 2 * 6
          yPos   = floor(index / 2) * 4
          width  = 6
          height = 4
          widget = {
            title = chart.title
            xyChart = {
              dataSets = [{
                plotType = "LINE"
                timeSeriesQuery = { for key, query in {
                  prometheusQuery = chart.promql
                  timeSeriesFilter = chart.promql != null ? null : {
                    filter = chart.filter
                    aggregation = {
                      alignmentPeriod    = "60s"
                      perSeriesAligner   = chart.aligner
                      crossSeriesReducer = strcontains(chart.aligner, "RATE") ? "REDUCE_SUM" : "REDUCE_MAX"
                      groupByFields      = chart.by
                    }
                  }
                } : key => query if query != null }
              }]
              thresholds = [for value in compact([chart.line]) : { value = tonumber(value) }]
            }
          }
        }
      ]
    }
  })
}
