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
  assert {
    condition     = output.warm_usd_a_month == 0 && output.rate_per_second == { at_min_nodes = 12, at_max_nodes = 100 }
    error_message = "an idle connection costs nothing, and account_ceiling lowers the rate"
  }
}
