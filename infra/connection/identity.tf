# Service accounts of the functions, and the members that may call them.

locals {
  accounts        = module.blueprint.accounts
  account_emails  = { for group, account in local.accounts : group => account.made ? google_service_account.runtime[group].email : account.email }
  account_members = { for group, email in local.account_emails : group => "serviceAccount:${email}" }
  # The key of a grant is the account, not the group. If an account moved to another group, Terraform would create the new
  # grant and delete the old one, which is the same grant, in any order.
  holders = { for group, account in local.accounts : account.email => group }
  secret_grants = merge([for email, group in local.holders : { for secret in local.accounts[group].secrets : "${email} ${secret}" => {
    group    = group
    secret   = secret
    versions = [for version in local.accounts[group].secret_versions : split("/versions/", version)[1] if startswith(version, "${secret}/versions/")]
  } }]...)

  called_by_machine = { for name, one in module.blueprint.functions : name => one.name if one.called_by_machine }
  callers           = { for name, one in module.blueprint.functions : name => one if length(one.invokers) > 0 }
}

# An account for each group of functions. The public webhook does not have the account that may read the API key.
resource "google_service_account" "runtime" {
  for_each = { for group, account in local.accounts : group => account if account.made }

  project      = var.project
  account_id   = each.value.id
  display_name = each.key == "callers" ? "Stripe connection ${var.name}" : "Stripe connection ${var.name}: ${each.key}"
  description  = substr(coalesce(var.description, "Functions of the Stripe connection ${var.name}"), 0, 256)
}

# The accounts as which Pub/Sub calls automation and Cloud Scheduler calls reconcile-events. They may do nothing else.
resource "google_service_account" "caller" {
  for_each = local.called_by_machine

  project      = var.project
  account_id   = module.blueprint.names["caller/${each.key}"]
  display_name = "Caller of ${each.key} of the Stripe connection ${var.name}"
  description  = "Pub/Sub and Cloud Scheduler call the function ${each.key} as this account"
}

resource "google_secret_manager_secret_iam_member" "accessor" {
  for_each = local.secret_grants

  secret_id = each.value.secret
  role      = "roles/secretmanager.secretAccessor"
  member    = local.account_members[each.value.group]

  # Only the numbered versions of the settings. With latest every version.
  # https://docs.cloud.google.com/iam/docs/conditions-attribute-reference#resource-name
  dynamic "condition" {
    for_each = contains(each.value.versions, "latest") ? [] : [each.value.versions]
    content {
      title       = "named-versions"
      description = "Versions that the settings of the Stripe connection ${var.name} name"
      expression  = join(" || ", [for version in condition.value : "resource.name.endsWith(\"/versions/${version}\")"])
    }
  }

  # A new version is granted before the functions read it, and the old grant is removed afterwards.
  lifecycle {
    create_before_destroy = true
  }
}

# The right to list versions, not to read their values.
resource "google_secret_manager_secret_iam_member" "viewer" {
  for_each = local.secret_grants

  secret_id = each.value.secret
  role      = "roles/secretmanager.viewer"
  member    = local.account_members[each.value.group]
}

# One binding for each function, because members may be unknown until apply, and the removal of a member must not revoke
# another. A function that is replaced loses its policy, so the binding is replaced with it.
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
  member     = "serviceAccount:${google_service_account.caller[each.key].email}"
  depends_on = [google_cloudfunctions2_function.function]
}

# Domain restricted sharing rejects allUsers. An organization can allow it for resources with a tag:
# https://cloud.google.com/blog/topics/developers-practitioners/how-create-public-cloud-run-services-when-domain-restricted-sharing-enforced
resource "google_tags_location_tag_binding" "webhook" {
  count = var.enable_events && var.webhook_tag != null ? 1 : 0

  parent     = "//run.googleapis.com/projects/${var.project_number}/locations/${var.region}/services/${module.blueprint.functions["stripe-events"].name}"
  location   = var.region
  tag_value  = var.webhook_tag
  depends_on = [google_cloudfunctions2_function.function]
}

# The only public function: Stripe has no Google account. It rejects requests that Stripe did not sign.
resource "google_cloud_run_service_iam_member" "webhook" {
  count = var.enable_events && var.public_webhook ? 1 : 0

  project    = var.project
  location   = var.region
  service    = module.blueprint.functions["stripe-events"].name
  role       = "roles/run.invoker"
  member     = "allUsers"
  depends_on = [google_cloudfunctions2_function.function, google_tags_location_tag_binding.webhook]
}
