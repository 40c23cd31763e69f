# A monthly budget for the project. Google sends e-mails to those who manage the billing account.
# https://docs.cloud.google.com/billing/docs/how-to/budgets

resource "google_project_service" "budgets" {
  count = var.billing_account == null ? 0 : 1

  project            = module.project.project
  service            = "billingbudgets.googleapis.com"
  disable_on_destroy = false
}

resource "google_billing_budget" "month" {
  count = var.billing_account == null ? 0 : 1

  billing_account = var.billing_account
  display_name    = "Stripe connections of ${var.project}"
  budget_filter {
    projects = ["projects/${module.project.project_number}"]
  }
  amount {
    specified_amount {
      currency_code = "USD"
      units         = "300"
    }
  }
  threshold_rules {
    threshold_percent = 0.5
  }
  threshold_rules {
    threshold_percent = 1.0
  }
  threshold_rules {
    threshold_percent = 1.0
    spend_basis       = "FORECASTED_SPEND"
  }
  depends_on = [google_project_service.budgets]
}
