# How the connection is deployed.

variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
  validation {
    condition     = can(regex("^([a-z][a-z0-9.-]*:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "project: the id of a Google Cloud project"
  }
}

variable "database" {
  description = "Firestore database of the state."
  type        = string
  default     = "stripe-connector"
}

variable "manifest" {
  description = "Text of another functions/manifest.json; null reads the file."
  type        = string
  default     = null
}

variable "layout" {
  description = "functions: one function per operation, each with separate invokers. single: one service for the actions, the entity operations and discovery, each at its path."
  type        = string
  default     = "functions"
  validation {
    condition     = contains(["functions", "single"], var.layout)
    error_message = "layout: one of functions, single"
  }
}

variable "keep_min_nodes_warm" {
  description = "Makes min_nodes the minimum of the single service's instances."
  type        = bool
  default     = false
  validation {
    condition     = !var.keep_min_nodes_warm || local.single
    error_message = "keep_min_nodes_warm: only with layout = \"single\"; a function each would keep min_nodes instances of every function, ${length(local.chosen) * local.settings_read.min_nodes} in all. Name those that matter in warm_instances"
  }
}

variable "functions" {
  description = "Functions for callers, by the manifest's names; null for the fourteen and connection. In the layout single: tools or none."
  type        = list(string)
  default     = null
  validation {
    condition     = !local.single || length(setsubtract(coalesce(var.functions, []), local.services_apart)) == 0
    error_message = "functions: ${join(", ", setsubtract(coalesce(var.functions, []), local.services_apart))} is a path of the single service, not a service of its own; name only tools, and limit the operations with operations_allowlist"
  }
  validation {
    condition     = var.functions == null || length(setsubtract(coalesce(var.functions, []), local.callable)) == 0
    error_message = "functions: ${join(", ", setsubtract(coalesce(var.functions, []), local.callable))} cannot be chosen; choose from ${join(", ", local.callable)}"
  }
}

variable "warm_instances" {
  description = "Minimum number of instances by the function's name; * is every other function for callers. None by default."
  type        = map(number)
  default     = {}
  validation {
    condition     = length(setsubtract(keys(var.warm_instances), concat(["*"], local.deployed))) == 0
    error_message = "warm_instances: ${join(", ", setsubtract(keys(var.warm_instances), concat(["*"], local.deployed)))} is not a deployed function; there are ${join(", ", local.deployed)}"
  }
  validation {
    condition     = alltrue([for count in values(var.warm_instances) : floor(count) == count && count >= 0 && count <= local.settings_read.max_nodes])
    error_message = "warm_instances: whole numbers from 0 to max_nodes, which is ${local.settings_read.max_nodes}"
  }
}

variable "webhook_max_instances" {
  description = "Maximum instances of stripe-events. Everybody can reach it, so this limits the cost of requests that Stripe did not sign."
  type        = number
  default     = 3
  validation {
    condition     = floor(var.webhook_max_instances) == var.webhook_max_instances && var.webhook_max_instances >= 1 && var.webhook_max_instances <= 100
    error_message = "webhook_max_instances: a whole number from 1 to 100"
  }
}

variable "cpu" {
  description = "vCPUs of an instance of the functions for callers. Below 1 an instance processes one request at a time."
  type        = number
  default     = 1
  validation {
    condition     = (var.cpu >= 0.25 && var.cpu <= 1) || contains([2, 4], var.cpu)
    error_message = "cpu: 0.25 to 1, 2 or 4"
  }
}

variable "concurrency" {
  description = "Requests that an instance of the functions for callers processes at a time; null is the manifest's 20."
  type        = number
  default     = null
  validation {
    condition     = var.concurrency == null || (floor(coalesce(var.concurrency, 1)) == coalesce(var.concurrency, 1) && coalesce(var.concurrency, 1) >= 1 && coalesce(var.concurrency, 1) <= 100)
    error_message = "concurrency: a whole number from 1 to 100"
  }
  validation {
    condition     = var.cpu >= 1 || coalesce(var.concurrency, 1) == 1
    error_message = "concurrency: with cpu below 1 an instance takes one request at a time; leave concurrency out, or set cpu = 1"
  }
}

variable "enable_automation" {
  description = "Deploys automation with its topics and its push subscription."
  type        = bool
  default     = false
}

variable "enable_events" {
  description = "Deploys stripe-events and reconcile-events with their topic and their schedule."
  type        = bool
  default     = false
}

variable "invokers" {
  description = "Who may call which function: members by the function's name, or by * for every function for callers except tools; in the layout single * is the single service. Empty by default."
  type        = map(list(string))
  default     = {}
  # Cloud Run checks roles/run.invoker for a service: https://docs.cloud.google.com/run/docs/authenticating/overview
  validation {
    condition     = !local.single || length(setintersection(keys(var.invokers), local.paths)) == 0
    error_message = "invokers: ${join(", ", setintersection(keys(var.invokers), local.paths))} has no invokers of its own with layout = \"single\", because Cloud Run checks who may call a service, not a path of it. Name its callers under *, and limit the operations with operations_allowlist, or choose layout = \"functions\""
  }
  validation {
    condition     = length(setsubtract(keys(var.invokers), concat(["*"], local.chosen, local.single ? local.paths : []))) == 0
    error_message = "invokers: ${join(", ", setsubtract(keys(var.invokers), concat(["*"], local.chosen)))} is not a deployed function that callers may use"
  }
  validation {
    condition     = alltrue([for member in flatten(values(var.invokers)) : can(regex("^(user|group|serviceAccount|domain|principal|principalSet):\\S+$", member))])
    error_message = "invokers: members such as serviceAccount:NAME@PROJECT.iam.gserviceaccount.com, user:..., group:...; never allUsers or allAuthenticatedUsers"
  }
  # Otherwise this account could call operations that the allowlist of messages does not permit.
  validation {
    condition     = length(setintersection(flatten(values(var.invokers)), [for email in local.push_emails : "serviceAccount:${email}"])) == 0
    error_message = "invokers: ${join(", ", setintersection(flatten(values(var.invokers)), [for email in local.push_emails : "serviceAccount:${email}"]))} is the account as which Pub/Sub or Cloud Scheduler calls; it may call its own function only"
  }
}

variable "service_accounts" {
  description = "E-mails of the service accounts of automation, stripe-events, reconcile-events and tools; the module connection creates an account that is not named. The other functions have the setting service_account."
  type        = map(string)
  default     = {}
  validation {
    condition     = length(setsubtract(keys(var.service_accounts), ["automation", "stripe-events", "reconcile-events", "tools"])) == 0
    error_message = "service_accounts: ${join(", ", setsubtract(keys(var.service_accounts), ["automation", "stripe-events", "reconcile-events", "tools"]))} is not a group of functions; the groups are automation, stripe-events, reconcile-events and tools"
  }
  validation {
    condition     = alltrue([for email in values(var.service_accounts) : can(regex("^[a-z0-9-]{1,63}@[a-z0-9.-]{1,190}\\.gserviceaccount\\.com$", email))])
    error_message = "service_accounts: e-mail addresses of service accounts, ...gserviceaccount.com"
  }
}

variable "record_bytes" {
  description = "Bytes of the record of an operation, for the output storage_usd_a_million; null for the assumptions of cost.md: 2048, or 512 with operation_record = id."
  type        = number
  default     = null
}

variable "storage_price" {
  description = "US dollars of a GiB of Firestore storage for a month."
  type        = number
  default     = 0.15
}

variable "idle_prices" {
  description = "US dollars of a second of an idle warm instance: for a vCPU, and for a GiB of memory."
  type        = object({ vcpu = number, gib = number })
  default     = { vcpu = 0.0000025, gib = 0.0000025 }
}
