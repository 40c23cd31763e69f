# One service for every operation, and separate services for messages and for the MCP server.

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

variable "callers" {
  description = "who may call the operations, such as serviceAccount:shop@your-project.iam.gserviceaccount.com"
  type        = list(string)
}

variable "agents" {
  description = "who may call tools, the MCP server"
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
  project_number        = module.project.project_number
  region                = var.region
  database              = module.project.database
  build_service_account = module.project.build_service_account
  docker_repository     = module.project.docker_repositories[var.region]

  name    = "stripe"
  api_key = "projects/${var.project}/secrets/stripe-api-key/versions/latest"

  layout              = "single"
  min_nodes           = 2
  keep_min_nodes_warm = true
  # Callers reach every path of the single service, so the setting names the operations that they may request.
  operations_allowlist = ["List", "Get", "Customer.Create", "Customer.Update", "PaymentIntent.Create", "ConfirmPaymentIntent", "CapturePaymentIntent", "CancelPaymentIntent"]
  invokers             = { "*" = var.callers, tools = var.agents }

  functions       = ["tools"]
  tools_allowlist = ["List", "Get"]

  enable_automation    = true
  automation_allowlist = ["List", "Get", "ConfirmPaymentIntent"]
}

output "urls" {
  description = "address of each function: a path of one service"
  value       = module.connection.urls
}

output "warm_usd_a_month" {
  description = "cost of the warm instances, in dollars a month"
  value       = module.connection.warm_usd_a_month
}

output "rate_per_second" {
  description = "maximum requests a second to Stripe, with min_nodes and with max_nodes"
  value       = module.connection.rate_per_second
}
