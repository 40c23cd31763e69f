# How the connection is deployed, besides its settings.

variable "project" {
  description = "Google Cloud project"
  type        = string
}

variable "database" {
  description = "Firestore database of the state; the module project makes it"
  type        = string
  default     = "stripe-connector"
}

variable "accept_state_loss" {
  description = "lets an apply change the database or the name of the connection: the records of operations are left behind, and a repeated operationId runs again. Set it back to false in an apply of its own"
  type        = bool
  default     = false
}

variable "packages" {
  description = "folder of what npm run package made; null for build/packages of this checkout"
  type        = string
  default     = null
}

variable "build_service_account" {
  description = "id of the service account that Cloud Build runs as; null for the project's own default"
  type        = string
  default     = null
}

variable "docker_repository" {
  description = "Artifact Registry repository of the functions' images, in the connection's region; null for gcf-artifacts, which Cloud Functions makes"
  type        = string
  default     = null
}

variable "runtime_updates" {
  description = "automatic: Google updates Node.js of deployed functions, and a compile cache may no longer fit; on_deploy: only a deployment does"
  type        = string
  default     = "automatic"
  validation {
    condition     = contains(["automatic", "on_deploy"], var.runtime_updates)
    error_message = "runtime_updates: one of automatic, on_deploy"
  }
}

variable "hold_traffic" {
  description = "leaves the traffic to infra/traffic.sh, for a canary: run its pin first, or the new revision gets all traffic all the same; false sends all traffic to each new revision"
  type        = bool
  default     = false
}

variable "rebuild" {
  description = "another value builds every function again from the same package, such as 2026-11-27"
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^[a-z0-9-]{0,30}$", var.rebuild))
    error_message = "rebuild: at most 30 lowercase letters, digits and hyphens"
  }
}

variable "layout" {
  description = "functions: a function each, with invokers of its own; single: one service for the actions, the entity operations and discovery, each at its path, limited by operations_allowlist"
  type        = string
  default     = "functions"
}

variable "keep_min_nodes_warm" {
  description = "keeps min_nodes instances of the single service, as the page's minimum number of nodes does; only with layout = \"single\""
  type        = bool
  default     = false
}

variable "service_accounts" {
  description = "service accounts that exist already, by group of functions: automation, stripe-events, reconcile-events, tools; one is made for each that is not named. service_account is that of the other functions"
  type        = map(string)
  default     = {}
}

variable "functions" {
  description = "functions for callers, by the names of functions/manifest.json, restricted ones too; null for the fourteen and connection; with layout = \"single\" tools or none"
  type        = list(string)
  default     = null
}

variable "warm_instances" {
  description = "instances that stay and cost without any call, 0 to max_nodes: {\"get-entity\" = 1}; * is every function for callers. None by default; the output warm_usd_a_month is their price"
  type        = map(number)
  default     = {}
}

variable "enable_automation" {
  description = "deploys automation, its topics, its push subscription and its dead letters"
  type        = bool
  default     = false
}

variable "enable_events" {
  description = "deploys stripe-events and reconcile-events, their topic and their schedule"
  type        = bool
  default     = false
}

variable "invokers" {
  description = "who may call which function: {\"get-entity\" = [\"serviceAccount:...\"]}; * is every function for callers, or the single service. Empty by default; allUsers is rejected"
  type        = map(list(string))
  default     = {}
}

variable "public_webhook" {
  description = "lets everybody reach stripe-events, as Stripe has to; its signature guards it"
  type        = bool
  default     = false
}

variable "ingress" {
  description = "networks that functions for callers take requests from"
  type        = string
  default     = "ALLOW_ALL"
  validation {
    condition     = contains(["ALLOW_ALL", "ALLOW_INTERNAL_ONLY", "ALLOW_INTERNAL_AND_GCLB"], var.ingress)
    error_message = "ingress: one of ALLOW_ALL, ALLOW_INTERNAL_ONLY, ALLOW_INTERNAL_AND_GCLB"
  }
}

variable "vpc_connector" {
  description = "Serverless VPC Access connector that the functions send through, for a proxy in a network of your own"
  type        = string
  default     = null
}

variable "vpc_egress" {
  description = "what goes through vpc_connector"
  type        = string
  default     = "PRIVATE_RANGES_ONLY"
  validation {
    condition     = contains(["PRIVATE_RANGES_ONLY", "ALL_TRAFFIC"], var.vpc_egress)
    error_message = "vpc_egress: one of PRIVATE_RANGES_ONLY, ALL_TRAFFIC"
  }
}

variable "reconcile_schedule" {
  description = "when reconcile-events runs, in cron's words, UTC"
  type        = string
  default     = "*/10 * * * *"
}

variable "scheduler_region" {
  description = "region of the Cloud Scheduler job, for a region that has none; null for region"
  type        = string
  default     = null
}

variable "enable_alerts" {
  description = "makes alert policies on the platform's metrics and on lines of the log"
  type        = bool
  default     = true
}

variable "alert_emails" {
  description = "addresses that alerts go to; a notification channel is made for each"
  type        = list(string)
  default     = []
}

variable "alert_channels" {
  description = "Cloud Monitoring notification channels that alerts go to, which exist already"
  type        = list(string)
  default     = []
}

variable "alert_thresholds" {
  description = "an alert fires above this number in five minutes: responses (throttled, errors, webhook), messages (dead_letters), seconds of the oldest message (backlog_s), milliseconds of the slowest of a hundred requests (latency_ms), part of max_nodes (instances)"
  type = object({
    throttled    = optional(number, 60)
    errors       = optional(number, 5)
    webhook      = optional(number, 20)
    dead_letters = optional(number, 0)
    backlog_s    = optional(number, 900)
    latency_ms   = optional(number, 20000)
    instances    = optional(number, 0.8)
  })
  default = {}
}

variable "enable_dashboard" {
  description = "makes a dashboard, and from verbosity 2 on metrics of the requests to Stripe"
  type        = bool
  default     = true
}

variable "idle_prices" {
  description = "US dollars of a second of a warm instance that does nothing: a vCPU, a GiB of memory"
  type        = object({ vcpu = number, gib = number })
  default     = { vcpu = 0.0000025, gib = 0.0000025 }
}
