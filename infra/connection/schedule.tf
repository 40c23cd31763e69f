# Runs reconcile-events, which reads from Stripe's list the events that no webhook delivered.

resource "google_cloud_scheduler_job" "reconcile" {
  count = var.enable_events ? 1 : 0

  project     = var.project
  region      = coalesce(var.scheduler_region, var.region)
  name        = module.blueprint.names.reconcile_job
  description = "Events of Stripe that no webhook delivered to the connection ${var.name}"
  schedule    = var.reconcile_schedule
  time_zone   = "Etc/UTC"
  # The function runs for at most 300 s.
  attempt_deadline = "320s"

  http_target {
    http_method = "POST"
    uri         = google_cloudfunctions2_function.function["reconcile-events"].service_config[0].uri
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode("{}")
    oidc_token {
      service_account_email = google_service_account.caller["reconcile-events"].email
      audience              = google_cloudfunctions2_function.function["reconcile-events"].service_config[0].uri
    }
  }
  # The next run continues where this one stopped.
  retry_config {
    retry_count = 0
  }

  depends_on = [google_cloud_run_service_iam_member.machine]
}
