# Written by npm run settings from shared/config/settings: do not edit. The validations report what the functions and
# stripe-connector check report.

variable "name" {
  description = "name of the connection: lowercase letters, digits, hyphens; at most 63 characters"
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", var.name))
    error_message = "name: lowercase letters, digits and hyphens, starting with a letter, not ending with a hyphen, at most 63 characters"
  }
}

variable "region" {
  description = "Google Cloud location"
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,62}$", var.region))
    error_message = "region: a Google Cloud location, such as europe-west1"
  }
}

variable "connector_version" {
  description = "the only version is \"1\""
  type        = string
  default     = "1"
  nullable    = false

  validation {
    condition     = contains(["1"], var.connector_version)
    error_message = "connector_version: one of 1"
  }
}

variable "description" {
  description = "set on every cloud resource that has the field"
  type        = string
  default     = null

  validation {
    condition     = var.description == null || try(length(var.description) <= 1024, false)
    error_message = "description: at most 1024 characters"
  }
}

variable "labels" {
  description = "set on every cloud resource that has the field"
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key, item in var.labels : can(regex("^[a-z][a-z0-9_-]{0,62}$", key)) && can(regex("^[a-z0-9_-]{0,63}$", item))])
    error_message = "labels: keys of lowercase letters, digits, _ and -, starting with a letter, and values of the same characters, each at most 63"
  }
}

variable "service_account" {
  description = "e-mail of the service account; required in the cloud"
  type        = string
  default     = null

  validation {
    condition     = var.service_account == null || try(can(regex("^[a-z0-9-]{1,63}@[a-z0-9.-]{1,190}\\.gserviceaccount\\.com$", var.service_account)), false)
    error_message = "service_account: the e-mail address of a service account, ...gserviceaccount.com"
  }
}

variable "min_nodes" {
  description = "minimum number of nodes, 0 to max_nodes"
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = floor(var.min_nodes) == var.min_nodes && var.min_nodes >= 0 && var.min_nodes <= 100
    error_message = "min_nodes: an integer from 0 to 100"
  }

  validation {
    condition     = var.min_nodes <= var.max_nodes
    error_message = "min_nodes: must be at most max_nodes (${var.max_nodes})"
  }
}

variable "max_nodes" {
  description = "maximum number of nodes, 1 to 100"
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = floor(var.max_nodes) == var.max_nodes && var.max_nodes >= 1 && var.max_nodes <= 100
    error_message = "max_nodes: an integer from 1 to 100"
  }
}

variable "limit_scope" {
  description = "node: 6 a second for each node; connection: 6 a second in all"
  type        = string
  default     = "node"
  nullable    = false

  validation {
    condition     = contains(["node", "connection"], var.limit_scope)
    error_message = "limit_scope: one of node, connection"
  }
}

variable "max_wait_ms" {
  description = "milliseconds that a call may wait for the rate limiter; 0 rejects immediately"
  type        = number
  default     = 5000
  nullable    = false

  validation {
    condition     = floor(var.max_wait_ms) == var.max_wait_ms && var.max_wait_ms >= 0 && var.max_wait_ms <= 600000
    error_message = "max_wait_ms: an integer from 0 to 600000"
  }

  validation {
    condition     = var.max_wait_ms <= var.deadline_ms
    error_message = "max_wait_ms: must be at most deadline_ms (${var.deadline_ms})"
  }
}

variable "max_body_bytes" {
  description = "maximum bytes of a request body; larger ones are rejected (413); a file of 10 MB needs 14680064"
  type        = number
  default     = 262144
  nullable    = false

  validation {
    condition     = floor(var.max_body_bytes) == var.max_body_bytes && var.max_body_bytes >= 1024 && var.max_body_bytes <= 14680064
    error_message = "max_body_bytes: an integer from 1024 to 14680064"
  }
}

variable "max_affected" {
  description = "maximum of maxAffected, the rows that one Update or Delete by clause may write; lowers its default too"
  type        = number
  default     = 10000
  nullable    = false

  validation {
    condition     = floor(var.max_affected) == var.max_affected && var.max_affected >= 1 && var.max_affected <= 10000
    error_message = "max_affected: an integer from 1 to 10000"
  }
}

