# Alerts on metrics that the platform itself writes. Their descriptors exist in every project and do not depend on the
# verbosity of the log. https://docs.cloud.google.com/monitoring/api/metrics_gcp

locals {
  service_names = { for name, function in module.blueprint.functions : name => function.name }
  # The functions of each filter. The latency alert leaves out the functions that hold a message or a run on purpose. The
  # instances alert leaves out the webhook and the schedule, which have fewer instances than max_nodes.
  watched = {
    all       = values(local.service_names)
    callers   = [for function in values(module.blueprint.functions) : function.name if !function.called_by_machine]
    max_nodes = [for function in values(module.blueprint.functions) : function.name if function.max_instances == var.max_nodes]
  }
  of_services = {
    for set, names in local.watched : set => join(" AND ", [
      "resource.type=\"cloud_run_revision\"",
      "resource.labels.location=\"${var.region}\"",
      "resource.labels.service_name=one_of(${join(", ", [for name in names : "\"${name}\""])})",
    ])
  }
  requests           = "metric.type=\"run.googleapis.com/request_count\" AND ${local.of_services.all}"
  names_dead_letters = var.enable_automation && var.dead_letter_topic != null
  # The subscription of the dead letters has the name of their topic.
  subscription = "resource.type=\"pubsub_subscription\" AND resource.labels.subscription_id"

  alerts = {
    for key, alert in {
      throttled = {
        enabled   = true
        filter    = "${local.requests} AND metric.labels.response_code=\"429\""
        aligner   = "ALIGN_DELTA"
        reducer   = "REDUCE_SUM"
        severity  = "WARNING"
        title     = "requests get 429: more is requested than the connection may send"
        do        = "Raise max_nodes, or max_wait_ms where callers can wait; see account_ceiling for what Stripe itself allows."
        threshold = var.alert_thresholds.throttled
      }
      errors = {
        enabled   = true
        filter    = "${local.requests} AND metric.labels.response_code_class=\"5xx\""
        aligner   = "ALIGN_DELTA"
        reducer   = "REDUCE_SUM"
        severity  = "ERROR"
        title     = "requests get 5xx"
        do        = "stripe-connector check settings.json --live shows where requests fail."
        threshold = var.alert_thresholds.errors
      }
      latency = {
        enabled   = length(local.watched.callers) > 0
        filter    = "metric.type=\"run.googleapis.com/request_latencies\" AND ${local.of_services.callers}"
        aligner   = "ALIGN_PERCENTILE_99"
        reducer   = "REDUCE_MAX"
        severity  = "WARNING"
        title     = "the slowest of a hundred requests takes too many milliseconds"
        do        = "The dashboard shows whether requests wait for the limit or for Stripe: raise min_nodes or max_nodes in the first case."
        threshold = var.alert_thresholds.latency_ms
      }
      instances = {
        enabled   = length(local.watched.max_nodes) > 0
        filter    = "metric.type=\"run.googleapis.com/container/instance_count\" AND ${local.of_services.max_nodes}"
        aligner   = "ALIGN_MAX"
        reducer   = "REDUCE_SUM"
        severity  = "WARNING"
        title     = "a function runs nearly max_nodes instances"
        do        = "Raise max_nodes, within Cloud Run's quota of the region and account_ceiling."
        threshold = max(1, floor(var.max_nodes * var.alert_thresholds.instances))
        # The metric counts active and idle instances of each revision separately. max_nodes limits their sum.
        by = ["resource.label.service_name"]
      }
      # Counts the messages that the function dead-lettered and those that Pub/Sub forwarded itself.
      dead_letters = {
        enabled   = contains(module.blueprint.made_topics, "dead_letter_topic")
        filter    = "metric.type=\"pubsub.googleapis.com/subscription/num_undelivered_messages\" AND ${local.subscription}=\"${module.blueprint.names.dead_letter_topic}\""
        aligner   = "ALIGN_MAX"
        reducer   = "REDUCE_SUM"
        severity  = "ERROR"
        title     = "messages wait in the dead-letter subscription"
        do        = "stripe-connector dead-letters list shows them with their reasons; replay sends them again."
        threshold = var.alert_thresholds.dead_letters
      }
      # If the settings name a dead-letter topic, its owner has the subscription, so the alert counts the messages that are
      # published. Metrics of a topic are in the project of the topic. If that is another project, watch it there.
      named_dead_letters = {
        enabled   = local.names_dead_letters
        filter    = "metric.type=\"pubsub.googleapis.com/topic/send_request_count\" AND resource.type=\"pubsub_topic\" AND resource.labels.topic_id=\"${local.names_dead_letters ? basename(var.dead_letter_topic) : ""}\""
        aligner   = "ALIGN_DELTA"
        reducer   = "REDUCE_SUM"
        severity  = "ERROR"
        title     = "messages are published to the dead-letter topic"
        do        = "Their attributes have the reasons; stripe-connector dead-letters list shows those that the connector published."
        threshold = var.alert_thresholds.dead_letters
      }
      forwarded = {
        enabled   = local.names_dead_letters
        filter    = "metric.type=\"pubsub.googleapis.com/subscription/dead_letter_message_count\" AND ${local.subscription}=\"${module.blueprint.names.automation_topic}\""
        aligner   = "ALIGN_DELTA"
        reducer   = "REDUCE_SUM"
        severity  = "ERROR"
        title     = "Pub/Sub forwards messages that the function did not answer"
        do        = "The log of automation shows why: a time-out, memory, or Pub/Sub may not call the function."
        threshold = var.alert_thresholds.dead_letters
      }
      backlog = {
        enabled   = var.enable_automation
        filter    = "metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND ${local.subscription}=\"${module.blueprint.names.automation_topic}\""
        aligner   = "ALIGN_MAX"
        reducer   = "REDUCE_MAX"
        severity  = "WARNING"
        title     = "the oldest message waits too many seconds"
        do        = "Messages come faster than the limit lets them through, or each is retried: the log of automation has their errors."
        threshold = var.alert_thresholds.backlog_s
      }
      webhook = {
        enabled   = var.enable_events
        filter    = "metric.type=\"run.googleapis.com/request_count\" AND resource.type=\"cloud_run_revision\" AND resource.labels.location=\"${var.region}\" AND resource.labels.service_name=\"${try(local.service_names["stripe-events"], "")}\" AND metric.labels.response_code_class=\"4xx\""
        aligner   = "ALIGN_DELTA"
        reducer   = "REDUCE_SUM"
        severity  = "WARNING"
        title     = "deliveries of Stripe's events are rejected"
        do        = "The signing secret in webhook_secrets is not the endpoint's, or others send requests: verbosity 2 logs webhook signature rejected."
        threshold = var.alert_thresholds.webhook
      }
    } : key => alert if var.enable_alerts && alert.enabled
  }

  channels = concat(var.alert_channels, [for channel in google_monitoring_notification_channel.email : channel.id])
}

resource "google_monitoring_notification_channel" "email" {
  for_each = toset(var.alert_emails)

  project      = var.project
  display_name = "Stripe connection ${var.name}: ${each.value}"
  type         = "email"
  labels       = { email_address = each.value }
  user_labels  = var.labels
}

resource "google_monitoring_alert_policy" "alert" {
  for_each = local.alerts

  project      = var.project
  display_name = "Stripe connection ${var.name}: ${each.value.title}"
  combiner     = "OR"
  severity     = each.value.severity
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
        cross_series_reducer = each.value.reducer
        group_by_fields      = try(each.value.by, [])
      }
    }
  }
  alert_strategy {
    auto_close = "1800s"
  }
  documentation {
    content   = each.value.do
    mime_type = "text/markdown"
  }
  notification_channels = local.channels
}
