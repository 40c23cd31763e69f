# The fourteen functions and connection, for callers that you name. Everything else is the default.

terraform {
  required_version = ">= 1.9"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.50, < 8.0"
    }
  }
}

variable "project" {
  type = string
}

variable "caller" {
  description = "who may call the functions, such as user:you@example.com"
  type        = string
}

provider "google" {
  project = var.project
  region  = "europe-west1"
}

module "project" {
  source = "../../project"

  project = var.project
  regions = ["europe-west1"]
}

module "connection" {
  source = "../../connection"

  project               = module.project.project
  region                = "europe-west1"
  name                  = "stripe"
  api_key               = "projects/${var.project}/secrets/stripe-api-key/versions/latest"
  database              = module.project.database
  build_service_account = module.project.build_service_account
  docker_repository     = module.project.docker_repositories["europe-west1"]
  invokers              = { "*" = [var.caller] }
}

output "urls" {
  value = module.connection.urls
}

output "rate_per_second" {
  value = module.connection.rate_per_second
}

output "warm_usd_a_month" {
  value = module.connection.warm_usd_a_month
}

output "settings" {
  value = module.connection.settings
}
