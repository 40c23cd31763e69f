mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789" }
  }
}

variables {
  project = "shop-prod"
  caller  = "user:you@example.com"
}

run "fifteen_functions_and_nothing_warm" {
  assert {
    condition     = length(output.urls) == 15
    error_message = "the fourteen and connection"
  }
}
