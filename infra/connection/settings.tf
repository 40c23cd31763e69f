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
  description = "the offered version is \"1\""
  type        = string
  default     = "1"
  nullable    = false
}

variable "description" {
  description = "reaches every cloud resource that has the field"
  type        = string
  default     = null
}

variable "labels" {
  description = "reach every cloud resource that has the field"
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
  description = "nodes that count at least, 0 to max_nodes"
  type        = number
  default     = 2
  nullable    = false
}

variable "max_nodes" {
  description = "nodes that count at most, 1 to 100"
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
  description = "milliseconds that a call waits for its turn; 0 refuses at once"
  type        = number
  default     = 5000
  nullable    = false
}

variable "max_body_bytes" {
  description = "bytes of a request body at most; larger ones are refused (413); a file of 10 MB takes 14680064"
  type        = number
  default     = 262144
  nullable    = false
}

variable "deadline_ms" {
  description = "milliseconds of a whole call"
  type        = number
  default     = 50000
  nullable    = false
}

variable "operation_retention_days" {
  description = "days that the outcome of an operationId is remembered"
  type        = number
  default     = 30
  nullable    = false
}

variable "account_ceiling" {
  description = "transactions a second of the Stripe account; default 100 with a live key, 25 with a test key"
  type        = number
  default     = null
}

variable "endpoint_ceiling" {
  description = "transactions a second of one endpoint of Stripe; cuts the rate of the connection"
  type        = number
  default     = 25
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
  description = "Connect accounts that a call may name instead"
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
  description = "default AUTO; SELECTED is another name of TUNNEL"
  type        = string
  default     = null
}

variable "verbosity" {
  description = "1 errors, 2 one line a transaction; 3 to 5 add heads, bodies, TLS"
  type        = string
  default     = "1"
  nullable    = false
}

variable "api_version" {
  description = "sent as Stripe-Version; default the SDK's own"
  type        = string
  default     = null
}

variable "output_format" {
  description = "format of the output; a call may choose"
  type        = string
  default     = "connector"
  nullable    = false
}

variable "scan_limit" {
  description = "rows that one call compares here at most, where Stripe does not filter itself"
  type        = number
  default     = 10000
  nullable    = false
}

variable "read_only" {
  description = "refuses every write"
  type        = bool
  default     = false
  nullable    = false
}

variable "allowed_currencies" {
  description = "currencies that a write may name, lower case; all where absent"
  type        = list(string)
  default     = null
}

variable "max_amounts" {
  description = "greatest amount of a write by currency, in its minor unit; other currencies are refused"
  type        = map(number)
  default     = null
}

variable "allow_unbounded" {
  description = "operations (Refund.Create) and actions (PayInvoice) that are sent though max_amounts cannot bound them; default none"
  type        = list(string)
  default     = null
}

variable "automation_topic" {
  description = "Pub/Sub topic of the messages that ask for operations"
  type        = string
  default     = null
}

variable "automation_allowlist" {
  description = "operations (Create, Customer.Create) and actions that messages may ask for, or *; default List, Get; all if open locally"
  type        = list(string)
  default     = null
}

variable "results_topic" {
  description = "Pub/Sub topic of what messages came to; none publishes nothing"
  type        = string
  default     = null
}

variable "dead_letter_topic" {
  description = "Pub/Sub topic for requests that failed permanently; required for automation unless open locally"
  type        = string
  default     = null
}

variable "max_delivery_attempts" {
  description = "deliveries of one message at most, 5 to 100; then it is a dead letter"
  type        = number
  default     = 100
  nullable    = false
}

variable "events_topic" {
  description = "Pub/Sub topic of Stripe's events; required for stripe-events"
  type        = string
  default     = null
}

variable "event_types" {
  description = "types of Stripe's events to publish: invoice.paid, invoice.*, or *"
  type        = list(string)
  default     = ["*"]
  nullable    = false
}

variable "events_refetch" {
  description = "publishes the object as it is now, read anew through the limiter, instead of what the event carries"
  type        = bool
  default     = false
  nullable    = false
}

variable "webhook_secrets" {
  description = "Secret Manager versions of the signing secrets, several while one is rolled; required for stripe-events in the cloud"
  type        = list(string)
  default     = []
  nullable    = false
}

variable "webhook_url" {
  description = "address of the deployed stripe-events function, for npm run webhooks"
  type        = string
  default     = null
}

variable "expose" {
  description = "what the function connection serves besides health: discovery, reads (with discovery) or all; default reads; all if open locally"
  type        = string
  default     = null
}

variable "explorer" {
  description = "serves the explorer page at / of the function connection; always if open locally"
  type        = bool
  default     = false
  nullable    = false
}

variable "tools_allowlist" {
  description = "operations (List, Customer.Create) and actions that the function tools offers to agents, or *; default none; all if open locally"
  type        = list(string)
  default     = null
}

variable "suspended" {
  description = "refuses every call with a clear error"
  type        = bool
  default     = false
  nullable    = false
}
