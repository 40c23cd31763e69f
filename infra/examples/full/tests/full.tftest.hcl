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
  variables {
    billing_account = "012345-567890-ABCDEF"
    alert_emails    = ["oncall@example.com"]
  }
  assert {
    condition     = length(output.shop.urls) == 12 && length(output.reports.urls) == 2
    error_message = "each has its own functions"
  }
  assert {
    condition     = output.shop.warm_instances == 2 && output.shop.warm_usd_a_month == 16.42
    error_message = "two instances, whatever min_nodes is"
  }
  assert {
    condition     = google_billing_budget.month[0].billing_account == "012345-567890-ABCDEF" && [for rule in google_billing_budget.month[0].threshold_rules : rule.threshold_percent] == [0.5, 1, 1]
    error_message = "half, all, and all by the forecast"
  }
  assert {
    condition     = join(" ", google_billing_budget.month[0].budget_filter[0].projects) == "projects/123456789" && length([for rule in google_billing_budget.month[0].threshold_rules : rule if rule.spend_basis == "FORECASTED_SPEND"]) == 1
    error_message = "of this project alone, before the month exceeds it"
  }
}

run "no_budget_without_a_billing_account" {
  command = plan
  assert {
    condition     = length(google_billing_budget.month) + length(google_project_service.budgets) == 0
    error_message = "none, and its API stays off"
  }
}
