# The fourteen functions and connection, for the callers that you name. Everything else has its default.

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

variable "name" {
  description = "name of the connection"
  type        = string
  default     = "stripe"
}

variable "secret" {
  description = "id of the Secret Manager secret that holds the API key"
  type        = string
  default     = "stripe-api-key"
}

variable "max_nodes" {
  description = "maximum instances of a function; the Cloud Run quota of a new project may allow 10 only"
  type        = number
  default     = 50
}

variable "delete_protection" {
  description = "false lets a destroy delete the database and its records"
  type        = bool
  default     = true
}

variable "labels" {
  description = "labels of every resource that can have labels"
  type        = map(string)
  default     = {}
}

variable "packages" {
  description = "gs://BUCKET/FOLDER of an uploaded release; null uploads build/packages"
  type        = string
  default     = null
}

variable "caller" {
  description = "who may call the functions, such as user:you@example.com"
  type        = string
}

provider "google" {
  project = var.project
  region  = var.region
}

module "project" {
  source = "../../project"

  project = var.project
  regions = [var.region]

  delete_protection = var.delete_protection
  labels            = var.labels
}

module "connection" {
  source = "../../connection"

  project               = module.project.project
  region                = var.region
  name                  = var.name
  max_nodes             = var.max_nodes
  packages              = var.packages
  labels                = var.labels
  api_key               = "projects/${var.project}/secrets/${var.secret}/versions/latest"
  database              = module.project.database
  build_service_account = module.project.build_service_account
  docker_repository     = module.project.docker_repositories[var.region]
  invokers              = { "*" = [var.caller] }
}

output "urls" {
  description = "address of each function"
  value       = module.connection.urls
}

output "rate_per_second" {
  description = "requests a second that the connection may send to Stripe"
  value       = module.connection.rate_per_second
}

output "warm_usd_a_month" {
  description = "cost of the warm instances, in dollars a month"
  value       = module.connection.warm_usd_a_month
}

output "settings" {
  description = "the settings as the functions read them, as JSON"
  value       = module.connection.settings
}
