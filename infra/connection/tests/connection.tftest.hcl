# The Google resources of a connection. The provider is mocked: nothing is asked of Google, no account is needed.

mock_provider "google" {
  mock_resource "google_service_account" {
    defaults = { email = "made@shop-prod.iam.gserviceaccount.com", name = "projects/shop-prod/serviceAccounts/made" }
  }
}

variables {
  project         = "shop-prod"
  project_number  = "123456789"
  name            = "stripe"
  region          = "europe-west1"
  description     = "Payments of the shop"
  labels          = { team = "payments" }
  api_key         = "projects/shop-prod/secrets/key/versions/latest"
  webhook_secrets = ["projects/shop-prod/secrets/hook/versions/1"]
  functions       = ["get-entity", "connection"]
}

run "defaults" {
  variables {
    functions = null
  }
  assert {
    condition     = length(google_cloudfunctions2_function.function) == 15 && length(google_storage_bucket_object.package) == 15
    error_message = "a function and a package for each chosen row"
  }
  assert {
    condition     = alltrue([for one in google_cloudfunctions2_function.function : one.build_config[0].runtime == "nodejs24"])
    error_message = "runtime nodejs24"
  }
  assert {
    condition     = alltrue([for one in google_cloudfunctions2_function.function : one.service_config[0].environment_variables["NODE_ENV"] == "production"])
    error_message = "NODE_ENV=production everywhere"
  }
  assert {
    condition     = alltrue([for one in google_cloudfunctions2_function.function : one.service_config[0].service_account_email == "made@shop-prod.iam.gserviceaccount.com"])
    error_message = "every function runs as the connection's own account"
  }
  assert {
    condition     = [for account in google_service_account.runtime : account.account_id] == ["stripe-connector"] && length(google_service_account.caller) == 0
    error_message = "one account runs; none calls without topics and schedules"
  }
  assert {
    condition     = alltrue([for one in google_cloudfunctions2_function.function : one.service_config[0].max_instance_count == 50 && one.service_config[0].max_instance_request_concurrency == 20 && one.service_config[0].available_cpu == "1"])
    error_message = "max_nodes bounds instances; concurrency needs a whole vCPU"
  }
  assert {
    condition     = sum([for one in google_cloudfunctions2_function.function : one.service_config[0].min_instance_count]) == output.warm_instances && output.warm_instances == 0 && output.warm_usd_a_month == 0
    error_message = "nothing stays warm by default"
  }
  assert {
    condition     = length(google_cloud_run_service_iam_binding.caller) == 0 && length(google_cloud_run_service_iam_member.machine) == 0 && length(google_cloud_run_service_iam_member.webhook) == 0
    error_message = "no member may call a function by default"
  }
  assert {
    condition     = alltrue([for one in google_cloudfunctions2_function.function : length(one.event_trigger) == 0])
    error_message = "no Eventarc trigger: it would make a subscription outside of these settings"
  }
  assert {
    condition     = length(google_pubsub_topic.made) == 0 && length(google_pubsub_subscription.automation) == 0 && length(google_cloud_scheduler_job.reconcile) == 0
    error_message = "no messages and no schedule without being asked for"
  }
  assert {
    condition     = alltrue([for name, one in google_storage_bucket_object.package : one.name == "${name}-${filesha256("../../build/packages/${name}.zip")}.zip"]) && alltrue([for name, one in google_cloudfunctions2_function.function : one.build_config[0].source[0].storage_source[0].object == google_storage_bucket_object.package[name].name])
    error_message = "a package is named by what it holds, so that a function changes only with its package"
  }
  assert {
    condition     = google_storage_bucket.packages[0].uniform_bucket_level_access && google_storage_bucket.packages[0].public_access_prevention == "enforced"
    error_message = "only the build may read packages"
  }
  assert {
    condition     = google_storage_bucket.packages[0].soft_delete_policy[0].retention_duration_seconds == 0
    error_message = "packages can be built again, so deleted ones are not billed"
  }
}

