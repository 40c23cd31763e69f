# Resources that a project has once, for all connections.

locals {
  # The APIs for the functions, their build, state, messages and alerts.
  services = concat(
    [
      "artifactregistry", "cloudbuild", "cloudfunctions", "cloudscheduler", "firestore", "iam", "logging", "monitoring",
      "pubsub", "run", "secretmanager", "serviceusage", "storage",
    ],
    var.enable_vpc_connectors ? ["compute", "vpcaccess"] : [],
    var.enable_integration_connectors ? ["connectors"] : [],
    var.kms_key == null ? [] : ["cloudkms"],
  )
}

# The API that reads the project and grants roles on it.
resource "google_project_service" "resource_manager" {
  project            = var.project
  service            = "cloudresourcemanager.googleapis.com"
  disable_on_destroy = false
}

resource "google_project_service" "service" {
  for_each = toset(local.services)

  project            = var.project
  service            = "${each.value}.googleapis.com"
  disable_on_destroy = false
  depends_on         = [google_project_service.resource_manager]
}

# Cloud Build builds the functions' containers as this account. The default account of a new project has no roles.
resource "google_service_account" "build" {
  project      = var.project
  account_id   = "stripe-connector-build"
  display_name = "Builds of Stripe connections"
  description  = "Cloud Build makes the containers of Stripe connections as this account"
  depends_on   = [google_project_service.service]
}

resource "google_project_iam_member" "build" {
  project = var.project
  role    = "roles/cloudbuild.builds.builder"
  member  = "serviceAccount:${google_service_account.build.email}"
}

# Only if Integration Connectors itself calls the functions.
resource "google_project_iam_member" "connectors_admin" {
  for_each = var.enable_integration_connectors ? toset(var.connectors_admins) : []

  project    = var.project
  role       = "roles/connectors.admin"
  member     = each.value
  depends_on = [google_project_service.service]
}
