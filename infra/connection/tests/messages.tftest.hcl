# Messages in, results out, dead letters kept; Stripe's events.

mock_provider "google" {
  mock_resource "google_service_account" {
    defaults = { email = "made@shop-prod.iam.gserviceaccount.com", name = "projects/shop-prod/serviceAccounts/made" }
  }
  mock_resource "google_cloudfunctions2_function" {
    defaults = { service_config = { uri = "https://function-xyz.a.run.app" } }
  }
}

variables {
  project           = "shop-prod"
  project_number    = "123456789"
  name              = "stripe"
  region            = "europe-west1"
  api_key           = "projects/shop-prod/secrets/key/versions/latest"
  functions         = ["get-entity"]
  enable_automation = true
  enable_events     = true
}

run "automation" {
  variables {
    max_delivery_attempts = 20
  }
  assert {
    condition     = google_pubsub_subscription.automation[0].topic == "projects/shop-prod/topics/stripe-automation" && google_pubsub_subscription.automation[0].ack_deadline_seconds == 600
    error_message = "a throttled message is held for up to 540 s: the deadline is 600"
  }
  assert {
    condition     = google_pubsub_subscription.automation[0].push_config[0].push_endpoint == google_cloudfunctions2_function.function["automation"].service_config[0].uri
    error_message = "pushed to the function"
  }
  assert {
    condition     = google_pubsub_subscription.automation[0].push_config[0].oidc_token[0].service_account_email == google_service_account.caller["automation"].email && google_pubsub_subscription.automation[0].push_config[0].oidc_token[0].audience == google_cloudfunctions2_function.function["automation"].service_config[0].uri
    error_message = "signed as the caller, for this function"
  }
  assert {
    condition     = google_pubsub_subscription.automation[0].enable_message_ordering && google_pubsub_subscription.automation[0].retry_policy[0].minimum_backoff == "10s" && google_pubsub_subscription.automation[0].retry_policy[0].maximum_backoff == "600s"
    error_message = "in order, with growing pauses"
  }
  assert {
    condition     = google_pubsub_subscription.automation[0].dead_letter_policy[0].dead_letter_topic == "projects/shop-prod/topics/stripe-dead-letters" && google_pubsub_subscription.automation[0].dead_letter_policy[0].max_delivery_attempts == 20
    error_message = "a dead-letter topic, after as many attempts as the function counts"
  }
  assert {
    condition     = jsondecode(google_cloudfunctions2_function.function["automation"].service_config[0].environment_variables["CONNECTION_SETTINGS"]).max_delivery_attempts == 20
    error_message = "the function knows the same number"
  }
  assert {
    condition     = jsonencode([for one in google_pubsub_subscription.dead_letters : one.message_retention_duration]) == jsonencode(["604800s"])
    error_message = "dead letters have a subscription, or they would be gone"
  }
  assert {
    condition     = google_pubsub_topic_iam_member.forwarder[0].role == "roles/pubsub.publisher" && google_pubsub_topic_iam_member.forwarder[0].topic == "projects/shop-prod/topics/stripe-dead-letters" && google_pubsub_topic_iam_member.forwarder[0].member == "serviceAccount:service-123456789@gcp-sa-pubsub.iam.gserviceaccount.com"
    error_message = "Pub/Sub may publish dead letters"
  }
  assert {
    condition     = google_pubsub_subscription_iam_member.forwarder[0].role == "roles/pubsub.subscriber" && google_pubsub_subscription_iam_member.forwarder[0].subscription == google_pubsub_subscription.automation[0].name && google_pubsub_subscription_iam_member.forwarder[0].member == "serviceAccount:service-123456789@gcp-sa-pubsub.iam.gserviceaccount.com"
    error_message = "Pub/Sub may take them away here"
  }
  assert {
    condition     = google_service_account_iam_member.signer[0].role == "roles/iam.serviceAccountTokenCreator" && google_service_account_iam_member.signer[0].service_account_id == google_service_account.caller["automation"].name
    error_message = "Pub/Sub may sign as the caller, and as no other"
  }
  assert {
    condition     = alltrue([for one in concat(google_pubsub_subscription.automation, google_pubsub_subscription.dead_letters) : one.expiration_policy[0].ttl == ""])
    error_message = "a quiet month deletes no subscription"
  }
  assert {
    condition     = toset([for one in google_pubsub_topic_iam_member.publisher : one.topic]) == toset(["projects/shop-prod/topics/stripe-results", "projects/shop-prod/topics/stripe-dead-letters", "projects/shop-prod/topics/stripe-events"])
    error_message = "the functions publish results, dead letters and events, and send no commands"
  }
}