run "secrets_are_readable_one_by_one" {
  variables {
    enable_events  = true
    events_refetch = false
  }
  assert {
    condition     = keys(google_secret_manager_secret_iam_member.accessor) == ["stripe-connector@shop-prod.iam.gserviceaccount.com projects/shop-prod/secrets/key", "stripe-reconcile@shop-prod.iam.gserviceaccount.com projects/shop-prod/secrets/key", "stripe-webhook@shop-prod.iam.gserviceaccount.com projects/shop-prod/secrets/hook"]
    error_message = "the webhook cannot read the API key, and only the webhook reads the signing secret"
  }
  assert {
    condition     = toset([for one in google_secret_manager_secret_iam_member.accessor : one.secret_id]) == toset(["projects/shop-prod/secrets/key", "projects/shop-prod/secrets/hook"])
    error_message = "the named secrets and no others"
  }
  assert {
    condition     = alltrue([for one in google_secret_manager_secret_iam_member.accessor : one.role == "roles/secretmanager.secretAccessor"]) && alltrue([for one in google_secret_manager_secret_iam_member.viewer : one.role == "roles/secretmanager.viewer"]) && keys(google_secret_manager_secret_iam_member.viewer) == keys(google_secret_manager_secret_iam_member.accessor)
    error_message = "accessor and viewer on each, and no more than that"
  }
  assert {
    condition     = alltrue([for one in google_secret_manager_secret_iam_member.accessor : one.member == "serviceAccount:made@shop-prod.iam.gserviceaccount.com"])
    error_message = "for the functions' account alone"
  }
  assert {
    condition     = try(google_secret_manager_secret_iam_member.accessor["stripe-webhook@shop-prod.iam.gserviceaccount.com projects/shop-prod/secrets/hook"].condition[0].expression, "any version") == "resource.name.endsWith(\"/versions/1\")" && length(google_secret_manager_secret_iam_member.accessor["stripe-connector@shop-prod.iam.gserviceaccount.com projects/shop-prod/secrets/key"].condition) == 0
    error_message = "numbered versions alone; latest is any version"
  }
  assert {
    condition     = google_project_iam_member.state["stripe-connector@shop-prod.iam.gserviceaccount.com"].role == "roles/datastore.user" && google_project_iam_member.state["stripe-connector@shop-prod.iam.gserviceaccount.com"].condition[0].expression == "resource.name == \"projects/shop-prod/databases/stripe-connector\""
    error_message = "one database, on the condition of its name"
  }
}

run "an_account_that_is_given_is_used_everywhere" {
  variables {
    service_account = "pay@shop-prod.iam.gserviceaccount.com"
  }
  assert {
    condition     = length(google_service_account.runtime) == 0 && output.service_accounts["callers"] == "pay@shop-prod.iam.gserviceaccount.com"
    error_message = "none is made"
  }
  assert {
    condition     = alltrue([for one in google_cloudfunctions2_function.function : one.service_config[0].service_account_email == "pay@shop-prod.iam.gserviceaccount.com"]) && google_project_iam_member.state["pay@shop-prod.iam.gserviceaccount.com"].member == "serviceAccount:pay@shop-prod.iam.gserviceaccount.com"
    error_message = "functions and rights"
  }
}

run "callers" {
  variables {
    functions = ["get-entity", "customer-update"]
    invokers  = { "customer-update" = ["serviceAccount:crm@shop-prod.iam.gserviceaccount.com"] }
  }
  assert {
    condition     = [for one in google_cloud_run_service_iam_binding.caller : "${one.service} ${one.role} ${join(" ", one.members)}"] == ["stripe-customer-update roles/run.invoker serviceAccount:crm@shop-prod.iam.gserviceaccount.com"]
    error_message = "one operation of one entity, for one caller"
  }
}

run "two_callers" {
  variables {
    functions = ["get-entity"]
    invokers  = { "*" = ["user:a@example.com", "user:b@example.com"], "get-entity" = ["user:b@example.com"] }
  }
  assert {
    condition     = keys(google_cloud_run_service_iam_binding.caller) == ["get-entity"] && toset(google_cloud_run_service_iam_binding.caller["get-entity"].members) == toset(["user:a@example.com", "user:b@example.com"])
    error_message = "one binding for the function, each member once"
  }
}

