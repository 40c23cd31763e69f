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

run "another_name_is_rejected" {
  command = plan
  variables {
    database = "second"
  }
  expect_failures = [output.database]
}

run "no_database_is_rejected" {
  command = plan
  variables {
    create_database = false
  }
  expect_failures = [output.database]
}

run "true_accepts_any_database_while_it_is_set" {
  command = plan
  variables {
    location          = "eur3"
    accept_state_loss = true
  }
}

run "another_word_is_not_a_database" {
  command = plan
  variables {
    location          = "eur3"
    accept_state_loss = "yes"
  }
  expect_failures = [var.accept_state_loss]
}

run "another_location_is_accepted" {
  variables {
    location          = "eur3"
    database          = "second"
    accept_state_loss = "projects/shop-prod/databases/second in eur3"
  }
  assert {
    condition     = google_firestore_database.state[0].location_id == "eur3"
    error_message = "a database there"
  }
}

run "the_acceptance_stays_and_is_for_one_database" {
  command = plan
  variables {
    location          = "nam5"
    database          = "second"
    accept_state_loss = "projects/shop-prod/databases/second in eur3"
  }
  expect_failures = [output.database]
}

run "the_first_location_is_rejected_now" {
  command = plan
  variables {
    accept_state_loss = "projects/shop-prod/databases/second in eur3"
  }
  expect_failures = [output.database]
}

run "a_forgotten_acceptance_is_rejected" {
  command = plan
  variables {
    location = "eur3"
    database = "second"
  }
  expect_failures = [output.database]
}

run "the_accepted_database_is_encrypted_later" {
  command = plan
  variables {
    location          = "eur3"
    database          = "second"
    kms_key           = "projects/shop-prod/locations/europe-west1/keyRings/r/cryptoKeys/k"
    accept_state_loss = "projects/shop-prod/databases/second in eur3"
  }
  expect_failures = [output.database]
}