variable "deadline_ms" {
  description = "deadline of a call in milliseconds"
  type        = number
  default     = 50000
  nullable    = false

  validation {
    condition     = floor(var.deadline_ms) == var.deadline_ms && var.deadline_ms >= 1000 && var.deadline_ms <= 3500000
    error_message = "deadline_ms: an integer from 1000 to 3500000"
  }
}

variable "operation_retention_days" {
  description = "days for which the outcome of an operationId is kept"
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = floor(var.operation_retention_days) == var.operation_retention_days && var.operation_retention_days >= 2 && var.operation_retention_days <= 365
    error_message = "operation_retention_days: an integer from 2 to 365"
  }
}

variable "operation_record" {
  description = "what is stored of Stripe's response to an operationId: object, which a repeat returns; id, by which a repeat reads the object from Stripe as it is then"
  type        = string
  default     = "object"
  nullable    = false

  validation {
    condition     = contains(["object", "id"], var.operation_record)
    error_message = "operation_record: one of object, id"
  }
}

variable "account_ceiling" {
  description = "maximum requests per second to the Stripe account; default 100 with a live key, 25 with a test key"
  type        = number
  default     = null

  validation {
    condition     = var.account_ceiling == null || try(var.account_ceiling > 0 && var.account_ceiling <= 10000, false)
    error_message = "account_ceiling: a number above 0, at most 10000"
  }
}

variable "endpoint_ceiling" {
  description = "maximum requests per second to each Stripe endpoint: a method and a path without ids; above 25 with a warning"
  type        = number
  default     = 25
  nullable    = false

  validation {
    condition     = var.endpoint_ceiling > 0 && var.endpoint_ceiling <= 10000
    error_message = "endpoint_ceiling: a number above 0, at most 10000"
  }
}

variable "search_ceiling" {
  description = "maximum requests per second to the Search API; above 20 with a warning"
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.search_ceiling > 0 && var.search_ceiling <= 10000
    error_message = "search_ceiling: a number above 0, at most 10000"
  }
}

variable "files_ceiling" {
  description = "maximum requests per second that read files, and that write files; above 20 with a warning"
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.files_ceiling > 0 && var.files_ceiling <= 10000
    error_message = "files_ceiling: a number above 0, at most 10000"
  }
}

variable "api_key" {
  description = "Secret Manager version of the API key; required in the cloud"
  type        = string

  validation {
    condition     = can(regex("^projects/[^/\\s]+/secrets/[A-Za-z0-9_-]{1,255}/versions/([1-9]\\d*|latest)$", var.api_key))
    error_message = "api_key: projects/P/secrets/S/versions/V, where V is a number or latest"
  }
}

variable "account_id" {
  description = "Stripe Connect account of every call"
  type        = string
  default     = null

  validation {
    condition     = var.account_id == null || try(can(regex("^acct_[A-Za-z0-9]{1,64}$", var.account_id)), false)
    error_message = "account_id: a Stripe account, acct_..."
  }
}

variable "allowed_accounts" {
  description = "Connect accounts that a call may use instead"
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.allowed_accounts) <= 1000 && alltrue([for item in var.allowed_accounts : can(regex("^acct_[A-Za-z0-9]{1,64}$", item))])
    error_message = "allowed_accounts: at most 1000 Stripe accounts, acct_..."
  }
}

variable "proxy_enabled" {
  description = "HTTP proxy; when false the other proxy settings must be absent"
  type        = bool
  default     = false
  nullable    = false
}

variable "proxy_server" {
  description = "host and port of the proxy"
  type        = object({ host = string, port = number })
  default     = null

  validation {
    condition     = var.proxy_server == null || try(can(regex("^(\\[[0-9a-fA-F:.]{2,45}\\]|[^\\s/:[\\]@]{1,253})$", var.proxy_server.host)) && floor(var.proxy_server.port) == var.proxy_server.port && var.proxy_server.port >= 1 && var.proxy_server.port <= 65535, false)
    error_message = "proxy_server: a host and a port from 1 to 65535"
  }

  validation {
    condition     = var.proxy_enabled || var.proxy_server == null
    error_message = "proxy_server: must be absent while proxy_enabled is false"
  }

  validation {
    condition     = !var.proxy_enabled || var.proxy_server != null
    error_message = "proxy_server: is required with proxy_enabled"
  }
}