run "only_the_caller_calls_what_machines_call" {
  assert {
    condition     = toset([for one in google_cloud_run_service_iam_member.machine : "${one.service} ${one.role} ${one.member}"]) == toset(["stripe-automation roles/run.invoker serviceAccount:made@shop-prod.iam.gserviceaccount.com", "stripe-reconcile-events roles/run.invoker serviceAccount:made@shop-prod.iam.gserviceaccount.com"])
    error_message = "automation and reconcile-events, by Pub/Sub and Cloud Scheduler as the caller"
  }
  assert {
    condition     = google_cloudfunctions2_function.function["automation"].service_config[0].ingress_settings == "ALLOW_INTERNAL_ONLY"
    error_message = "from inside the project alone"
  }
  assert {
    condition     = length(google_cloud_run_service_iam_member.webhook) == 0
    error_message = "the webhook is closed until it is opened"
  }
}

run "the_webhook_alone_may_be_public" {
  variables {
    public_webhook = true
  }
  assert {
    condition     = google_cloud_run_service_iam_member.webhook[0].service == "stripe-stripe-events" && google_cloud_run_service_iam_member.webhook[0].member == "allUsers"
    error_message = "stripe-events"
  }
  assert {
    condition     = alltrue([for one in google_cloud_run_service_iam_member.machine : !strcontains(one.member, "all")]) && length(google_cloud_run_service_iam_binding.caller) == 0
    error_message = "nothing else"
  }
}

run "a_tag_lets_the_webhook_be_public" {
  variables {
    public_webhook = true
    webhook_tag    = "tagValues/281478409127147"
  }
  assert {
    condition     = google_tags_location_tag_binding.webhook[0].parent == "//run.googleapis.com/projects/123456789/locations/europe-west1/services/stripe-stripe-events" && google_tags_location_tag_binding.webhook[0].location == "europe-west1"
    error_message = "the service of the webhook, by the number of the project"
  }
}

run "a_tag_without_a_public_webhook_is_rejected" {
  command = plan
  variables {
    webhook_tag = "tagValues/281478409127147"
  }
  expect_failures = [var.webhook_tag]
}

run "a_public_webhook_without_events_opens_nothing" {
  variables {
    enable_events  = false
    public_webhook = true
  }
  assert {
    condition     = length(google_cloud_run_service_iam_member.webhook) == 0 && output.webhook_url == null
    error_message = "there is none"
  }
}

run "reconciliation_is_called_on_schedule" {
  variables {
    reconcile_schedule = "0 * * * *"
    scheduler_region   = "europe-west3"
  }
  assert {
    condition     = google_cloud_scheduler_job.reconcile[0].region == "europe-west3" && google_cloudfunctions2_function.function["reconcile-events"].location == "europe-west1"
    error_message = "the job where Cloud Scheduler is, the function where the connection is"
  }
  assert {
    condition     = google_cloud_scheduler_job.reconcile[0].schedule == "0 * * * *" && google_cloud_scheduler_job.reconcile[0].attempt_deadline == "320s" && google_cloud_scheduler_job.reconcile[0].http_target[0].http_method == "POST"
    error_message = "by the clock, longer than the function works"
  }
  assert {
    condition     = google_cloud_scheduler_job.reconcile[0].http_target[0].oidc_token[0].service_account_email == google_service_account.caller["reconcile-events"].email && google_cloud_scheduler_job.reconcile[0].http_target[0].uri == google_cloudfunctions2_function.function["reconcile-events"].service_config[0].uri
    error_message = "as the caller"
  }
  assert {
    condition     = google_cloudfunctions2_function.function["reconcile-events"].service_config[0].max_instance_count == 1 && google_cloudfunctions2_function.function["reconcile-events"].service_config[0].max_instance_request_concurrency == 1
    error_message = "one at a time"
  }
}

run "topics_that_are_named" {
  variables {
    automation_topic  = "projects/data/topics/asks"
    results_topic     = "projects/data/topics/results"
    dead_letter_topic = "projects/data/topics/dead"
    events_topic      = "projects/data/topics/stripe"
  }
  assert {
    condition     = length(google_pubsub_topic.made) == 0 && length(google_pubsub_subscription.dead_letters) == 0
    error_message = "no topic that the settings name is created"
  }
  assert {
    condition     = google_pubsub_subscription.automation[0].topic == "projects/data/topics/asks" && google_pubsub_topic_iam_member.forwarder[0].topic == "projects/data/topics/dead"
    error_message = "they are used"
  }
  assert {
    condition     = contains(keys(google_monitoring_alert_policy.alert), "named_dead_letters") && !contains(keys(google_monitoring_alert_policy.alert), "dead_letters")
    error_message = "dead letters raise an alert without a subscription of the module"
  }
  assert {
    condition     = strcontains(google_monitoring_alert_policy.alert["named_dead_letters"].conditions[0].condition_threshold[0].filter, "topic_id=\"dead\"") && strcontains(google_monitoring_alert_policy.alert["forwarded"].conditions[0].condition_threshold[0].filter, "subscription_id=\"${google_pubsub_subscription.automation[0].name}\"")
    error_message = "messages that the function publishes, and those that Pub/Sub forwards"
  }
}