run "one_of_them_removed" {
  variables {
    functions = ["get-entity"]
    invokers  = { "*" = ["user:b@example.com"] }
  }
  assert {
    condition     = keys(google_cloud_run_service_iam_binding.caller) == ["get-entity"] && join(" ", google_cloud_run_service_iam_binding.caller["get-entity"].members) == "user:b@example.com"
    error_message = "the same binding, with the member that stays"
  }
}

run "networks" {
  variables {
    ingress       = "ALLOW_INTERNAL_AND_GCLB"
    vpc_connector = "projects/shop-prod/locations/europe-west1/connectors/egress"
    vpc_egress    = "ALL_TRAFFIC"
    enable_events = true
  }
  assert {
    condition     = alltrue([for one in google_cloudfunctions2_function.function : one.service_config[0].vpc_connector == "projects/shop-prod/locations/europe-west1/connectors/egress" && one.service_config[0].vpc_connector_egress_settings == "ALL_TRAFFIC"])
    error_message = "every function sends through the connector"
  }
  assert {
    condition     = google_cloudfunctions2_function.function["get-entity"].service_config[0].ingress_settings == "ALLOW_INTERNAL_AND_GCLB" && google_cloudfunctions2_function.function["reconcile-events"].service_config[0].ingress_settings == "ALLOW_INTERNAL_ONLY" && google_cloudfunctions2_function.function["stripe-events"].service_config[0].ingress_settings == "ALLOW_ALL"
    error_message = "callers as said, schedules from inside, Stripe from outside"
  }
}

run "alerts" {
  variables {
    enable_automation = true
    alert_channels    = ["projects/shop-prod/notificationChannels/1"]
    alert_thresholds  = { throttled = 7 }
  }
  assert {
    condition     = toset(keys(google_monitoring_alert_policy.alert)) == toset(["throttled", "dead_letters", "errors", "latency", "instances", "backlog"])
    error_message = "429, dead letters, 5xx"
  }
  assert {
    condition     = google_monitoring_alert_policy.alert["throttled"].conditions[0].condition_threshold[0].threshold_value == 7 && google_monitoring_alert_policy.alert["dead_letters"].conditions[0].condition_threshold[0].threshold_value == 0
    error_message = "the given threshold, the others by default"
  }
  assert {
    condition     = alltrue([for one in google_monitoring_alert_policy.alert : can(regex("^metric.type=\"(run|pubsub)[.]googleapis[.]com/", one.conditions[0].condition_threshold[0].filter)) && one.notification_channels == tolist(["projects/shop-prod/notificationChannels/1"])])
    error_message = "metrics that exist before the first request, and the channels"
  }
  assert {
    condition     = strcontains(google_monitoring_alert_policy.alert["throttled"].conditions[0].condition_threshold[0].filter, "metric.labels.response_code=\"429\"") && strcontains(google_monitoring_alert_policy.alert["errors"].conditions[0].condition_threshold[0].filter, "\"stripe-get-entity\"")
    error_message = "responses of this connection's functions"
  }
  assert {
    condition     = strcontains(google_monitoring_alert_policy.alert["dead_letters"].conditions[0].condition_threshold[0].filter, "subscription_id=\"${google_pubsub_subscription.dead_letters[0].name}\"")
    error_message = "the subscription that keeps dead letters"
  }
}

run "alerts_without_messages" {
  assert {
    condition     = toset(keys(google_monitoring_alert_policy.alert)) == toset(["throttled", "errors", "latency", "instances"])
    error_message = "no dead letters without a dead-letter subscription"
  }
}

run "no_alerts" {
  variables {
    enable_alerts = false
  }
  assert {
    condition     = length(google_monitoring_alert_policy.alert) + length(google_monitoring_alert_policy.log) == 0
    error_message = "none"
  }
}

run "each_numbered_version_that_the_settings_name_is_readable" {
  variables {
    enable_events   = true
    webhook_secrets = ["projects/shop-prod/secrets/hook/versions/1", "projects/shop-prod/secrets/hook/versions/2"]
  }
  assert {
    condition     = try(google_secret_manager_secret_iam_member.accessor["stripe-webhook@shop-prod.iam.gserviceaccount.com projects/shop-prod/secrets/hook"].condition[0].expression, "any version") == "resource.name.endsWith(\"/versions/1\") || resource.name.endsWith(\"/versions/2\")"
    error_message = "two during a rotation"
  }
}

