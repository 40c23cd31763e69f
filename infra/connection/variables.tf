# How the connection is deployed. settings.tf has its settings.

variable "project" {
  description = "id of the Google Cloud project"
  type        = string
}

variable "project_number" {
  description = "number of the project, which the names of Google's service agents have: an output of the module project. Needed with enable_automation and with webhook_tag"
  type        = string
  default     = null
  validation {
    condition     = var.project_number == null ? !var.enable_automation && var.webhook_tag == null : can(regex("^[0-9]+$", var.project_number))
    error_message = "project_number: with enable_automation or webhook_tag pass module.project.project_number, or what gcloud projects describe PROJECT --format 'value(projectNumber)' prints"
  }
}

variable "database" {
  description = "Firestore database of the state; the module project makes it"
  type        = string
  default     = "stripe-connector"
}

variable "accept_state_loss" {
  description = "the one other place of the records, projects/P/databases/D/documents/connections/NAME, to which an apply may move the connection. The move leaves the earlier records behind, so a repeated operationId runs again. Leave it set afterwards. true permits every move; null permits none"
  type        = string
  default     = null
  validation {
    condition     = var.accept_state_loss == null || can(regex("^true$|^projects/[^/]+/databases/[^/]+/documents/connections/[^/]+$", var.accept_state_loss))
    error_message = "accept_state_loss: where the records are from now on, projects/P/databases/D/documents/connections/NAME; or true for any place"
  }
}

variable "packages" {
  description = "folder of the packages of npm run package, or gs://BUCKET/FOLDER of an uploaded release; null for build/packages of this checkout. A newer release is a rollout, an older one a rollback"
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
  description = "automatic: Google updates Node.js of deployed functions, which can make the compile cache invalid; on_deploy: only a deployment updates Node.js"
  type        = string
  default     = "automatic"
  validation {
    condition     = contains(["automatic", "on_deploy"], var.runtime_updates)
    error_message = "runtime_updates: one of automatic, on_deploy"
  }
}

variable "hold_traffic" {
  description = "true: infra/traffic.sh splits the traffic, for a canary. Run its pin first, otherwise a new revision gets all traffic. false: each new revision gets all traffic"
  type        = bool
  default     = false
}

variable "rebuild" {
  description = "a new value, such as 2026-11-27, builds every function again from the same package"
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^[a-z0-9-]{0,30}$", var.rebuild))
    error_message = "rebuild: at most 30 lowercase letters, digits and hyphens"
  }
  validation {
    condition     = var.rebuild == "" || !startswith(coalesce(var.packages, "build"), "gs://")
    error_message = "rebuild: has no effect on an uploaded release; upload it to another folder and set packages"
  }
}

variable "layout" {
  description = "functions: one function per operation, each with separate invokers; single: one service for the actions, the entity operations and discovery, each at its path, limited by operations_allowlist"
  type        = string
  default     = "functions"
}

variable "keep_min_nodes_warm" {
  description = "keeps min_nodes instances of the single service warm, as the minimum number of nodes of Google's connector does; only with layout = \"single\""
  type        = bool
  default     = false
}

variable "service_accounts" {
  description = "existing service accounts by group of functions: automation, stripe-events, reconcile-events, tools; the module creates an account for each other group. Two groups cannot share an account. The other functions have the setting service_account"
  type        = map(string)
  default     = {}
}

variable "functions" {
  description = "functions for callers, by the names of functions/manifest.json, restricted ones too; null for the fourteen and connection; with layout = \"single\" tools or none"
  type        = list(string)
  default     = null
}

variable "warm_instances" {
  description = "minimum number of instances, which cost without any call, 0 to max_nodes: {\"get-entity\" = 1}; * is every function for callers. None by default; the output warm_usd_a_month is their price"
  type        = map(number)
  default     = {}
}

variable "webhook_max_instances" {
  description = "maximum instances of stripe-events. Everybody can reach it, so this limits the cost of requests that Stripe did not sign"
  type        = number
  default     = 3
}

variable "cpu" {
  description = "vCPUs of an instance of the functions for callers, 0.25 to 1, 2 or 4. Below 1 an instance processes one request at a time: cheaper for few calls, with slower cold starts"
  type        = number
  default     = 1
}

variable "concurrency" {
  description = "requests that an instance of the functions for callers processes at a time, 1 to 100; null is the manifest's 20. Above 40 an instance gets twice the memory: cheaper for many calls, see cost.md"
  type        = number
  default     = null
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
  description = "who may call which function: {\"get-entity\" = [\"serviceAccount:...\"]}; * is every function for callers except tools, or the single service. Empty by default; allUsers and the accounts of Pub/Sub and Cloud Scheduler are rejected"
  type        = map(list(string))
  default     = {}
}

variable "public_webhook" {
  description = "makes stripe-events public, because Stripe has no Google account; the function checks Stripe's signature"
  type        = bool
  default     = false
}

variable "webhook_tag" {
  description = "tag value, tagValues/123, for which the organization's policy permits a public service in spite of domain restricted sharing. The module binds it to stripe-events before it makes the function public"
  type        = string
  default     = null
  validation {
    condition     = var.webhook_tag == null || can(regex("^tagValues/[0-9]+$", var.webhook_tag))
    error_message = "webhook_tag: tagValues/NUMBER, as gcloud resource-manager tags values describe prints it"
  }
  validation {
    condition     = var.webhook_tag == null || (var.public_webhook && var.enable_events)
    error_message = "webhook_tag: only with enable_events and public_webhook"
  }
}