variable "proxy_auth_scheme" {
  description = "default NONE"
  type        = string
  default     = null

  validation {
    condition     = var.proxy_auth_scheme == null || try(contains(["BASIC", "DIGEST", "NONE"], var.proxy_auth_scheme), false)
    error_message = "proxy_auth_scheme: one of BASIC, DIGEST, NONE"
  }

  validation {
    condition     = var.proxy_enabled || var.proxy_auth_scheme == null
    error_message = "proxy_auth_scheme: must be absent while proxy_enabled is false"
  }
}

variable "proxy_user" {
  description = "required unless the scheme is NONE"
  type        = string
  default     = null

  validation {
    condition     = var.proxy_user == null || try(can(regex("^[^:\\r\\n]{1,255}$", var.proxy_user)), false)
    error_message = "proxy_user: 1 to 255 characters without a colon"
  }

  validation {
    condition     = var.proxy_enabled || var.proxy_user == null
    error_message = "proxy_user: must be absent while proxy_enabled is false"
  }

  validation {
    condition     = !var.proxy_enabled || coalesce(var.proxy_auth_scheme, "NONE") != "NONE" || var.proxy_user == null
    error_message = "proxy_user: must be absent while proxy_auth_scheme is NONE"
  }

  validation {
    condition     = !var.proxy_enabled || !contains(["BASIC", "DIGEST"], coalesce(var.proxy_auth_scheme, "NONE")) || var.proxy_user != null
    error_message = "proxy_user: is required with proxy_auth_scheme ${coalesce(var.proxy_auth_scheme, "NONE")}"
  }
}

variable "proxy_password" {
  description = "Secret Manager version; required unless the scheme is NONE"
  type        = string
  default     = null

  validation {
    condition     = var.proxy_password == null || try(can(regex("^projects/[^/\\s]+/secrets/[A-Za-z0-9_-]{1,255}/versions/([1-9]\\d*|latest)$", var.proxy_password)), false)
    error_message = "proxy_password: projects/P/secrets/S/versions/V, where V is a number or latest"
  }

  validation {
    condition     = var.proxy_enabled || var.proxy_password == null
    error_message = "proxy_password: must be absent while proxy_enabled is false"
  }

  validation {
    condition     = !var.proxy_enabled || coalesce(var.proxy_auth_scheme, "NONE") != "NONE" || var.proxy_password == null
    error_message = "proxy_password: must be absent while proxy_auth_scheme is NONE"
  }

  validation {
    condition     = !var.proxy_enabled || !contains(["BASIC", "DIGEST"], coalesce(var.proxy_auth_scheme, "NONE")) || var.proxy_password != null
    error_message = "proxy_password: is required with proxy_auth_scheme ${coalesce(var.proxy_auth_scheme, "NONE")}"
  }
}

variable "proxy_ssltype" {
  description = "default AUTO; SELECTED is an alias of TUNNEL"
  type        = string
  default     = null

  validation {
    condition     = var.proxy_ssltype == null || try(contains(["AUTO", "ALWAYS", "NEVER", "TUNNEL", "SELECTED"], var.proxy_ssltype), false)
    error_message = "proxy_ssltype: one of AUTO, ALWAYS, NEVER, TUNNEL, SELECTED"
  }

  validation {
    condition     = var.proxy_enabled || var.proxy_ssltype == null
    error_message = "proxy_ssltype: must be absent while proxy_enabled is false"
  }

  validation {
    condition     = var.proxy_ssltype != "NEVER"
    error_message = "proxy_ssltype: NEVER would send the API key to the proxy in plaintext; use AUTO, ALWAYS or TUNNEL"
  }
}

