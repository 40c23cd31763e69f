# One service for every operation; what topics, schedules, Stripe and MCP clients call stays apart.

mock_provider "google" {
  mock_resource "google_service_account" {
    defaults = { email = "made@shop-prod.iam.gserviceaccount.com", name = "projects/shop-prod/serviceAccounts/made" }
  }
  mock_resource "google_cloudfunctions2_function" {
    defaults = { service_config = { uri = "https://service-xyz.a.run.app" } }
  }
}

variables {
  project              = "shop-prod"
  project_number       = "123456789"
  name                 = "stripe"
  region               = "europe-west1"
  api_key              = "projects/shop-prod/secrets/key/versions/latest"
  webhook_secrets      = ["projects/shop-prod/secrets/hook/versions/1"]
  layout               = "single"
  operations_allowlist = ["List", "Get", "Customer.Create", "ConfirmPaymentIntent"]
  functions            = ["tools"]
  tools_allowlist      = ["List", "Get"]
  enable_automation    = true
  enable_events        = true
  public_webhook       = true
  invokers             = { "*" = ["serviceAccount:shop@shop-prod.iam.gserviceaccount.com"], tools = ["user:agent@example.com"] }
}

run "single" {
  assert {
    condition     = keys(google_cloudfunctions2_function.function) == ["automation", "reconcile-events", "single", "stripe-events", "tools"]
    error_message = "one build for every operation"
  }
  assert {
    condition     = jsondecode(google_cloudfunctions2_function.function["single"].service_config[0].environment_variables["CONNECTION_SETTINGS"]).operations_allowlist == ["List", "Get", "Customer.Create", "ConfirmPaymentIntent"]
    error_message = "the service knows its operations"
  }
  assert {
    condition     = output.urls["create-entity"] == "https://service-xyz.a.run.app/create-entity" && output.urls["connection"] == "https://service-xyz.a.run.app" && output.urls["tools"] == "https://service-xyz.a.run.app"
    error_message = "callers find each function where they look for it"
  }
}

# Neither everyone nor an account that pushes messages or keeps a schedule may invoke the service that writes.
run "others_reach_no_service_of_the_operations" {
  assert {
    condition     = [for grant in google_cloud_run_service_iam_member.webhook : "${grant.service} ${grant.member}"] == ["stripe-stripe-events allUsers"]
    error_message = "everyone reaches the webhook only"
  }
  assert {
    condition     = { for name, grant in google_cloud_run_service_iam_member.machine : name => grant.service } == { automation = "stripe-automation", reconcile-events = "stripe-reconcile-events" }
    error_message = "Pub/Sub and Cloud Scheduler reach their own function only"
  }
  assert {
    condition     = keys(google_service_account.caller) == ["automation", "reconcile-events"] && length(distinct([for account in google_service_account.caller : account.account_id])) == 2
    error_message = "as an account each"
  }
  assert {
    condition     = [for binding in google_cloud_run_service_iam_binding.caller : "${binding.service} ${join(" ", binding.members)}"] == ["stripe-single serviceAccount:shop@shop-prod.iam.gserviceaccount.com", "stripe-tools user:agent@example.com"]
    error_message = "the list of the operations is not that of the tools"
  }
  assert {
    condition     = google_cloudfunctions2_function.function["automation"].service_config[0].ingress_settings == "ALLOW_INTERNAL_ONLY" && google_cloudfunctions2_function.function["reconcile-events"].service_config[0].ingress_settings == "ALLOW_INTERNAL_ONLY"
    error_message = "from inside only"
  }
}

run "each_service_has_its_own_account" {
  assert {
    condition     = { for group, account in google_service_account.runtime : group => account.account_id } == { callers = "stripe-connector", automation = "stripe-automation", stripe-events = "stripe-webhook", reconcile-events = "stripe-reconcile", tools = "stripe-tools" }
    error_message = "five"
  }
  assert {
    condition     = [for name, grant in google_pubsub_topic_iam_member.publisher : name] == ["stripe-automation@shop-prod.iam.gserviceaccount.com dead_letter_topic", "stripe-automation@shop-prod.iam.gserviceaccount.com results_topic", "stripe-reconcile@shop-prod.iam.gserviceaccount.com events_topic", "stripe-webhook@shop-prod.iam.gserviceaccount.com events_topic"]
    error_message = "the service of the operations publishes nothing"
  }
}
