# The settings of the connection. The module connection declares a variable for each and validates it; the functions
# validate them again when they start.

variable "settings" {
  description = "Settings of the connection by name; null for a setting that is not set."
  type        = any
}

locals {
  # The settings that this module reads, with the defaults of the module connection. A test compares them.
  settings_read = merge({
    service_account          = null
    min_nodes                = 2
    max_nodes                = 50
    limit_scope              = "node"
    deadline_ms              = 50000
    operation_retention_days = 30
    operation_record         = "object"
    account_ceiling          = null
    api_key                  = null
    proxy_password           = null
    automation_topic         = null
    results_topic            = null
    dead_letter_topic        = null
    events_topic             = null
    events_refetch           = null
    webhook_secrets          = []
    webhook_url              = null
  }, local.settings_set)

  settings_set = { for key, value in var.settings : key => value if value != null }
}