variable "verbosity" {
  description = "1 errors, operator warnings and a line of counts a minute; 2 adds one line per request to Stripe; 3 to 5 add headers, bodies, TLS"
  type        = string
  default     = "1"
  nullable    = false

  validation {
    condition     = contains(["1", "2", "3", "4", "5"], var.verbosity)
    error_message = "verbosity: one of 1, 2, 3, 4, 5"
  }
}

variable "api_version" {
  description = "value of the Stripe-Version header; default the SDK's version"
  type        = string
  default     = null

  validation {
    condition     = var.api_version == null || try(can(regex("^\\d{4}-\\d{2}-\\d{2}(\\.[a-z]+)?$", var.api_version)), false)
    error_message = "api_version: a Stripe API version such as 2024-04-10"
  }
}

variable "output_format" {
  description = "format of the output; a call may override it"
  type        = string
  default     = "connector"
  nullable    = false

  validation {
    condition     = contains(["connector", "native"], var.output_format)
    error_message = "output_format: one of connector, native"
  }
}

variable "scan_limit" {
  description = "maximum rows that one call filters in the connector if Stripe cannot filter them"
  type        = number
  default     = 10000
  nullable    = false

  validation {
    condition     = floor(var.scan_limit) == var.scan_limit && var.scan_limit >= 100 && var.scan_limit <= 1000000
    error_message = "scan_limit: an integer from 100 to 1000000"
  }
}

variable "read_only" {
  description = "rejects every write"
  type        = bool
  default     = false
  nullable    = false
}

variable "allowed_currencies" {
  description = "currencies that a write may use, lower case; default all"
  type        = list(string)
  default     = null

  validation {
    condition     = var.allowed_currencies == null || try(length(var.allowed_currencies) >= 1 && alltrue([for item in var.allowed_currencies : can(regex("^[a-z]{3,10}$", item))]), false)
    error_message = "allowed_currencies: at least one currency in lower case, such as usd"
  }
}

variable "max_amounts" {
  description = "maximum amount of a write by currency, in its minor unit; other currencies are rejected"
  type        = map(number)
  default     = null

  validation {
    condition     = var.max_amounts == null || try(length(var.max_amounts) >= 1 && alltrue([for key, item in var.max_amounts : can(regex("^[a-z]{3,10}$", key)) && floor(item) == item && item >= 0]), false)
    error_message = "max_amounts: integers from 0 by currency in lower case, at least one: {\"usd\": 50000}"
  }
}

variable "allow_unbounded" {
  description = "operations (Refund.Create) and actions (PayInvoice) that are sent although max_amounts cannot limit them; default none"
  type        = list(string)
  default     = null

  validation {
    condition     = var.allow_unbounded == null || try(length(var.allow_unbounded) <= 1000 && alltrue([for item in var.allow_unbounded : can(regex("^[A-Z][A-Za-z0-9]*(\\.[A-Z][A-Za-z0-9]*)*$", item))]), false)
    error_message = "allow_unbounded: at most 1000 operations (Refund.Create) and actions (PayInvoice), each by its name"
  }
}

variable "automation_topic" {
  description = "Pub/Sub topic of the messages that request operations"
  type        = string
  default     = null

  validation {
    condition     = var.automation_topic == null || try(can(regex("^projects/[^/\\s]+/topics/[A-Za-z][\\w.~+%-]{2,254}$", var.automation_topic)) && !can(regex("/topics/goog", var.automation_topic)), false)
    error_message = "automation_topic: projects/P/topics/T, where T does not begin with goog"
  }
}

variable "automation_allowlist" {
  description = "operations (Create, Customer.Create) and actions that messages may request, or *; default List, Get; all if open locally"
  type        = list(string)
  default     = null

  validation {
    condition     = var.automation_allowlist == null || try(length(var.automation_allowlist) <= 1000 && alltrue([for item in var.automation_allowlist : can(regex("^(\\*|[A-Za-z0-9]+(\\.[A-Za-z0-9]+)*)$", item))]), false)
    error_message = "automation_allowlist: at most 1000 operations (Create, Customer.Create) and actions, or *"
  }
}

