# How the connection is deployed: what the settings do not say.

variable "project" {
  description = "Google Cloud project."
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

variable "functions" {
  description = "Functions for callers, by the manifest's names; null for the fourteen and connection."
  type        = list(string)
  default     = null
  validation {
    condition     = var.functions == null || length(setsubtract(coalesce(var.functions, []), local.callable)) == 0
    error_message = "functions: ${join(", ", setsubtract(coalesce(var.functions, []), local.callable))} cannot be chosen; there are ${join(", ", local.callable)}"
  }
}

variable "warm_instances" {
  description = "Instances that stay, by the function's name; * is every function for callers that has no entry of its own. None by default."
  type        = map(number)
  default     = {}
  validation {
    condition     = length(setsubtract(keys(var.warm_instances), concat(["*"], local.deployed))) == 0
    error_message = "warm_instances: ${join(", ", setsubtract(keys(var.warm_instances), concat(["*"], local.deployed)))} is no function that is deployed; there are ${join(", ", local.deployed)}"
  }
  validation {
    condition     = alltrue([for count in values(var.warm_instances) : floor(count) == count && count >= 0 && count <= var.settings.max_nodes])
    error_message = "warm_instances: whole numbers from 0 to max_nodes, which is ${var.settings.max_nodes}"
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
  description = "Who may call which function: members by the function's name, or by * for every function for callers. Empty by default."
  type        = map(list(string))
  default     = {}
  validation {
    condition     = length(setsubtract(keys(var.invokers), concat(["*"], local.chosen))) == 0
    error_message = "invokers: ${join(", ", setsubtract(keys(var.invokers), concat(["*"], local.chosen)))} is no function for callers that is deployed"
  }
  validation {
    condition     = alltrue([for member in flatten(values(var.invokers)) : can(regex("^(user|group|serviceAccount|domain|principal|principalSet):\\S+$", member))])
    error_message = "invokers: members such as serviceAccount:NAME@PROJECT.iam.gserviceaccount.com, user:..., group:...; never allUsers or allAuthenticatedUsers"
  }
}

variable "idle_prices" {
  description = "US dollars of a second of a warm instance that does nothing: a vCPU, a GiB of memory."
  type        = object({ vcpu = number, gib = number })
  default     = { vcpu = 0.0000025, gib = 0.0000025 }
}
