# Who the functions are, and who may call them.

locals {
  runtime_account = var.service_account == null ? google_service_account.runtime[0].email : var.service_account
  runtime_member  = "serviceAccount:${local.runtime_account}"
  caller_member   = "serviceAccount:${google_service_account.caller.email}"

  called_by_machine = { for name, one in module.blueprint.functions : name => one.name if one.called_by_machine }
  callers           = { for name, one in module.blueprint.functions : name => one if length(one.invokers) > 0 }
}

resource "google_service_account" "runtime" {
  count = module.blueprint.runtime_account.made ? 1 : 0

  project      = var.project
  account_id   = module.blueprint.names.runtime_account
  display_name = "Stripe connection ${var.name}"
  description  = substr(coalesce(var.description, "Functions of the Stripe connection ${var.name}"), 0, 256)
}

# As whom Pub/Sub and Cloud Scheduler call. It may call those two functions and do nothing else.
resource "google_service_account" "caller" {
  project      = var.project
  account_id   = module.blueprint.names.caller_account
  display_name = "Callers of the Stripe connection ${var.name}"
  description  = "Pub/Sub and Cloud Scheduler call the Stripe connection ${var.name} as this account"
}

resource "google_secret_manager_secret_iam_member" "accessor" {
  for_each = toset(module.blueprint.secrets)

  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = local.runtime_member
}

# Which versions there are, never what they hold.
resource "google_secret_manager_secret_iam_member" "viewer" {
  for_each = toset(module.blueprint.secrets)

  secret_id = each.value
  role      = "roles/secretmanager.viewer"
  member    = local.runtime_member
}

# One binding for each function: removing one member cannot revoke another, and members may be unknown until apply.
# A function that is replaced loses its policy, so the binding is replaced with it.
resource "google_cloud_run_service_iam_binding" "caller" {
  for_each = local.callers

  project    = var.project
  location   = var.region
  service    = each.value.name
  role       = "roles/run.invoker"
  members    = distinct(each.value.invokers)
  depends_on = [google_cloudfunctions2_function.function]

  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.function[each.key].id]
  }
}

resource "google_cloud_run_service_iam_member" "machine" {
  for_each = local.called_by_machine

  project    = var.project
  location   = var.region
  service    = each.value
  role       = "roles/run.invoker"
  member     = local.caller_member
  depends_on = [google_cloudfunctions2_function.function]
}

# The one door that is open to all: Stripe has no Google account. What is not signed by Stripe is refused there.
resource "google_cloud_run_service_iam_member" "webhook" {
  count = var.enable_events && var.public_webhook ? 1 : 0

  project    = var.project
  location   = var.region
  service    = module.blueprint.functions["stripe-events"].name
  role       = "roles/run.invoker"
  member     = "allUsers"
  depends_on = [google_cloudfunctions2_function.function]
}
