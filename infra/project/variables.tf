variable "project" {
  description = "id of the Google Cloud project"
  type        = string
}

variable "regions" {
  description = "regions of the functions, such as europe-west1; each gets a repository for the functions' images"
  type        = list(string)
  validation {
    condition     = length(var.regions) > 0 && length(distinct(var.regions)) == length(var.regions)
    error_message = "regions: at least one region, each once"
  }
}

variable "labels" {
  description = "labels of the repositories of images"
  type        = map(string)
  default     = {}
}

variable "location" {
  description = "location of the Firestore database, such as europe-west1 or eur3, which costs twice as much; null for the first of regions. It cannot be changed later"
  type        = string
  default     = null
}

variable "database" {
  description = "Firestore database of the state of every connection. Name (default) only if its applications use no collection groups members, operations, shards, lanes, deadLetters, stripeEvents or stripeAccounts: TTL policies and index exemptions are per group"
  type        = string
  default     = "stripe-connector"
}

variable "create_database" {
  description = "creates the database; false if the project has it already"
  type        = bool
  default     = true
}

variable "accept_state_loss" {
  description = "the one other database to which an apply may change, as the message of a rejected plan names it. The change leaves the records of operations behind, or deletes them with delete_protection = false, so a repeated operationId runs again. Leave it set afterwards. true permits every change; null permits none"
  type        = string
  default     = null
  validation {
    condition     = var.accept_state_loss == null || can(regex("^true$|^projects/[^/ ]+/databases/[^/ ]+ (in [a-z0-9-]+( with projects/\\S+)?|not created)$", var.accept_state_loss))
    error_message = "accept_state_loss: the database from now on, as the error message of the plan names it: projects/P/databases/D in LOCATION [with KEY], or projects/P/databases/D not created; or true for any database"
  }
}

variable "delete_protection" {
  description = "keeps the database and its records when Terraform destroys the project module; false deletes them with it"
  type        = bool
  default     = true
}

variable "point_in_time_recovery" {
  description = "keeps versions of the last seven days, so that you can read the state of any minute in them; billed as storage"
  type        = bool
  default     = false
}

variable "backup_days" {
  description = "days for which a daily backup of the database is kept, 1 to 98; 0 makes no backups"
  type        = number
  default     = 0
  validation {
    condition     = floor(var.backup_days) == var.backup_days && var.backup_days >= 0 && var.backup_days <= 98
    error_message = "backup_days: a whole number from 0 to 98"
  }
}

variable "kms_key" {
  description = "Cloud KMS key that encrypts the database and the images, in the location of the database. A database keeps the key with which it was created. The module gives Google's service agents the right to use the key"
  type        = string
  default     = null
}

variable "audit_logs" {
  description = "records who reads secrets, the state and keys: Data Access audit logs of Secret Manager, Firestore and Cloud KMS, which are billed as logs. Replaces the project's audit configuration of these services"
  type        = bool
  default     = false
}

variable "enable_vpc_connectors" {
  description = "enables the services of Serverless VPC Access, for the connection's vpc_connector"
  type        = bool
  default     = false
}

variable "enable_integration_connectors" {
  description = "enables connectors.googleapis.com, if Integration Connectors will call the functions"
  type        = bool
  default     = false
}

variable "connectors_admins" {
  description = "members that get roles/connectors.admin, with enable_integration_connectors"
  type        = list(string)
  default     = []
}
