# The environment of every function, from the settings. It has the names of secrets, not their values.

locals {
  # Topics that the connection creates because the settings do not name them.
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
      # Cloud Run functions have two addresses. This one has no hash, so it is known before the first deployment.
      webhook_url = "https://${local.settings_read.region}-${var.project}.cloudfunctions.net/${local.function_names["stripe-events"]}"
    } : {},
  )

  settings = merge(local.settings_set, local.derived)

  environment = {
    CONNECTION_SETTINGS  = jsonencode(local.settings)
    GOOGLE_CLOUD_PROJECT = var.project
    FIRESTORE_DATABASE   = var.database
    # Without this variable the framework responds to invalid JSON with an HTML page that shows a stack trace.
    NODE_ENV = "production"
    # The buildpack copies a function's sources to /workspace, and build-compile-cache.cjs writes the cache there.
    NODE_COMPILE_CACHE = "/workspace/.compile-cache"
  }
}
