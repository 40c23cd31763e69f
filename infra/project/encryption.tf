# Customer-managed encryption keys, and the audit log of reads.

locals {
  # The service agents that use the key: for packages, images, functions and their services, messages, the database.
  # https://docs.cloud.google.com/iam/docs/service-agents
  agents = ["gs-project-accounts", "gcp-sa-artifactregistry", "gcf-admin-robot", "serverless-robot-prod", "gcp-sa-pubsub", "gcp-sa-firestore"]
}

# A service agent is created some time after its API is enabled. If a grant fails because it does not exist yet, run:
# gcloud beta services identity create --service=firestore.googleapis.com
resource "google_kms_crypto_key_iam_member" "agent" {
  for_each = var.kms_key == null ? [] : toset(local.agents)

  crypto_key_id = var.kms_key
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = "serviceAccount:service-${data.google_project.this.number}@${each.value}.iam.gserviceaccount.com"
  depends_on    = [google_project_service.service]
}

# https://docs.cloud.google.com/logging/docs/audit/configure-data-access
resource "google_project_iam_audit_config" "reads" {
  for_each = var.audit_logs ? toset(["secretmanager.googleapis.com", "firestore.googleapis.com", "cloudkms.googleapis.com"]) : []

  project    = var.project
  service    = each.value
  depends_on = [google_project_service.service]
  audit_log_config {
    log_type = "DATA_READ"
  }
  audit_log_config {
    log_type = "DATA_WRITE"
  }
}
