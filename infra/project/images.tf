# The repositories of the functions' images: one in each region. Without it Cloud Functions makes `gcf-artifacts`
# during the first deployment, and the creation of several functions at the same time fails:
# https://github.com/firebase/firebase-tools/issues/5588

# This data source depends only on the Cloud Resource Manager API. If it depended on all APIs, an upgrade that enables
# another one would defer it to apply: the project number would be unknown in the plan, and every grant to a service
# agent would be replaced.
data "google_project" "this" {
  project_id = var.project
  depends_on = [google_project_service.resource_manager]
}

resource "google_artifact_registry_repository" "images" {
  for_each = toset(var.regions)

  project       = var.project
  location      = each.value
  repository_id = "stripe-connector"
  description   = "Images of the functions of Stripe connections"
  format        = "DOCKER"
  labels        = var.labels
  kms_key_name  = var.kms_key
  depends_on    = [google_project_service.service, google_kms_crypto_key_iam_member.agent]

  # A rollback needs the images of the last deployments; older ones are deleted. KEEP wins over DELETE:
  # https://docs.cloud.google.com/artifact-registry/docs/repositories/cleanup-policy
  cleanup_policies {
    id     = "keep-recent"
    action = "KEEP"
    most_recent_versions {
      keep_count = 5
    }
  }
  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"
    condition {
      tag_state  = "ANY"
      older_than = "2592000s"
    }
  }
}

# Cloud Functions reads the repository as its service agent. Google grants the agent its role on a new project some time
# after the API is enabled. This grant does not depend on that role.
resource "google_artifact_registry_repository_iam_member" "functions_agent" {
  for_each = toset(var.regions)

  project    = var.project
  location   = each.value
  repository = google_artifact_registry_repository.images[each.value].name
  role       = "roles/artifactregistry.reader"
  member     = "serviceAccount:service-${data.google_project.this.number}@gcf-admin-robot.iam.gserviceaccount.com"
}
