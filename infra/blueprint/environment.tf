# Settings -> the environment of every function. Secrets stand in it by their names alone.

locals {
  # Topics that the connection makes for itself, where the settings name none.
  made_topics = {
    automation_topic  = var.enable_automation && local.settings_read.automation_topic == null
    results_topic     = var.enable_automation && local.settings_read.results_topic == null
    dead_letter_topic = var.enable_automation && local.settings_read.dead_letter_topic == null
    events_topic      = var.enable_events && local.settings_read.events_topic == null
  }

  derived = merge(
    { service_account = local.account_emails["callers"] },
    { for key, made in local.made_topics : key => "projects/${var.project}/topics/${local.names[key]}" if made },
    var.enable_events && local.settings_read.webhook_url == null ? {
      # The address that Cloud Run functions have besides the one with a hash: known before the first deployment.
      webhook_url = "https://${local.settings_read.region}-${var.project}.cloudfunctions.net/${local.function_names["stripe-events"]}"
    } : {},
  )

  settings = merge(local.settings_set, local.derived)

  environment = {
    CONNECTION_SETTINGS  = jsonencode(local.settings)
    GOOGLE_CLOUD_PROJECT = var.project
    FIRESTORE_DATABASE   = var.database
    # Without it the framework would answer broken JSON with a page of HTML and a stack.
    NODE_ENV = "production"
    # Where the buildpack puts a function's sources, and the cache that build-compile-cache.cjs writes there.
    NODE_COMPILE_CACHE = "/workspace/.compile-cache"
  }
}