variable "results_topic" {
  description = "Pub/Sub topic for the results of messages; without it none are published"
  type        = string
  default     = null

  validation {
    condition     = var.results_topic == null || try(can(regex("^projects/[^/\\s]+/topics/[A-Za-z][\\w.~+%-]{2,254}$", var.results_topic)) && !can(regex("/topics/goog", var.results_topic)), false)
    error_message = "results_topic: projects/P/topics/T, where T does not begin with goog"
  }
}

variable "dead_letter_topic" {
  description = "Pub/Sub topic for requests that failed permanently; required for automation unless open locally"
  type        = string
  default     = null

  validation {
    condition     = var.dead_letter_topic == null || try(can(regex("^projects/[^/\\s]+/topics/[A-Za-z][\\w.~+%-]{2,254}$", var.dead_letter_topic)) && !can(regex("/topics/goog", var.dead_letter_topic)), false)
    error_message = "dead_letter_topic: projects/P/topics/T, where T does not begin with goog"
  }
}

variable "max_delivery_attempts" {
  description = "maximum deliveries of one message, 5 to 100; then it is dead-lettered"
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = floor(var.max_delivery_attempts) == var.max_delivery_attempts && var.max_delivery_attempts >= 5 && var.max_delivery_attempts <= 100
    error_message = "max_delivery_attempts: an integer from 5 to 100"
  }
}

variable "events_topic" {
  description = "Pub/Sub topic for Stripe's events; required for stripe-events"
  type        = string
  default     = null

  validation {
    condition     = var.events_topic == null || try(can(regex("^projects/[^/\\s]+/topics/[A-Za-z][\\w.~+%-]{2,254}$", var.events_topic)) && !can(regex("/topics/goog", var.events_topic)), false)
    error_message = "events_topic: projects/P/topics/T, where T does not begin with goog"
  }
}

variable "event_types" {
  description = "types of Stripe's events to publish: invoice.paid, invoice.*, or *"
  type        = list(string)
  default     = ["*"]
  nullable    = false

  validation {
    condition     = length(var.event_types) >= 1 && length(var.event_types) <= 500 && alltrue([for item in var.event_types : can(regex("^(?:\\*|[a-z][A-Za-z0-9_.[\\]-]{0,199}(?:\\.\\*)?)$", item))])
    error_message = "event_types: 1 to 500 types of Stripe's events: invoice.paid, invoice.*, or *"
  }
}

variable "event_payload" {
  description = "how Stripe sends events that it has in both forms: snapshot, or thin (the object's id only, read on arrival)"
  type        = string
  default     = "snapshot"
  nullable    = false

  validation {
    condition     = contains(["snapshot", "thin"], var.event_payload)
    error_message = "event_payload: one of snapshot, thin"
  }
}

variable "events_from" {
  description = "whose events stripe-connector webhooks sync subscribes: self (the own account's), accounts (the connected accounts'), all; default all with allowed_accounts, else self"
  type        = string
  default     = null

  validation {
    condition     = var.events_from == null || try(contains(["self", "accounts", "all"], var.events_from), false)
    error_message = "events_from: one of self, accounts, all"
  }
}

variable "events_refetch" {
  description = "publishes the object's current state, read through the rate limiter: true always, false never; default thin events only"
  type        = bool
  default     = null
}

variable "webhook_secrets" {
  description = "Secret Manager versions of the signing secrets, several during a rotation; required for stripe-events in the cloud"
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.webhook_secrets) <= 10 && alltrue([for item in var.webhook_secrets : can(regex("^projects/[^/\\s]+/secrets/[A-Za-z0-9_-]{1,255}/versions/([1-9]\\d*|latest)$", item))])
    error_message = "webhook_secrets: at most 10 secret versions projects/P/secrets/S/versions/V, where V is a number or latest"
  }
}

variable "webhook_url" {
  description = "URL of the deployed stripe-events function, for stripe-connector webhooks sync"
  type        = string
  default     = null

  validation {
    condition     = var.webhook_url == null || try(can(regex("^https?://[^\\s/]+(/\\S*)?$", var.webhook_url)), false)
    error_message = "webhook_url: an http or https URL"
  }
}

