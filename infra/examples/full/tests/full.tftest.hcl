# Two connections in one project share what a project has once, and nothing else.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789" }
  }
}

variables {
  project = "shop-prod"
}

run "two_connections" {
  assert {
    condition     = length(output.shop.urls) == 12 && length(output.reports) == 2
    error_message = "each has its own functions"
  }
  assert {
    condition     = output.shop.warm_instances == 2 && output.shop.warm_usd_a_month == 16.42
    error_message = "two instances, whatever min_nodes is"
  }
}
