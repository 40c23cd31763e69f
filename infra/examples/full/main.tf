# Two connections in one project: that of a shop, with every feature, and one that only reads a Connect account.

terraform {
  required_version = ">= 1.9"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 7.32, < 9.0"
    }
  }
}

variable "project" {
  description = "id of the Google Cloud project"
  type        = string
}

variable "alert_emails" {
  description = "recipients of the alerts"
  type        = list(string)
  default     = []
}

variable "billing_account" {
  description = "id of the billing account, such as 012345-567890-ABCDEF; null for no budget"
  type        = string
  default     = null
}

provider "google" {
  project = var.project
  region  = "europe-west1"
}

module "project" {
  source = "../../project"

  project                       = var.project
  regions                       = ["europe-west1"]
  enable_vpc_connectors         = true
  enable_integration_connectors = true
  connectors_admins             = ["group:integration@example.com"]
}

module "shop" {
  source = "../../connection"

  project               = module.project.project
  project_number        = module.project.project_number
  region                = "europe-west1"
  database              = module.project.database
  build_service_account = module.project.build_service_account
  docker_repository     = module.project.docker_repositories["europe-west1"]

  name            = "shop"
  description     = "Payments of the shop"
  labels          = { team = "payments", cost-centre = "4711" }
  service_account = "shop-payments@${var.project}.iam.gserviceaccount.com"
  api_key         = "projects/${var.project}/secrets/shop-api-key/versions/3"
  min_nodes       = 3
  max_nodes       = 20
  max_wait_ms     = 8000
  verbosity       = "2"

  allowed_accounts   = ["acct_1Nv0FGQ9RKHgCVdK"]
  allowed_currencies = ["eur", "usd"]
  max_amounts        = { eur = 500000, usd = 500000 }

  proxy_enabled     = true
  proxy_server      = { host = "proxy.internal", port = 3128 }
  proxy_auth_scheme = "DIGEST"
  proxy_user        = "connector"
  proxy_password    = "projects/${var.project}/secrets/proxy-password/versions/latest"
  vpc_connector     = "projects/${var.project}/locations/europe-west1/connectors/egress"
  vpc_egress        = "ALL_TRAFFIC"

  # customer-update and cancel-subscription are restricted functions, with separate callers.
  functions = [
    "confirm-payment-intent", "capture-payment-intent", "cancel-payment-intent", "list-entities", "get-entity",
    "create-entity", "customer-update", "cancel-subscription", "connection",
  ]
  # A buyer waits for these two functions, so they have no cold start.
  warm_instances = { confirm-payment-intent = 1, create-entity = 1 }
  ingress        = "ALLOW_INTERNAL_AND_GCLB"
  invokers = {
    "*"               = ["serviceAccount:checkout@${var.project}.iam.gserviceaccount.com"]
    "get-entity"      = ["group:support@example.com"]
    "customer-update" = ["serviceAccount:crm@${var.project}.iam.gserviceaccount.com"]
  }

  enable_automation     = true
  automation_allowlist  = ["List", "Get", "Customer.Create", "ConfirmPaymentIntent"]
  max_delivery_attempts = 20

  enable_events   = true
  public_webhook  = true
  event_types     = ["payment_intent.*", "invoice.paid"]
  webhook_secrets = ["projects/${var.project}/secrets/shop-webhook/versions/1", "projects/${var.project}/secrets/shop-webhook/versions/2"]

  alert_emails     = var.alert_emails
  alert_thresholds = { throttled = 200 }
}

module "reports" {
  source = "../../connection"

  project               = module.project.project
  region                = "europe-west1"
  database              = module.project.database
  build_service_account = module.project.build_service_account
  docker_repository     = module.project.docker_repositories["europe-west1"]

  name        = "reports"
  description = "Reads the marketplace's accounts"
  api_key     = "projects/${var.project}/secrets/reports-api-key/versions/latest"
  account_id  = "acct_1Nv0FGQ9RKHgCVdK"
  min_nodes   = 0
  max_nodes   = 2
  read_only   = true
  functions   = ["list-entities", "get-entity"]
  invokers    = { "*" = ["group:analysts@example.com"] }
}

output "shop" {
  description = "addresses, topics, rate and price of the shop's connection"
  value = {
    urls             = module.shop.urls
    webhook_url      = module.shop.webhook_url
    topics           = module.shop.topics
    rate_per_second  = module.shop.rate_per_second
    warm_instances   = module.shop.warm_instances
    warm_usd_a_month = module.shop.warm_usd_a_month
  }
}

output "reports" {
  description = "addresses, rate and price of the reading connection"
  value = {
    urls             = module.reports.urls
    rate_per_second  = module.reports.rate_per_second
    warm_usd_a_month = module.reports.warm_usd_a_month
  }
}