variable "expose" {
  description = "what the function connection exposes in addition to health: discovery, reads (with discovery) or all; default reads; all if open locally"
  type        = string
  default     = null

  validation {
    condition     = var.expose == null || try(contains(["discovery", "reads", "all"], var.expose), false)
    error_message = "expose: one of discovery, reads, all"
  }
}

variable "explorer" {
  description = "serves the explorer at / of the function connection; always if open locally"
  type        = bool
  default     = false
  nullable    = false
}

variable "admin_callers" {
  description = "e-mail addresses of the identities whose ID tokens may call the admin methods of the function connection; default none"
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.admin_callers) <= 20 && alltrue([for item in var.admin_callers : can(regex("^[^\\s@:]{1,64}@[A-Za-z0-9.-]{1,190}$", item))])
    error_message = "admin_callers: at most 20 e-mail addresses of service accounts or users"
  }
}

variable "tools_allowlist" {
  description = "operations (List, Customer.Create) and actions that the function tools offers to MCP clients, or *; default none; all if open locally"
  type        = list(string)
  default     = null

  validation {
    condition     = var.tools_allowlist == null || try(length(var.tools_allowlist) <= 1000 && alltrue([for item in var.tools_allowlist : can(regex("^(\\*|[A-Za-z0-9]+(\\.[A-Za-z0-9]+)*)$", item))]), false)
    error_message = "tools_allowlist: at most 1000 operations (List, Customer.Create) and actions, or *"
  }
}

variable "operations_allowlist" {
  description = "operations (Get, Customer.Create) and actions that calls over HTTP may request, or *; default all, for the function single List, Get"
  type        = list(string)
  default     = null

  validation {
    condition     = var.operations_allowlist == null || try(length(var.operations_allowlist) <= 1000 && alltrue([for item in var.operations_allowlist : can(regex("^(\\*|[A-Za-z0-9]+(\\.[A-Za-z0-9]+)*)$", item))]), false)
    error_message = "operations_allowlist: at most 1000 operations (Get, Customer.Create) and actions, or *"
  }
}

variable "suspended" {
  description = "rejects every call with CONNECTION_SUSPENDED"
  type        = bool
  default     = false
  nullable    = false
}

locals {
  settings = {
    name = var.name

    region = var.region

    connector_version = var.connector_version

    description = var.description

    labels = var.labels

    service_account = var.service_account

    min_nodes = var.min_nodes

    max_nodes = var.max_nodes

    limit_scope = var.limit_scope

    max_wait_ms = var.max_wait_ms

    max_body_bytes = var.max_body_bytes

    max_affected = var.max_affected

    deadline_ms = var.deadline_ms

    operation_retention_days = var.operation_retention_days

    operation_record = var.operation_record

    account_ceiling = var.account_ceiling

    endpoint_ceiling = var.endpoint_ceiling

    search_ceiling = var.search_ceiling

    files_ceiling = var.files_ceiling

    api_key = var.api_key

    account_id = var.account_id

    allowed_accounts = var.allowed_accounts

    proxy_enabled = var.proxy_enabled

    proxy_server = var.proxy_server

    proxy_auth_scheme = var.proxy_auth_scheme

    proxy_user = var.proxy_user

    proxy_password = var.proxy_password

    proxy_ssltype = var.proxy_ssltype

    verbosity = var.verbosity

    api_version = var.api_version

    output_format = var.output_format

    scan_limit = var.scan_limit

    read_only = var.read_only

    allowed_currencies = var.allowed_currencies

    max_amounts = var.max_amounts

    allow_unbounded = var.allow_unbounded

    automation_topic = var.automation_topic

    automation_allowlist = var.automation_allowlist

    results_topic = var.results_topic

    dead_letter_topic = var.dead_letter_topic

    max_delivery_attempts = var.max_delivery_attempts

    events_topic = var.events_topic

    event_types = var.event_types

    event_payload = var.event_payload

    events_from = var.events_from

    events_refetch = var.events_refetch

    webhook_secrets = var.webhook_secrets

    webhook_url = var.webhook_url

    expose = var.expose

    explorer = var.explorer

    admin_callers = var.admin_callers

    tools_allowlist = var.tools_allowlist

    operations_allowlist = var.operations_allowlist

    suspended = var.suspended
  }
}
