# Alerts on log lines, for problems that no metric of the platform shows. They match the line itself, because a metric of
# the log has no descriptor until its first line. https://docs.cloud.google.com/logging/docs/alerting/log-based-alerts
# The functions write these lines at every verbosity. A test checks this.

locals {
  log_alerts = {
    for key, alert in {
      events = {
        enabled  = var.enable_events
        lines    = ["event gap: older than Stripe's 30-day retention", "event gap: the key may not read API v2's events; give it the permission within 30 days", "held event not published", "event rejected, not published", "a signing secret of the webhook cannot be read", "events of an account not reconciled"]
        where    = ""
        severity = "ERROR"
        title    = "events of Stripe are missing"
        do       = "event gap: read the objects of that time again from Stripe. The others: the topic, the secret, and the rights of the connection's account on them."
      }
      messages = {
        enabled  = var.enable_automation
        lines    = ["invalid pubsub delivery"]
        where    = ""
        severity = "ERROR"
        title    = "a delivery of Pub/Sub is no message for the connection"
        do       = "The push subscription must send wrapped messages: payload unwrapping is not supported."
      }
      limiter = {
        enabled  = true
        lines    = ["failed to count active instances, falling back to min_nodes"]
        where    = ""
        severity = "WARNING"
        title    = "the limit stays at min_nodes, because instances cannot be counted"
        do       = "The module project makes the index of members; see whether it is ready in Firestore's console."
      }
      shared_account = {
        enabled  = true
        lines    = ["connections share a Stripe account without account_ceiling"]
        where    = ""
        severity = "WARNING"
        title    = "connections that use one Stripe account may together exceed its limit"
        do       = "The line names the connections. Give each its share with account_ceiling, together at most Stripe's limit of the account."
      }
      # A connection of another database or project, or another program, uses the account too.
      account_limit = {
        enabled  = true
        lines    = ["throttled by Stripe (429)"]
        where    = " AND jsonPayload.reason=(\"global-rate\" OR \"global-concurrency\")"
        severity = "WARNING"
        title    = "Stripe's limit of the account is reached, although the connection stays below its own"
        do       = "Others use the account, or account_ceiling is above its limit. Give each connection its share with account_ceiling; Stripe's dashboard shows which keys send requests."
      }
      store = {
        enabled  = true
        lines    = ["state store failed"]
        where    = ""
        severity = "ERROR"
        title    = "the state cannot be read or written, so calls get 503"
        do       = "The line's cause says why: the database, its index, or roles/datastore.user of the functions' accounts. stripe-connector check settings.json --live tells them apart."
      }
      revision = {
        enabled  = true
        lines    = ["state of a later version, nothing sent"]
        where    = ""
        severity = "ERROR"
        title    = "an old revision met state that a newer one wrote, and gives 503"
        do       = "Send all traffic to the newer revision: infra/traffic.sh PROJECT REGION 100 SERVICE. A release that stores a later version cannot be rolled back."
      }
      # Google updates the runtime of a function by itself; V8 then rejects the cache that the build wrote.
      compile_cache = {
        enabled  = true
        lines    = ["compile cache"]
        where    = " AND jsonPayload.state=\"miss\""
        severity = "WARNING"
        title    = "cold starts compile the code: the compile cache is of another Node.js"
        do       = "Deploy the functions again: terraform apply with another value of rebuild."
      }
    } : key => alert if var.enable_alerts && alert.enabled
  }
}

resource "google_monitoring_alert_policy" "log" {
  for_each = local.log_alerts

  project      = var.project
  display_name = "Stripe connection ${var.name}: ${each.value.title}"
  combiner     = "OR"
  severity     = each.value.severity
  user_labels  = var.labels
  conditions {
    display_name = join(", ", each.value.lines)
    condition_matched_log {
      filter = join(" AND ", [
        "resource.type=\"cloud_run_revision\"",
        "resource.labels.location=\"${var.region}\"",
        "resource.labels.service_name=(${join(" OR ", [for name in values(local.service_names) : "\"${name}\""])})",
        "jsonPayload.message=(${join(" OR ", [for line in each.value.lines : "\"${line}\""])})${each.value.where}",
      ])
    }
  }
  alert_strategy {
    auto_close = "1800s"
    # Required for an alert on log lines: at most one notification an hour.
    notification_rate_limit {
      period = "3600s"
    }
  }
  documentation {
    content   = each.value.do
    mime_type = "text/markdown"
  }
  notification_channels = local.channels
}
