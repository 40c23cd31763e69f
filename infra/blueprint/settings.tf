# The settings of a connection, as they reach every function in CONNECTION_SETTINGS. Each rule says the sentence that
# shared/config says, with the setting's name before it; test/infra holds the two to each other.

locals {
  pattern = {
    secret_version = "^projects/[^/\\s]+/secrets/[A-Za-z0-9_-]{1,255}/versions/([1-9]\\d*|latest)$"
    topic          = "^projects/[^/\\s]+/topics/[A-Za-z][\\w.~+%-]{2,254}$"
    account        = "^acct_[A-Za-z0-9]{1,64}$"
  }
}

variable "settings" {
  description = "Settings of the connection by name; null for what is not set."
  type = object({
    name                     = string
    region                   = string
    connector_version        = optional(string, "1")
    description              = optional(string)
    labels                   = optional(map(string), {})
    service_account          = optional(string)
    min_nodes                = optional(number, 2)
    max_nodes                = optional(number, 50)
    limit_scope              = optional(string, "node")
    max_wait_ms              = optional(number, 5000)
    max_body_bytes           = optional(number, 262144)
    deadline_ms              = optional(number, 50000)
    operation_retention_days = optional(number, 30)
    account_ceiling          = optional(number)
    endpoint_ceiling         = optional(number, 25)
    search_ceiling           = optional(number, 20)
    files_ceiling            = optional(number, 20)
    api_key                  = optional(string)
    account_id               = optional(string)
    allowed_accounts         = optional(list(string), [])
    proxy_enabled            = optional(bool, false)
    proxy_server             = optional(object({ host = string, port = number }))
    proxy_auth_scheme        = optional(string)
    proxy_user               = optional(string)
    proxy_password           = optional(string)
    proxy_ssltype            = optional(string)
    verbosity                = optional(string, "1")
    api_version              = optional(string)
    output_format            = optional(string, "connector")
    scan_limit               = optional(number, 10000)
    read_only                = optional(bool, false)
    allowed_currencies       = optional(list(string))
    max_amounts              = optional(map(number))
    allow_unbounded          = optional(list(string))
    automation_topic         = optional(string)
    automation_allowlist     = optional(list(string))
    results_topic            = optional(string)
    dead_letter_topic        = optional(string)
    max_delivery_attempts    = optional(number, 100)
    events_topic             = optional(string)
    event_types              = optional(list(string), ["*"])
    event_payload            = optional(string, "snapshot")
    events_refetch           = optional(bool)
    webhook_secrets          = optional(list(string), [])
    webhook_url              = optional(string)
    expose                   = optional(string)
    explorer                 = optional(bool, false)
    tools_allowlist          = optional(list(string))
    operations_allowlist     = optional(list(string))
    suspended                = optional(bool, false)
  })

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", var.settings.name))
    error_message = "name: lowercase letters, digits and hyphens, starting with a letter, not ending with a hyphen, at most 63 characters"
  }
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,62}$", var.settings.region))
    error_message = "region: a Google Cloud location, such as europe-west1"
  }
  validation {
    condition     = contains(["1"], var.settings.connector_version)
    error_message = "connector_version: one of 1"
  }
  validation {
    condition     = try(length(var.settings.description), 0) <= 1024
    error_message = "description: at most 1024 characters"
  }
  validation {
    condition     = alltrue([for k, v in var.settings.labels : can(regex("^[a-z][a-z0-9_-]{0,62}$", k)) && can(regex("^[a-z0-9_-]{0,63}$", v))])
    error_message = "labels: keys of lowercase letters, digits, _ and -, starting with a letter, and values of the same characters, each at most 63"
  }
  validation {
    condition     = var.settings.service_account == null || can(regex("^[a-z0-9-]{1,63}@[a-z0-9.-]{1,190}\\.gserviceaccount\\.com$", var.settings.service_account))
    error_message = "service_account: the e-mail address of a service account, ...gserviceaccount.com"
  }
  validation {
    condition     = floor(var.settings.min_nodes) == var.settings.min_nodes && var.settings.min_nodes >= 0 && var.settings.min_nodes <= 100
    error_message = "min_nodes: an integer from 0 to 100"
  }
  validation {
    condition     = floor(var.settings.max_nodes) == var.settings.max_nodes && var.settings.max_nodes >= 1 && var.settings.max_nodes <= 100
    error_message = "max_nodes: an integer from 1 to 100"
  }
  validation {
    condition     = var.settings.min_nodes <= var.settings.max_nodes
    error_message = "min_nodes: must be at most max_nodes (${var.settings.max_nodes})"
  }
  validation {
    condition     = contains(["node", "connection"], var.settings.limit_scope)
    error_message = "limit_scope: one of node, connection"
  }
  validation {
    condition     = floor(var.settings.max_wait_ms) == var.settings.max_wait_ms && var.settings.max_wait_ms >= 0 && var.settings.max_wait_ms <= 600000
    error_message = "max_wait_ms: an integer from 0 to 600000"
  }
  validation {
    condition     = var.settings.max_wait_ms <= var.settings.deadline_ms
    error_message = "max_wait_ms: must be at most deadline_ms (${var.settings.deadline_ms})"
  }
  validation {
    condition     = floor(var.settings.max_body_bytes) == var.settings.max_body_bytes && var.settings.max_body_bytes >= 1024 && var.settings.max_body_bytes <= 14680064
    error_message = "max_body_bytes: an integer from 1024 to 14680064"
  }
  validation {
    condition     = floor(var.settings.deadline_ms) == var.settings.deadline_ms && var.settings.deadline_ms >= 1000 && var.settings.deadline_ms <= 3500000
    error_message = "deadline_ms: an integer from 1000 to 3500000"
  }
  validation {
    condition     = floor(var.settings.operation_retention_days) == var.settings.operation_retention_days && var.settings.operation_retention_days >= 2 && var.settings.operation_retention_days <= 365
    error_message = "operation_retention_days: an integer from 2 to 365"
  }
  validation {
    condition     = var.settings.account_ceiling == null || try(var.settings.account_ceiling > 0 && var.settings.account_ceiling <= 10000, false)
    error_message = "account_ceiling: a number above 0, at most 10000"
  }
  validation {
    condition     = var.settings.endpoint_ceiling > 0 && var.settings.endpoint_ceiling <= 10000
    error_message = "endpoint_ceiling: a number above 0, at most 10000"
  }
  validation {
    condition     = var.settings.search_ceiling > 0 && var.settings.search_ceiling <= 10000
    error_message = "search_ceiling: a number above 0, at most 10000"
  }
  validation {
    condition     = var.settings.files_ceiling > 0 && var.settings.files_ceiling <= 10000
    error_message = "files_ceiling: a number above 0, at most 10000"
  }
  validation {
    condition     = var.settings.api_key == null || can(regex(local.pattern.secret_version, var.settings.api_key))
    error_message = "api_key: projects/P/secrets/S/versions/V, where V is a number or latest"
  }
  validation {
    condition     = var.settings.account_id == null || can(regex(local.pattern.account, var.settings.account_id))
    error_message = "account_id: a Stripe account, acct_..."
  }
  validation {
    condition     = length(var.settings.allowed_accounts) <= 1000 && alltrue([for one in var.settings.allowed_accounts : can(regex(local.pattern.account, one))])
    error_message = "allowed_accounts: at most 1000 Stripe accounts, acct_..."
  }
  validation {
    condition     = var.settings.proxy_enabled || var.settings.proxy_server == null
    error_message = "proxy_server: must be absent while proxy_enabled is false"
  }
  validation {
    condition     = !var.settings.proxy_enabled || var.settings.proxy_server != null
    error_message = "proxy_server: is required with proxy_enabled"
  }
  validation {
    condition = var.settings.proxy_server == null || try(
      can(regex("^(\\[[0-9a-fA-F:.]{2,45}\\]|[^\\s/:\\[\\]@]{1,253})$", var.settings.proxy_server.host)) &&
      floor(var.settings.proxy_server.port) == var.settings.proxy_server.port &&
    var.settings.proxy_server.port >= 1 && var.settings.proxy_server.port <= 65535, false)
    error_message = "proxy_server: a host and a port from 1 to 65535"
  }
  validation {
    condition     = var.settings.proxy_auth_scheme == null || try(contains(["BASIC", "DIGEST", "NONE"], var.settings.proxy_auth_scheme), false)
    error_message = "proxy_auth_scheme: one of BASIC, DIGEST, NONE"
  }
  validation {
    condition     = var.settings.proxy_enabled || var.settings.proxy_auth_scheme == null
    error_message = "proxy_auth_scheme: must be absent while proxy_enabled is false"
  }
  validation {
    condition     = var.settings.proxy_user == null || can(regex("^[^:\\r\\n]{1,255}$", var.settings.proxy_user))
    error_message = "proxy_user: 1 to 255 characters without a colon"
  }
  validation {
    condition     = var.settings.proxy_enabled || var.settings.proxy_user == null
    error_message = "proxy_user: must be absent while proxy_enabled is false"
  }
  validation {
    condition     = !var.settings.proxy_enabled || try(coalesce(var.settings.proxy_auth_scheme, "NONE"), "NONE") != "NONE" || var.settings.proxy_user == null
    error_message = "proxy_user: must be absent while proxy_auth_scheme is NONE"
  }
  validation {
    condition     = !var.settings.proxy_enabled || coalesce(var.settings.proxy_auth_scheme, "NONE") == "NONE" || var.settings.proxy_user != null
    error_message = "proxy_user: is required with proxy_auth_scheme ${coalesce(var.settings.proxy_auth_scheme, "NONE")}"
  }
  validation {
    condition     = var.settings.proxy_password == null || can(regex(local.pattern.secret_version, var.settings.proxy_password))
    error_message = "proxy_password: projects/P/secrets/S/versions/V, where V is a number or latest"
  }
  validation {
    condition     = var.settings.proxy_enabled || var.settings.proxy_password == null
    error_message = "proxy_password: must be absent while proxy_enabled is false"
  }
  validation {
    condition     = !var.settings.proxy_enabled || coalesce(var.settings.proxy_auth_scheme, "NONE") != "NONE" || var.settings.proxy_password == null
    error_message = "proxy_password: must be absent while proxy_auth_scheme is NONE"
  }
  validation {
    condition     = !var.settings.proxy_enabled || coalesce(var.settings.proxy_auth_scheme, "NONE") == "NONE" || var.settings.proxy_password != null
    error_message = "proxy_password: is required with proxy_auth_scheme ${coalesce(var.settings.proxy_auth_scheme, "NONE")}"
  }
  validation {
    condition     = var.settings.proxy_ssltype == null || try(contains(["AUTO", "ALWAYS", "NEVER", "TUNNEL", "SELECTED"], var.settings.proxy_ssltype), false)
    error_message = "proxy_ssltype: one of AUTO, ALWAYS, NEVER, TUNNEL, SELECTED"
  }
  validation {
    condition     = var.settings.proxy_enabled || var.settings.proxy_ssltype == null
    error_message = "proxy_ssltype: must be absent while proxy_enabled is false"
  }
  validation {
    condition     = var.settings.proxy_ssltype != "NEVER"
    error_message = "proxy_ssltype: NEVER would send the API key to the proxy in plaintext; use AUTO, ALWAYS or TUNNEL"
  }
  validation {
    condition     = contains(["1", "2", "3", "4", "5"], var.settings.verbosity)
    error_message = "verbosity: one of 1, 2, 3, 4, 5"
  }
  validation {
    condition     = var.settings.api_version == null || can(regex("^\\d{4}-\\d{2}-\\d{2}(\\.[a-z]+)?$", var.settings.api_version))
    error_message = "api_version: a Stripe API version such as 2024-04-10"
  }
  validation {
    condition     = contains(["connector", "native"], var.settings.output_format)
    error_message = "output_format: one of connector, native"
  }
  validation {
    condition     = floor(var.settings.scan_limit) == var.settings.scan_limit && var.settings.scan_limit >= 100 && var.settings.scan_limit <= 1000000
    error_message = "scan_limit: an integer from 100 to 1000000"
  }
  validation {
    condition     = var.settings.allowed_currencies == null || try(length(var.settings.allowed_currencies) > 0 && alltrue([for one in var.settings.allowed_currencies : can(regex("^[a-z]{3,10}$", one))]), false)
    error_message = "allowed_currencies: at least one currency in lower case, such as usd"
  }
  validation {
    condition     = var.settings.max_amounts == null || try(length(var.settings.max_amounts) > 0 && alltrue([for k, v in var.settings.max_amounts : can(regex("^[a-z]{3,10}$", k)) && floor(v) == v && v >= 0]), false)
    error_message = "max_amounts: integers from 0 by currency in lower case, at least one: {\"usd\": 50000}"
  }
  validation {
    condition     = var.settings.allow_unbounded == null || try(length(var.settings.allow_unbounded) <= 1000 && alltrue([for one in var.settings.allow_unbounded : can(regex("^[A-Z][A-Za-z0-9]*(\\.[A-Z][A-Za-z0-9]*)*$", one))]), false)
    error_message = "allow_unbounded: at most 1000 operations (Refund.Create) and actions (PayInvoice), each by its name"
  }
  validation {
    condition     = var.settings.automation_topic == null || (can(regex(local.pattern.topic, var.settings.automation_topic)) && !can(regex("/topics/goog", var.settings.automation_topic)))
    error_message = "automation_topic: projects/P/topics/T, where T does not begin with goog"
  }
  validation {
    condition     = var.settings.automation_allowlist == null || try(length(var.settings.automation_allowlist) <= 1000 && alltrue([for one in var.settings.automation_allowlist : can(regex("^(\\*|[A-Za-z0-9]+(\\.[A-Za-z0-9]+)*)$", one))]), false)
    error_message = "automation_allowlist: at most 1000 operations (Create, Customer.Create) and actions, or *"
  }
  validation {
    condition     = var.settings.results_topic == null || (can(regex(local.pattern.topic, var.settings.results_topic)) && !can(regex("/topics/goog", var.settings.results_topic)))
    error_message = "results_topic: projects/P/topics/T, where T does not begin with goog"
  }
  validation {
    condition     = var.settings.dead_letter_topic == null || (can(regex(local.pattern.topic, var.settings.dead_letter_topic)) && !can(regex("/topics/goog", var.settings.dead_letter_topic)))
    error_message = "dead_letter_topic: projects/P/topics/T, where T does not begin with goog"
  }
  validation {
    condition     = floor(var.settings.max_delivery_attempts) == var.settings.max_delivery_attempts && var.settings.max_delivery_attempts >= 5 && var.settings.max_delivery_attempts <= 100
    error_message = "max_delivery_attempts: an integer from 5 to 100"
  }
  validation {
    condition     = var.settings.events_topic == null || (can(regex(local.pattern.topic, var.settings.events_topic)) && !can(regex("/topics/goog", var.settings.events_topic)))
    error_message = "events_topic: projects/P/topics/T, where T does not begin with goog"
  }
  validation {
    condition     = length(var.settings.event_types) >= 1 && length(var.settings.event_types) <= 500 && alltrue([for one in var.settings.event_types : can(regex("^(\\*|[a-z][A-Za-z0-9_.\\[\\]-]{0,199}(\\.\\*)?)$", one))])
    error_message = "event_types: 1 to 500 types of Stripe's events: invoice.paid, invoice.*, or *"
  }
  validation {
    condition     = contains(["snapshot", "thin"], var.settings.event_payload)
    error_message = "event_payload: one of snapshot, thin"
  }
  validation {
    condition     = length(var.settings.webhook_secrets) <= 5 && alltrue([for one in var.settings.webhook_secrets : can(regex(local.pattern.secret_version, one))])
    error_message = "webhook_secrets: at most 5 secret versions projects/P/secrets/S/versions/V, where V is a number or latest"
  }
  validation {
    condition     = var.settings.webhook_url == null || can(regex("^https?://[^\\s/]+(/\\S*)?$", var.settings.webhook_url))
    error_message = "webhook_url: an http or https URL"
  }
  validation {
    condition     = var.settings.expose == null || try(contains(["discovery", "reads", "all"], var.settings.expose), false)
    error_message = "expose: one of discovery, reads, all"
  }
  validation {
    condition     = var.settings.tools_allowlist == null || try(length(var.settings.tools_allowlist) <= 1000 && alltrue([for one in var.settings.tools_allowlist : can(regex("^(\\*|[A-Za-z0-9]+(\\.[A-Za-z0-9]+)*)$", one))]), false)
    error_message = "tools_allowlist: at most 1000 operations (List, Customer.Create) and actions, or *"
  }
  validation {
    condition     = var.settings.operations_allowlist == null || try(length(var.settings.operations_allowlist) <= 1000 && alltrue([for one in var.settings.operations_allowlist : can(regex("^(\\*|[A-Za-z0-9]+(\\.[A-Za-z0-9]+)*)$", one))]), false)
    error_message = "operations_allowlist: at most 1000 operations (Get, Customer.Create) and actions, or *"
  }
}
