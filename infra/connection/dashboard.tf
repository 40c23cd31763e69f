# One dashboard per connection. A chart whose metric has no data yet is empty.
# https://docs.cloud.google.com/monitoring/dashboards/api-dashboard

locals {
  # Each chart: its title, the metric, the aligner, the reducer, the label that splits it, and a line to compare with.
  charts = [
    for chart in [
      { on = true, title = "Requests a second, by function and code; the line is the limit of max_nodes", filter = local.requests, aligner = "ALIGN_RATE", by = ["resource.label.service_name", "metric.label.response_code"], line = module.blueprint.rate_per_second.at_max_nodes },
      { on = true, title = "Requests a second that get 429", filter = "${local.requests} AND metric.labels.response_code=\"429\"", aligner = "ALIGN_RATE", by = ["resource.label.service_name"], line = null },
      { on = length(local.watched.callers) > 0, title = "Latency, the slowest of a hundred, milliseconds", filter = "metric.type=\"run.googleapis.com/request_latencies\" AND ${local.of_services.callers}", aligner = "ALIGN_PERCENTILE_99", by = ["resource.label.service_name"], line = null },
      { on = length(local.watched.callers) > 0, title = "Latency, the median, milliseconds", filter = "metric.type=\"run.googleapis.com/request_latencies\" AND ${local.of_services.callers}", aligner = "ALIGN_PERCENTILE_50", by = ["resource.label.service_name"], line = null },
      { on = local.request_metrics, title = "Wait for the rate limit, 95 %, milliseconds", filter = "metric.type=\"logging.googleapis.com/user/${var.name}-token-wait\" AND resource.type=\"cloud_run_revision\"", aligner = "ALIGN_PERCENTILE_95", by = ["resource.label.service_name"], line = null },
      { on = local.request_metrics, title = "Stripe's time, 95 %, milliseconds", filter = "metric.type=\"logging.googleapis.com/user/${var.name}-stripe-duration\" AND resource.type=\"cloud_run_revision\"", aligner = "ALIGN_PERCENTILE_95", by = ["resource.label.service_name"], line = null },
      { on = true, title = "Instances; the line is max_nodes", filter = "metric.type=\"run.googleapis.com/container/instance_count\" AND ${local.of_services.all}", aligner = "ALIGN_MAX", by = ["resource.label.service_name", "metric.label.state"], line = var.max_nodes },
      { on = true, title = "Firestore writes a second, of the whole project", filter = "metric.type=\"firestore.googleapis.com/document/write_count\" AND resource.type=\"firestore_instance\"", aligner = "ALIGN_RATE", by = ["metric.label.op"], line = null },
      { on = true, title = "Firestore reads a second, of the whole project", filter = "metric.type=\"firestore.googleapis.com/document/read_count\" AND resource.type=\"firestore_instance\"", aligner = "ALIGN_RATE", by = ["metric.label.type"], line = null },
      { on = var.enable_automation, title = "Age of the oldest message, seconds", filter = "metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND ${local.subscription}=\"${module.blueprint.names.automation_topic}\"", aligner = "ALIGN_MAX", by = [], line = var.alert_thresholds.backlog_s },
      { on = contains(module.blueprint.made_topics, "dead_letter_topic"), title = "Dead letters", filter = "metric.type=\"pubsub.googleapis.com/subscription/num_undelivered_messages\" AND ${local.subscription}=\"${module.blueprint.names.dead_letter_topic}\"", aligner = "ALIGN_MAX", by = [], line = null },
    ] : chart if chart.on
  ]

  # The lines of requests to Stripe are printed from verbosity 2 on.
  request_metrics = var.enable_dashboard && var.verbosity != "1"
}

resource "google_logging_metric" "request" {
  for_each = local.request_metrics ? { token-wait = "tokenWaitMs", stripe-duration = "durationMs" } : {}

  project         = var.project
  name            = "${var.name}-${each.key}"
  description     = "${each.value} of the requests to Stripe of the connection ${var.name}"
  filter          = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=(${join(" OR ", [for name in values(local.service_names) : "\"${name}\""])}) AND jsonPayload.message=\"stripe request\""
  value_extractor = "EXTRACT(jsonPayload.${each.value})"
  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"
    unit        = "ms"
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
                timeSeriesQuery = {
                  timeSeriesFilter = {
                    filter = chart.filter
                    aggregation = {
                      alignmentPeriod    = "60s"
                      perSeriesAligner   = chart.aligner
                      crossSeriesReducer = strcontains(chart.aligner, "RATE") ? "REDUCE_SUM" : "REDUCE_MAX"
                      groupByFields      = chart.by
                    }
                  }
                }
              }]
              thresholds = [for value in compact([chart.line]) : { value = tonumber(value) }]
            }
          }
        }
      ]
    }
  })
}
