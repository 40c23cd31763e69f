# In a private network, with a key of your own, behind a proxy: no public member in any IAM policy, except for the webhook
# with a tag that your organization allows.

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

variable "kms_key" {
  description = "Cloud KMS key in the region, which your security team keeps: projects/P/locations/L/keyRings/R/cryptoKeys/K"
  type        = string
}

variable "packages" {
  description = "release that is deployed, such as gs://your-releases/stripe-connector/0.1.0"
  type        = string
}

variable "groups" {
  description = "who may call what: a Google group for reads, for payments and for operators"
  type        = object({ reads = string, payments = string, operators = string })
}

variable "proxy_address" {
  description = "private IP address of the proxy to Stripe"
  type        = string
}

variable "webhook_domain" {
  description = "domain of the webhook, whose DNS record points to the output webhook_address"
  type        = string
}

variable "webhook_tag" {
  description = "tag value for which the organization lets the webhook be public, such as tagValues/123; null to turn off its invoker check by a command"
  type        = string
  default     = null
}

variable "alert_emails" {
  description = "recipients of the alerts"
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

  kms_key                = var.kms_key
  audit_logs             = true
  point_in_time_recovery = true
  backup_days            = 14
}

locals {
  # Each group of callers may call its own functions.
  functions = {
    reads     = ["list-entities", "get-entity"]
    payments  = ["create-entity", "confirm-payment-intent", "capture-payment-intent", "cancel-payment-intent"]
    operators = ["connection"]
  }
}

module "connection" {
  source = "../../connection"

  project               = module.project.project
  project_number        = module.project.project_number
  region                = var.region
  database              = module.project.database
  build_service_account = module.project.build_service_account
  docker_repository     = module.project.docker_repositories[var.region]
  packages              = var.packages
  kms_key               = module.project.kms_key
  message_regions       = [var.region]

  name      = "stripe"
  api_key   = "projects/${var.project}/secrets/stripe-api-key/versions/latest"
  functions = flatten(values(local.functions))
  invokers  = merge([for group, names in local.functions : { for name in names : name => ["group:${var.groups[group]}"] }]...)
  ingress   = "ALLOW_INTERNAL_ONLY"

  # The proxy ends TLS with a certificate of the company's own authority.
  proxy_enabled   = true
  proxy_server    = { host = "proxy.${local.private_domain}", port = 3128 }
  ca_certificates = "projects/${var.project}/secrets/company-ca/versions/1"
  direct_vpc      = { network = google_compute_network.functions.id, subnetwork = google_compute_subnetwork.functions.id, tags = ["stripe-connector"] }
  vpc_egress      = "ALL_TRAFFIC"

  # The domain points to the load balancer in webhook.tf.
  enable_events   = true
  webhook_ingress = "ALLOW_INTERNAL_AND_GCLB"
  public_webhook  = var.webhook_tag != null
  webhook_tag     = var.webhook_tag
  webhook_url     = "https://${var.webhook_domain}/"
  webhook_secrets = ["projects/${var.project}/secrets/stripe-webhook/versions/1"]

  runtime_updates = "on_deploy"
  hold_traffic    = true
  alert_emails    = var.alert_emails
}

output "urls" {
  description = "address of each function, which only the network reaches"
  value       = module.connection.urls
}

output "services" {
  description = "Cloud Run service of each function, for infra/traffic.sh"
  value       = module.connection.services
}

output "webhook_address" {
  description = "IP address that the DNS record of webhook_domain points to"
  value       = google_compute_global_address.webhook.address
}

output "rate_per_second" {
  description = "maximum requests a second to Stripe, with min_nodes and with max_nodes"
  value       = module.connection.rate_per_second
}

output "warm_usd_a_month" {
  description = "US dollars of a month without any call"
  value       = module.connection.warm_usd_a_month
}
