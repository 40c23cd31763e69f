# The settings of the connection, by the vendor's names and the schema's. What each may be is checked in ../blueprint,
# with the same sentences as npm run connection -- check.

variable "name" {
  description = "name of the connection: lowercase letters, digits, hyphens; at most 63 characters"
  type        = string
}

variable "region" {
  description = "Google Cloud location"
  type        = string
}

variable "connector_version" {
  description = "the only version is \"1\""
  type        = string
  default     = "1"
  nullable    = false
}

variable "description" {
  description = "set on every cloud resource that has the field"
  type        = string
  default     = null
}

variable "labels" {
  description = "set on every cloud resource that has the field"
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "service_account" {
  description = "e-mail of the service account; required in the cloud"
  type        = string
  default     = null
}

variable "min_nodes" {
  description = "minimum number of nodes, 0 to max_nodes"
  type        = number
  default     = 2
  nullable    = false
}

variable "max_nodes" {
  description = "maximum number of nodes, 1 to 100"
  type        = number
  default     = 50
  nullable    = false
}

variable "limit_scope" {
  description = "node: 6 a second for each node; connection: 6 a second in all"
  type        = string
  default     = "node"
  nullable    = false
}

variable "max_wait_ms" {
  description = "milliseconds that a call may wait for the rate limiter; 0 rejects immediately"
  type        = number
  default     = 5000
  nullable    = false
}

variable "max_body_bytes" {
  description = "maximum bytes of a request body; larger ones are rejected (413); a file of 10 MB needs 14680064"
  type        = number
  default     = 262144
  nullable    = false
}

variable "deadline_ms" {
  description = "deadline of a call in milliseconds"
  type        = number
  default     = 50000
  nullable    = false
}

variable "operation_retention_days" {
  description = "days for which the outcome of an operationId is kept"
  type        = number
  default     = 30
  nullable    = false
}

variable "account_ceiling" {
  description = "maximum requests per second to the Stripe account; default 100 with a live key, 25 with a test key"
  type        = number
  default     = null
}

variable "endpoint_ceiling" {
  description = "maximum requests per second to each Stripe endpoint: a method and a path without ids; above 25 with a warning"
  type        = number
  default     = 25
  nullable    = false
}

variable "search_ceiling" {
  description = "maximum requests per second to the Search API; above 20 with a warning"
  type        = number
  default     = 20
  nullable    = false
}

variable "files_ceiling" {
  description = "maximum requests per second that read files, and that write files; above 20 with a warning"
  type        = number
  default     = 20
  nullable    = false
}

variable "api_key" {
  description = "Secret Manager version of the API key; required in the cloud"
  type        = string
}

variable "account_id" {
  description = "Stripe Connect account of every call"
  type        = string
  default     = null
}

variable "allowed_accounts" {
  description = "Connect accounts that a call may use instead"
  type        = list(string)
  default     = []
  nullable    = false
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
}

variable "proxy_auth_scheme" {
  description = "default NONE"
  type        = string
  default     = null
}

variable "proxy_user" {
  description = "required unless the scheme is NONE"
  type        = string
  default     = null
}

variable "proxy_password" {
  description = "Secret Manager version; required unless the scheme is NONE"
  type        = string
  default     = null
}

variable "proxy_ssltype" {
  description = "default AUTO; SELECTED is an alias of TUNNEL"
  type        = string
  default     = null
}

variable "verbosity" {
  description = "1 errors, 2 one line per request to Stripe; 3 to 5 add headers, bodies, TLS"
  type        = string
  default     = "1"
  nullable    = false
}

variable "api_version" {
  description = "value of the Stripe-Version header; default the SDK's version"
  type        = string
  default     = null
}

variable "output_format" {
  description = "format of the output; a call may override it"
  type        = string
  default     = "connector"
  nullable    = false
}

variable "scan_limit" {
  description = "maximum rows that one call filters in the connector if Stripe cannot filter them"
  type        = number
  default     = 10000
  nullable    = false
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
}

variable "max_amounts" {
  description = "maximum amount of a write by currency, in its minor unit; other currencies are rejected"
  type        = map(number)
  default     = null
}

variable "allow_unbounded" {
  description = "operations (Refund.Create) and actions (PayInvoice) that are sent although max_amounts cannot limit them; default none"
  type        = list(string)
  default     = null
}

variable "automation_topic" {
  description = "Pub/Sub topic of the messages that request operations"
  type        = string
  default     = null
}

variable "automation_allowlist" {
  description = "operations (Create, Customer.Create) and actions that messages may request, or *; default List, Get; all if open locally"
  type        = list(string)
  default     = null
}

variable "results_topic" {
  description = "Pub/Sub topic for the results of messages; without it none are published"
  type        = string
  default     = null
}

variable "dead_letter_topic" {
  description = "Pub/Sub topic for requests that failed permanently; required for automation unless open locally"
  type        = string
  default     = null
}

variable "max_delivery_attempts" {
  description = "maximum deliveries of one message, 5 to 100; then it is dead-lettered"
  type        = number
  default     = 100
  nullable    = false
}

variable "events_topic" {
  description = "Pub/Sub topic for Stripe's events; required for stripe-events"
  type        = string
  default     = null
}

variable "event_types" {
  description = "types of Stripe's events to publish: invoice.paid, invoice.*, or *"
  type        = list(string)
  default     = ["*"]
  nullable    = false
}

variable "event_payload" {
  description = "how Stripe sends events that it has in both forms: snapshot, or thin (the object's id only, read on arrival)"
  type        = string
  default     = "snapshot"
  nullable    = false
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
}

variable "webhook_url" {
  description = "URL of the deployed stripe-events function, for npm run webhooks"
  type        = string
  default     = null
}

variable "expose" {
  description = "what the function connection exposes in addition to health: discovery, reads (with discovery) or all; default reads; all if open locally"
  type        = string
  default     = null
}

variable "explorer" {
  description = "serves the explorer at / of the function connection; always if open locally"
  type        = bool
  default     = false
  nullable    = false
}

variable "tools_allowlist" {
  description = "operations (List, Customer.Create) and actions that the function tools offers to MCP clients, or *; default none; all if open locally"
  type        = list(string)
  default     = null
}

variable "operations_allowlist" {
  description = "operations (Get, Customer.Create) and actions that calls over HTTP may request, or *; default all, for the function single List, Get"
  type        = list(string)
  default     = null
}

variable "suspended" {
  description = "rejects every call with CONNECTION_SUSPENDED"
  type        = bool
  default     = false
  nullable    = false
}
