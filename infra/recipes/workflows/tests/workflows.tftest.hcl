# The trigger, the workflow and the rights of both accounts.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789" }
  }
  mock_resource "google_service_account" {
    defaults = { email = "made@shop-prod.iam.gserviceaccount.com", id = "projects/shop-prod/serviceAccounts/made@shop-prod.iam.gserviceaccount.com" }
  }
  mock_resource "google_workflows_workflow" {
    defaults = { id = "projects/shop-prod/locations/europe-west1/workflows/stripe-workflow" }
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
  set_dead_letters = false
}

run "messages_of_the_topic_start_the_workflow" {
  assert {
    condition     = [for one in google_eventarc_trigger.events.matching_criteria : "${one.attribute}=${one.value}"] == ["type=google.cloud.pubsub.topic.v1.messagePublished"] && google_eventarc_trigger.events.destination[0].workflow == "projects/shop-prod/locations/europe-west1/workflows/stripe-workflow"
    error_message = "Eventarc's type for Pub/Sub, to the workflow by its full name"
  }
  assert {
    condition     = google_workflows_workflow.events.user_env_vars["TYPE"] == "com.stripe.invoice.paid" && google_workflows_workflow.events.user_env_vars["GET_ENTITY"] == var.get_entity_url && google_workflows_workflow.events.user_env_vars["ENTITY"] == "Invoice" && google_workflows_workflow.events.user_env_vars["FAILED"] == module.dead_letters.topic
    error_message = "what the steps read"
  }
  assert {
    condition     = [for grant in [google_project_iam_member.receiver, google_project_iam_member.invoker, google_project_iam_member.log] : grant.role] == ["roles/eventarc.eventReceiver", "roles/workflows.invoker", "roles/logging.logWriter"]
    error_message = "the roles of the project"
  }
  assert {
    condition     = google_cloud_run_v2_service_iam_member.get_entity.name == "stripe-get-entity" && google_pubsub_topic_iam_member.failed.topic == module.dead_letters.topic && google_pubsub_topic_iam_member.failed.role == "roles/pubsub.publisher"
    error_message = "the workflow calls get-entity and publishes what failed"
  }
}

run "terraform_sets_the_policy" {
  command = plan
  variables {
    set_dead_letters = true
  }
  assert {
    condition     = module.dead_letters.sets_policy
    error_message = "without a further step"
  }
}

run "one_type_alone" {
  command = plan
  variables {
    type = "invoice.*"
  }
  expect_failures = [var.type]
}