run "sizes_reach_the_functions" {
  variables {
    functions     = ["get-entity"]
    enable_events = true
    cpu           = 0.5
  }
  assert {
    condition     = google_cloudfunctions2_function.function["get-entity"].service_config[0].available_cpu == "0.5" && google_cloudfunctions2_function.function["get-entity"].service_config[0].max_instance_request_concurrency == 1
    error_message = "half a vCPU, one request at a time"
  }
  assert {
    condition     = google_cloudfunctions2_function.function["stripe-events"].service_config[0].max_instance_count == 3 && google_cloudfunctions2_function.function["stripe-events"].service_config[0].available_cpu == "1"
    error_message = "three instances of the webhook"
  }
}

run "more_requests_at_a_time" {
  variables {
    concurrency           = 80
    enable_events         = true
    webhook_max_instances = 5
  }
  assert {
    condition     = google_cloudfunctions2_function.function["get-entity"].service_config[0].max_instance_request_concurrency == 80 && google_cloudfunctions2_function.function["get-entity"].service_config[0].available_memory == "512Mi" && google_cloudfunctions2_function.function["stripe-events"].service_config[0].max_instance_count == 5
    error_message = "concurrency and webhook_max_instances"
  }
}

run "alerts_on_lines_of_the_log" {
  variables {
    enable_events     = true
    enable_automation = true
    alert_emails      = ["oncall@example.com"]
  }
  assert {
    condition     = toset(keys(google_monitoring_alert_policy.log)) == toset(["events", "messages", "limiter", "shared_account", "account_limit", "store", "revision", "compile_cache"]) && contains(keys(google_monitoring_alert_policy.alert), "webhook")
    error_message = "events and messages where they are enabled"
  }
  assert {
    condition     = alltrue([for policy in google_monitoring_alert_policy.log : policy.alert_strategy[0].notification_rate_limit[0].period == "3600s" && strcontains(policy.conditions[0].condition_matched_log[0].filter, "\"stripe-get-entity\"")])
    error_message = "one message an hour, of this connection's functions"
  }
  assert {
    condition     = strcontains(google_monitoring_alert_policy.log["events"].conditions[0].condition_matched_log[0].filter, "jsonPayload.message=(\"event gap: older than Stripe's 30-day retention\" OR ")
    error_message = "gaps in events"
  }
  assert {
    condition     = strcontains(google_monitoring_alert_policy.log["account_limit"].conditions[0].condition_matched_log[0].filter, "jsonPayload.message=(\"throttled by Stripe (429)\") AND jsonPayload.reason=(\"global-rate\" OR ")
    error_message = "Stripe's limit of the account, not of one endpoint or object"
  }
  assert {
    condition     = google_monitoring_notification_channel.email["oncall@example.com"].type == "email" && google_monitoring_notification_channel.email["oncall@example.com"].labels["email_address"] == "oncall@example.com" && alltrue([for policy in concat(values(google_monitoring_alert_policy.alert), values(google_monitoring_alert_policy.log)) : length(policy.notification_channels) == 1])
    error_message = "each address gets each alert"
  }
  assert {
    condition     = !strcontains(google_monitoring_alert_policy.alert["latency"].conditions[0].condition_threshold[0].filter, "stripe-automation") && strcontains(google_monitoring_alert_policy.alert["errors"].conditions[0].condition_threshold[0].filter, "stripe-automation")
    error_message = "automation holds messages on purpose"
  }
}

# Cloud Monitoring rejects a filter of no services.
run "alerts_without_functions_for_callers" {
  variables {
    functions         = []
    enable_automation = true
  }
  assert {
    condition     = !anytrue([for policy in google_monitoring_alert_policy.alert : strcontains(policy.conditions[0].condition_threshold[0].filter, "one_of()")])
    error_message = "each filter names a service"
  }
}

