# The account, its rights, and the version of the integration.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789" }
  }
  mock_resource "google_service_account" {
    defaults = { email = "made@shop-prod.iam.gserviceaccount.com", id = "projects/shop-prod/serviceAccounts/made@shop-prod.iam.gserviceaccount.com" }
  }
  mock_resource "google_integrations_auth_config" {
    defaults = { name = "projects/shop-prod/locations/europe-west1/authConfigs/0000-1111" }
  }
}

variables {
  project            = "shop-prod"
  region             = "europe-west1"
  topic              = "projects/shop-prod/topics/stripe-events"
  type               = "invoice.paid"
  get_entity_url     = "https://get-entity.example.run.app"
  get_entity_service = "stripe-get-entity"
  entity             = "Invoice"
  # The tests make nothing.
  publish = false
}

run "the_version_is_whole" {
  assert {
    condition     = jsondecode(output.integration).triggerConfigs[0].triggerId == "cloud_pubsub_external_trigger/projects/cloud-crm-eventbus-cpsexternal/subscriptions/shop-prod_stripe-events" && jsondecode(output.integration).triggerConfigs[0].startTasks[0].condition == "$CloudPubSubMessage.attributes.type$ = \"invoice.paid\""
    error_message = "the topic's trigger, with the type as its condition"
  }
  assert {
    condition     = jsondecode(jsondecode(output.integration).taskConfigs[0].parameters.authConfig.value.jsonValue).authConfigId == "0000-1111" && jsondecode(output.integration).taskConfigs[0].parameters.url.value.stringValue == var.get_entity_url
    error_message = "the task calls get-entity with the profile's token"
  }
  assert {
    condition     = jsondecode(jsondecode(output.integration).taskConfigs[0].parameters.requestBody.value.stringValue).entity == "Invoice"
    error_message = "and reads the entity of the type"
  }
  assert {
    condition     = google_project_iam_member.invoker.role == "roles/integrations.integrationInvoker" && google_cloud_run_v2_service_iam_member.get_entity.name == "stripe-get-entity" && google_integrations_auth_config.get_entity.decrypted_credential[0].oidc_token[0].audience == var.get_entity_url
    error_message = "starts the integration, and calls get-entity"
  }
  assert {
    condition     = length(google_integrations_client.region) == 1
    error_message = "the region is provisioned"
  }
}

run "a_region_that_is_provisioned" {
  command = plan
  variables {
    create_client = false
  }
  assert {
    condition     = length(google_integrations_client.region) == 0
    error_message = "not twice"
  }
}

run "terraform_publishes_the_integration" {
  command = plan
  variables {
    publish = true
  }
  assert {
    condition     = length(terraform_data.published) == 1
    error_message = "without a further step"
  }
}

run "an_entity_of_the_catalog" {
  command = plan
  variables {
    entity = "invoice"
  }
  expect_failures = [var.entity]
}
