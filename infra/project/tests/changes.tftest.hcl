# What a second apply may not change. Each pair of runs shares its state.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789" }
  }
}

variables {
  project = "shop-prod"
  regions = ["europe-west1", "europe-west4"]
}

run "first" {
  assert {
    condition     = output.database == "stripe-connector"
    error_message = "a database of its own by default"
  }
}

run "another_location_is_rejected" {
  command = plan
  variables {
    location = "eur3"
  }
  expect_failures = [output.database]
}

run "another_first_region_is_rejected" {
  command = plan
  variables {
    regions = ["europe-west4", "europe-west1"]
  }
  expect_failures = [output.database]
}

run "another_key_is_rejected" {
  command = plan
  variables {
    kms_key = "projects/shop-prod/locations/europe-west1/keyRings/r/cryptoKeys/k"
  }
  expect_failures = [output.database]
}

run "another_location_is_accepted" {
  variables {
    location          = "eur3"
    database          = "second"
    accept_state_loss = true
  }
  assert {
    condition     = google_firestore_database.state[0].location_id == "eur3"
    error_message = "a database there"
  }
}

run "acceptance_is_taken_back" {
  variables {
    location = "eur3"
    database = "second"
  }
  assert {
    condition     = terraform_data.database.output.location == "eur3" && output.database == "second"
    error_message = "the new place is remembered"
  }
}

run "the_first_location_is_rejected_now" {
  command         = plan
  expect_failures = [output.database]
}