run "instances" {
  variables {
    enable_events         = true
    max_nodes             = 10
    webhook_max_instances = 3
  }
  assert {
    condition     = google_monitoring_alert_policy.alert["instances"].conditions[0].condition_threshold[0].aggregations[0].cross_series_reducer == "REDUCE_SUM" && google_monitoring_alert_policy.alert["instances"].conditions[0].condition_threshold[0].aggregations[0].group_by_fields == tolist(["resource.label.service_name"])
    error_message = "max_nodes bounds the sum of a function's active and idle instances"
  }
  assert {
    condition     = google_monitoring_alert_policy.alert["instances"].conditions[0].condition_threshold[0].threshold_value == 8 && !strcontains(google_monitoring_alert_policy.alert["instances"].conditions[0].condition_threshold[0].filter, "stripe-stripe-events")
    error_message = "functions that max_nodes bounds"
  }
}

run "few_nodes" {
  variables {
    min_nodes = 0
    max_nodes = 1
  }
  assert {
    condition     = google_monitoring_alert_policy.alert["instances"].conditions[0].condition_threshold[0].threshold_value == 1
    error_message = "one instance of one is no alert"
  }
}

run "dashboard" {
  variables {
    enable_automation = true
    max_wait_ms       = 4000
  }
  assert {
    condition     = length(jsondecode(google_monitoring_dashboard.connection[0].dashboard_json).mosaicLayout.tiles) == 14
    error_message = "a chart each, at the default verbosity"
  }
  assert {
    condition     = [for tile in jsondecode(google_monitoring_dashboard.connection[0].dashboard_json).mosaicLayout.tiles : tile.widget.xyChart.thresholds[*].value if can(regex("line is|Rate used", tile.widget.title))] == [[100], [100], [4000], [50]]
    error_message = "the limits are lines"
  }
  assert {
    condition     = jsondecode(google_monitoring_dashboard.connection[0].dashboard_json).mosaicLayout.tiles[1].widget.xyChart.dataSets[0].timeSeriesQuery.prometheusQuery == "100 * sum(rate(logging_googleapis_com:user_stripe_sent_sum{monitored_resource=\"cloud_run_revision\"}[5m])) / 100"
    error_message = "the rate used is of requests to Stripe, not of requests to the functions"
  }
  assert {
    condition     = alltrue([for tile in jsondecode(google_monitoring_dashboard.connection[0].dashboard_json).mosaicLayout.tiles : length(tile.widget.xyChart.dataSets[0].timeSeriesQuery) == 1])
    error_message = "each chart has one query"
  }
  assert {
    condition     = { for key, metric in google_logging_metric.request : key => metric.value_extractor } == { sent = "EXTRACT(jsonPayload.sent)", added-latency = "EXTRACT(jsonPayload.addedMs)", token-wait = "EXTRACT(jsonPayload.longestWaitMs)", stripe-time = "EXTRACT(jsonPayload.stripeMs)" } && alltrue([for metric in google_logging_metric.request : endswith(metric.filter, "jsonPayload.message=\"requests of a minute\"")])
    error_message = "the line that each instance prints once a minute"
  }
}

run "no_dashboard" {
  variables {
    enable_dashboard = false
  }
  assert {
    condition     = length(google_monitoring_dashboard.connection) + length(google_logging_metric.request) == 0
    error_message = "none"
  }
}

run "labels_reach_what_has_the_field" {
  variables {
    enable_automation = true
    enable_events     = true
  }
  assert {
    condition = alltrue(concat(
      [for one in google_cloudfunctions2_function.function : one.labels["team"] == "payments"],
      [for one in google_pubsub_topic.made : one.labels["team"] == "payments"],
      [for one in google_pubsub_subscription.automation : one.labels["team"] == "payments"],
      [for one in google_pubsub_subscription.dead_letters : one.labels["team"] == "payments"],
      [for one in google_monitoring_alert_policy.alert : one.user_labels["team"] == "payments"],
      [google_storage_bucket.packages[0].labels["team"] == "payments"],
    ))
    error_message = "functions, topics, subscriptions, alerts, the bucket"
  }
  assert {
    condition     = google_service_account.runtime["callers"].description == "Payments of the shop"
    error_message = "the description"
  }
}
