# What a second apply changes, and what it must not. Each pair of runs shares its state.

mock_provider "google" {
  mock_resource "google_service_account" {
    defaults = { email = "made@shop-prod.iam.gserviceaccount.com", name = "projects/shop-prod/serviceAccounts/made" }
  }
}

variables {
  project   = "shop-prod"
  name      = "stripe"
  region    = "europe-west1"
  api_key   = "projects/shop-prod/secrets/key/versions/latest"
  functions = ["get-entity", "list-entities"]
  invokers  = { "*" = ["user:a@example.com", "user:b@example.com"] }
}

run "first" {
  assert {
    condition     = output.database == "stripe-connector"
    error_message = "a database of its own by default"
  }
}

run "a_caller_is_removed" {
  variables {
    invokers = { "*" = ["user:b@example.com"] }
  }
  assert {
    condition     = length(google_cloud_run_service_iam_binding.caller) == 2 && alltrue([for name, binding in google_cloud_run_service_iam_binding.caller : binding.id == run.first.invokers[name].binding]) && alltrue([for binding in google_cloud_run_service_iam_binding.caller : join(" ", binding.members) == "user:b@example.com"])
    error_message = "the bindings are changed in place: the caller who stays is never without access"
  }
}

run "a_function_is_replaced" {
  plan_options {
    replace = [google_cloudfunctions2_function.function["get-entity"]]
  }
  assert {
    condition     = google_cloud_run_service_iam_binding.caller["get-entity"].id != run.first.invokers["get-entity"].binding && google_cloud_run_service_iam_binding.caller["list-entities"].id == run.first.invokers["list-entities"].binding
    error_message = "the new function gets its callers again"
  }
}

run "another_database_is_rejected" {
  command = plan
  variables {
    database = "other"
  }
  expect_failures = [google_project_iam_member.state]
}

run "another_name_is_rejected" {
  command = plan
  variables {
    name = "stripe-two"
  }
  expect_failures = [google_project_iam_member.state]
}

run "another_project_is_rejected" {
  command = plan
  variables {
    project = "shop-test"
  }
  expect_failures = [google_project_iam_member.state]
}

run "true_accepts_any_place_while_it_is_set" {
  command = plan
  variables {
    database          = "other"
    accept_state_loss = true
  }
}

run "another_word_is_not_a_place" {
  command = plan
  variables {
    database          = "other"
    accept_state_loss = "yes"
  }
  expect_failures = [var.accept_state_loss]
}

run "another_place_than_the_accepted_one_is_rejected" {
  command = plan
  variables {
    database          = "third"
    accept_state_loss = "projects/shop-prod/databases/other/documents/connections/stripe"
  }
  expect_failures = [google_project_iam_member.state]
}

run "another_database_is_accepted" {
  variables {
    database          = "other"
    accept_state_loss = "projects/shop-prod/databases/other/documents/connections/stripe"
  }
  assert {
    condition     = google_cloudfunctions2_function.function["get-entity"].service_config[0].environment_variables["FIRESTORE_DATABASE"] == "other"
    error_message = "the functions use the other database"
  }
}

run "the_acceptance_stays_and_is_for_one_place" {
  command = plan
  variables {
    database          = "third"
    accept_state_loss = "projects/shop-prod/databases/other/documents/connections/stripe"
  }
  expect_failures = [google_project_iam_member.state]
}

run "the_way_back_is_rejected" {
  command = plan
  variables {
    accept_state_loss = "projects/shop-prod/databases/other/documents/connections/stripe"
  }
  expect_failures = [google_project_iam_member.state]
}

run "a_forgotten_acceptance_is_rejected" {
  command = plan
  variables {
    database = "other"
  }
  expect_failures = [google_project_iam_member.state]
}

run "a_forgotten_acceptance_and_another_database_are_rejected" {
  command = plan
  variables {
    database = "third"
  }
  expect_failures = [google_project_iam_member.state]
}

run "on_deploy" {
  variables {
    database          = "other"
    accept_state_loss = "projects/shop-prod/databases/other/documents/connections/stripe"
    runtime_updates   = "on_deploy"
  }
  assert {
    condition     = alltrue([for function in google_cloudfunctions2_function.function : length(function.build_config[0].on_deploy_update_policy) == 1 && length(function.build_config[0].automatic_update_policy) == 0])
    error_message = "only a deployment updates Node.js"
  }
}

run "a_canary" {
  variables {
    database          = "other"
    accept_state_loss = "projects/shop-prod/databases/other/documents/connections/stripe"
    hold_traffic      = true
  }
  assert {
    condition     = alltrue([for function in google_cloudfunctions2_function.function : !function.service_config[0].all_traffic_on_latest_revision])
    error_message = "a new revision gets no traffic by itself"
  }
  assert {
    condition     = output.services == { get-entity = "stripe-get-entity", list-entities = "stripe-list-entities" }
    error_message = "the services to split"
  }
}

run "no_canary" {
  variables {
    database          = "other"
    accept_state_loss = "projects/shop-prod/databases/other/documents/connections/stripe"
  }
  assert {
    condition     = alltrue([for function in google_cloudfunctions2_function.function : function.service_config[0].all_traffic_on_latest_revision])
    error_message = "all traffic goes to the new revision"
  }
}

run "rebuild" {
  variables {
    database          = "other"
    accept_state_loss = "projects/shop-prod/databases/other/documents/connections/stripe"
    rebuild           = "2026-11-27"
  }
  assert {
    condition     = alltrue([for package in google_storage_bucket_object.package : endswith(package.name, "-2026-11-27.zip")]) && alltrue([for name, function in google_cloudfunctions2_function.function : function.build_config[0].source[0].storage_source[0].object == google_storage_bucket_object.package[name].name])
    error_message = "the same package under another name is built again"
  }
}

# Terraform does not order the destruction of one address and the creation of another. A grant of the same right at
# another address could be removed after it was made.
run "an_account_moves_to_another_group" {
  command = plan
  variables {
    database          = "other"
    accept_state_loss = "projects/shop-prod/databases/other/documents/connections/stripe"
    service_account   = "shared@shop-prod.iam.gserviceaccount.com"
    ca_certificates   = "projects/vault/secrets/ca/versions/1"
  }
  assert {
    condition     = join(" ", concat(keys(google_project_iam_member.state), keys(google_secret_manager_secret_iam_member.certificates))) == "shared@shop-prod.iam.gserviceaccount.com shared@shop-prod.iam.gserviceaccount.com"
    error_message = "an account has the address of its own e-mail"
  }
  assert {
    condition     = join(" ", keys(google_secret_manager_secret_iam_member.accessor)) == "shared@shop-prod.iam.gserviceaccount.com projects/shop-prod/secrets/key"
    error_message = "whatever group has it"
  }
}
