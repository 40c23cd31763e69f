# Who plans and who deploys from GitHub Actions, without a key: Workload Identity Federation.
# https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines

terraform {
  required_version = ">= 1.9"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 7.32, < 9.0"
    }
  }
}

variable "project" {
  description = "id of the Google Cloud project"
  type        = string
}

variable "repository" {
  description = "GitHub repository that deploys, such as your-company/stripe-connector"
  type        = string
  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", var.repository))
    error_message = "repository: OWNER/NAME"
  }
}

variable "branch" {
  description = "branch that deploys; every other branch and every pull request only plans"
  type        = string
  default     = "main"
}

locals {
  pool = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.github.name}"
  # Each identity, whom it acts for, and its roles on the project.
  identities = {
    plan = {
      subject = "${local.pool}/attribute.repository/${var.repository}"
      roles   = ["roles/viewer", "roles/iam.securityReviewer", "roles/storage.objectViewer"]
    }
    deploy = {
      subject = "${local.pool}/attribute.deploys/${var.repository}@refs/heads/${var.branch}"
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

resource "google_iam_workload_identity_pool" "github" {
  project                   = var.project
  workload_identity_pool_id = "github"
  display_name              = "GitHub Actions"
}

resource "google_iam_workload_identity_pool_provider" "github" {
  project                            = var.project
  workload_identity_pool_id          = google_iam_workload_identity_pool.github.workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  # No other repository gets a token at all.
  attribute_condition = "assertion.repository == \"${var.repository}\""
  attribute_mapping = {
    "google.subject"       = "assertion.sub"
    "attribute.repository" = "assertion.repository"
    # A pull request runs on refs/pull/N/merge.
    "attribute.deploys" = "assertion.repository + \"@\" + assertion.ref"
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

output "provider" {
  description = "for the variable WORKLOAD_IDENTITY_PROVIDER of the GitHub repository"
  value       = google_iam_workload_identity_pool_provider.github.name
}

output "accounts" {
  description = "service accounts, for the variables PLAN_ACCOUNT and DEPLOY_ACCOUNT"
  value       = { for name, account in google_service_account.identity : name => account.email }
}
