# The accounts that plan and deploy from GitHub Actions, without a key: Workload Identity Federation.
# https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines

locals {
  pool = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.github.name}"
  # Each account: the GitHub workflows that may use it, and its roles on the project.
  identities = {
    plan = {
      subject = "${local.pool}/attribute.repository/${var.repository}"
      roles   = ["roles/viewer", "roles/iam.securityReviewer", "roles/storage.objectViewer"]
    }
    deploy = {
      subject = "${local.pool}/attribute.deploys/${var.repository}@refs/heads/${var.branch}@push"
      roles = [
        "roles/serviceusage.serviceUsageAdmin", "roles/resourcemanager.projectIamAdmin", "roles/iam.serviceAccountAdmin",
        "roles/iam.serviceAccountUser", "roles/cloudfunctions.admin", "roles/run.admin", "roles/artifactregistry.admin",
        "roles/storage.admin", "roles/secretmanager.admin", "roles/datastore.owner", "roles/pubsub.admin",
        "roles/cloudscheduler.admin", "roles/monitoring.editor", "roles/logging.configWriter",
      ]
    }
  }
  grants = merge([for name, identity in local.identities : { for role in identity.roles : "${name} ${role}" => { name = name, role = role } }]...)
}

# An empty project has none of these: https://docs.cloud.google.com/service-usage/docs/enabled-service
resource "google_project_service" "service" {
  for_each = toset(["cloudresourcemanager", "iam", "iamcredentials", "sts"])

  project            = var.project
  service            = "${each.value}.googleapis.com"
  disable_on_destroy = false
}

resource "google_iam_workload_identity_pool" "github" {
  project                   = var.project
  workload_identity_pool_id = var.pool
  display_name              = "GitHub Actions"
  depends_on                = [google_project_service.service]
}

resource "google_iam_workload_identity_pool_provider" "github" {
  project                            = var.project
  workload_identity_pool_id          = google_iam_workload_identity_pool.github.workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  # No other repository gets a token.
  # https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines#conditions
  attribute_condition = join(" && ", concat(
    ["assertion.repository == \"${var.repository}\""],
    var.repository_id == null ? [] : ["assertion.repository_id == \"${var.repository_id}\""],
  ))
  attribute_mapping = {
    "google.subject"       = "assertion.sub"
    "attribute.repository" = "assertion.repository"
    # A pull request runs on refs/pull/N/merge. pull_request_target runs on the branch and may run code of anybody.
    # https://docs.github.com/actions/reference/security/oidc
    "attribute.deploys" = "assertion.repository + \"@\" + assertion.ref + \"@\" + assertion.event_name"
  }
  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

resource "google_service_account" "identity" {
  for_each = local.identities

  project      = var.project
  account_id   = "stripe-connector-${each.key}"
  display_name = "GitHub Actions: ${each.key}"
  description  = "terraform ${each.key} of ${var.repository}"
  depends_on   = [google_project_service.service]
}

resource "google_service_account_iam_member" "federation" {
  for_each = local.identities

  service_account_id = google_service_account.identity[each.key].name
  role               = "roles/iam.workloadIdentityUser"
  member             = each.value.subject
  depends_on         = [google_iam_workload_identity_pool_provider.github]
}

resource "google_project_iam_member" "identity" {
  for_each = local.grants

  project = var.project
  role    = each.value.role
  member  = "serviceAccount:${google_service_account.identity[each.value.name].email}"
}
