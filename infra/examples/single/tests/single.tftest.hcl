# One service for callers, two others apart.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789" }
  }
  mock_resource "google_service_account" {
    defaults = { email = "made@shop-prod.iam.gserviceaccount.com", name = "projects/shop-prod/serviceAccounts/made" }
  }
  mock_resource "google_cloudfunctions2_function" {
    defaults = { service_config = { uri = "https://service-xyz.a.run.app" } }
  }
}

variables {
  project = "shop-prod"
  callers = ["serviceAccount:shop@shop-prod.iam.gserviceaccount.com"]
}

run "three_services" {
  assert {
    condition     = length(distinct(values(output.urls))) > 20 && output.urls["create-entity"] == "https://service-xyz.a.run.app/create-entity" && output.urls["tools"] == "https://service-xyz.a.run.app"
    error_message = "a path each, and tools apart"
  }
  assert {
    condition     = output.warm_usd_a_month == 16.42
    error_message = "min_nodes instances of one service"
  }
}
