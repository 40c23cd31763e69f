# Stripe's events -> the Cloud Pub/Sub trigger of Application Integration -> an integration that reads the object through
# the connector. Google's provider has resources for the region (google_integrations_client) and for the profile
# (google_integrations_auth_config), and none for an integration and its triggers:
# https://github.com/hashicorp/terraform-provider-google/issues/28972. publish.sh uploads and publishes its version.

resource "google_project_service" "service" {
  for_each = toset(["iam.googleapis.com", "integrations.googleapis.com", "pubsub.googleapis.com", "run.googleapis.com"])

  project            = var.project
  service            = each.value
  disable_on_destroy = false
}

resource "google_integrations_client" "region" {
  count = var.create_client ? 1 : 0

  project    = var.project
  location   = var.region
  depends_on = [google_project_service.service]
}

# The trigger starts the integration as this account, and the integration calls get-entity as it.
# https://docs.cloud.google.com/application-integration/docs/configure-pubsub-trigger
resource "google_service_account" "integration" {
  project      = var.project
  account_id   = "${var.name}-run"
  display_name = "Integration ${var.name}"
  depends_on   = [google_project_service.service]
}

resource "google_project_iam_member" "invoker" {
  project = var.project
  role    = "roles/integrations.integrationInvoker"
  member  = "serviceAccount:${google_service_account.integration.email}"
}

resource "google_cloud_run_v2_service_iam_member" "get_entity" {
  project  = var.project
  location = var.region
  name     = var.get_entity_service
  role     = "roles/run.invoker"
  member   = "serviceAccount:${google_service_account.integration.email}"
}

# An ID token for get-entity. https://docs.cloud.google.com/application-integration/docs/configure-authentication-profiles
resource "google_integrations_auth_config" "get_entity" {
  project      = var.project
  location     = var.region
  display_name = "${var.name}-get-entity"
  description  = "ID token of ${google_service_account.integration.email} for get-entity"
  decrypted_credential {
    credential_type = "OIDC_TOKEN"
    oidc_token {
      service_account_email = google_service_account.integration.email
      audience              = var.get_entity_url
    }
  }
  depends_on = [google_integrations_client.region]
}

locals {
  integration = templatefile("${path.module}/integration.json", {
    project     = var.project
    topic       = reverse(split("/", var.topic))[0]
    type        = var.type
    entity      = var.entity
    account     = google_service_account.integration.email
    url         = var.get_entity_url
    auth_config = reverse(split("/", google_integrations_auth_config.get_entity.name))[0]
  })
}

resource "terraform_data" "published" {
  count = var.publish ? 1 : 0

  triggers_replace = [local.integration]
  provisioner "local-exec" {
    command     = "${path.module}/publish.sh"
    environment = local.publication
  }
  depends_on = [google_project_iam_member.invoker, google_cloud_run_v2_service_iam_member.get_entity]
}

locals {
  publication = { PROJECT = var.project, REGION = var.region, NAME = var.name, INTEGRATION = local.integration }
}

# Messages that the trigger did not accept stay for a week in the subscription that the integration creates: see the README.
