# Stripe's events and messages only. The one function for callers is connection, for discovery and health.

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

variable "region" {
  description = "region of the functions and the database"
  type        = string
  default     = "europe-west1"
}

variable "webhook_secrets" {
  description = "Secret Manager versions of the endpoint's signing secrets; none in the first apply"
  type        = list(string)
  default     = []
}

provider "google" {
  project = var.project
  region  = var.region
}

module "project" {
  source = "../../project"

  project = var.project
  regions = [var.region]
}

module "connection" {
  source = "../../connection"

  project               = module.project.project
  region                = var.region
  database              = module.project.database
  build_service_account = module.project.build_service_account
  docker_repository     = module.project.docker_repositories[var.region]

  name    = "stripe"
  api_key = "projects/${var.project}/secrets/stripe-api-key/versions/latest"
  # Discovery and health, for operators.
  functions = ["connection"]
  expose    = "discovery"

  enable_events   = true
  public_webhook  = true
  webhook_secrets = var.webhook_secrets
  event_types     = ["payment_intent.*", "charge.dispute.*", "invoice.paid"]
}

# A subscription that keeps the events of a week. The events of one object are in order.
resource "google_pubsub_subscription" "events" {
  project                    = module.project.project
  name                       = "stripe-events-orders"
  topic                      = module.connection.topics["events_topic"]
  enable_message_ordering    = true
  message_retention_duration = "604800s"
  expiration_policy {
    ttl = ""
  }
  depends_on = [module.connection]
}

output "webhook_url" {
  description = "address for Stripe's webhooks: stripe-connector webhooks sync creates the endpoint"
  value       = module.connection.webhook_url
}

output "subscription" {
  description = "subscription with Stripe's events"
  value       = google_pubsub_subscription.events.id
}

output "rate_per_second" {
  description = "maximum requests a second to Stripe, with min_nodes and with max_nodes"
  value       = module.connection.rate_per_second
}

output "warm_usd_a_month" {
  description = "US dollars of a month without any call"
  value       = module.connection.warm_usd_a_month
}