variable "ingress" {
  description = "networks from which callers may reach the functions"
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
  validation {
    condition     = var.vpc_connector == null || var.direct_vpc == null
    error_message = "vpc_connector: only one of vpc_connector and direct_vpc"
  }
}

variable "direct_vpc" {
  description = "network and subnetwork that the functions send through without a connector, and network tags for firewall rules; see vpc_egress"
  type = object({
    network    = optional(string)
    subnetwork = string
    tags       = optional(list(string))
  })
  default = null
}

variable "ca_certificates" {
  description = "Secret Manager version with PEM certificates that Node accepts in addition (NODE_EXTRA_CA_CERTS), such as those of a proxy's own authority"
  type        = string
  default     = null
  validation {
    condition     = var.ca_certificates == null || can(regex("^projects/[^/\\s]+/secrets/[A-Za-z0-9_-]{1,255}/versions/([1-9]\\d*|latest)$", var.ca_certificates))
    error_message = "ca_certificates: projects/P/secrets/S/versions/V, where V is a number or latest"
  }
}

variable "extra_environment" {
  description = "further environment variables of every function; must not be secrets"
  type        = map(string)
  default     = {}
  validation {
    condition     = alltrue([for name in keys(var.extra_environment) : can(regex("^[A-Za-z_][A-Za-z0-9_]*$", name)) && !can(regex("^(X_GOOGLE_|K_|PORT$|FUNCTION_|CONNECTION_|STRIPE_|GOOGLE_|FIRESTORE_|NODE_ENV$|NODE_COMPILE_CACHE$|NODE_TLS_REJECT_UNAUTHORIZED$)", name))])
    error_message = "extra_environment: names of environment variables, none of the connector's or the platform's own, and not NODE_TLS_REJECT_UNAUTHORIZED"
  }
}

variable "message_regions" {
  description = "regions in which Pub/Sub may store messages of the module's topics; empty for all that the organization allows. kms_key must be in one of them"
  type        = list(string)
  default     = []
}

variable "kms_key" {
  description = "Cloud KMS key of the functions, their packages and the topics; an output of the module project, which also encrypts the database and the images"
  type        = string
  default     = null
  validation {
    condition     = var.kms_key == null || var.docker_repository != null
    error_message = "kms_key: needs docker_repository, because Cloud Functions encrypts no images in a repository that it makes itself"
  }
}

variable "binary_authorization_policy" {
  description = "Binary Authorization policy that the functions' images must satisfy, such as default"
  type        = string
  default     = null
}

variable "vpc_egress" {
  description = "traffic that goes through vpc_connector or direct_vpc. ALL_TRAFFIC needs Private Google Access for Firestore and Secret Manager, and Cloud NAT or a proxy for Stripe"
  type        = string
  default     = "PRIVATE_RANGES_ONLY"
  validation {
    condition     = contains(["PRIVATE_RANGES_ONLY", "ALL_TRAFFIC"], var.vpc_egress)
    error_message = "vpc_egress: one of PRIVATE_RANGES_ONLY, ALL_TRAFFIC"
  }
}

variable "webhook_ingress" {
  description = "networks from which stripe-events may be reached; ALLOW_INTERNAL_AND_GCLB behind a load balancer with Cloud Armor"
  type        = string
  default     = "ALLOW_ALL"
  validation {
    condition     = contains(["ALLOW_ALL", "ALLOW_INTERNAL_AND_GCLB"], var.webhook_ingress)
    error_message = "webhook_ingress: one of ALLOW_ALL, ALLOW_INTERNAL_AND_GCLB"
  }
}

variable "reconcile_schedule" {
  description = "when reconcile-events runs: a cron expression in UTC"
  type        = string
  default     = "*/10 * * * *"
}

variable "scheduler_region" {
  description = "region of the Cloud Scheduler job, if the connection's region has no Cloud Scheduler; null for region"
  type        = string
  default     = null
}

variable "enable_alerts" {
  description = "creates alert policies for the platform's metrics and for log lines"
  type        = bool
  default     = true
}

variable "alert_emails" {
  description = "e-mail addresses that receive the alerts; the module creates a notification channel for each"
  type        = list(string)
  default     = []
}

variable "alert_channels" {
  description = "existing Cloud Monitoring notification channels that receive the alerts"
  type        = list(string)
  default     = []
}

variable "alert_thresholds" {
  description = "the number in five minutes above which an alert fires: responses (throttled, errors, webhook), messages (dead_letters), seconds of the oldest message (backlog_s), milliseconds of the slowest of a hundred requests (latency_ms), part of max_nodes (instances)"
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
  description = "creates a dashboard, and the metrics of the log that it shows: the rate used, the added latency, the wait for the limit, Stripe's time"
  type        = bool
  default     = true
}

variable "record_bytes" {
  description = "bytes of the record of an operation, for the output storage_usd_a_million; large objects have larger records. null for 2048, or 512 with operation_record = id"
  type        = number
  default     = null
}

variable "storage_price" {
  description = "US dollars of a GiB of Firestore storage for a month, for the output storage_usd_a_million"
  type        = number
  default     = 0.15
}

variable "idle_prices" {
  description = "US dollars of a second of an idle warm instance: for a vCPU, and for a GiB of memory"
  type        = object({ vcpu = number, gib = number })
  default     = { vcpu = 0.0000025, gib = 0.0000025 }
}
