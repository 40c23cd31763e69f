variable "project" {
  description = "Google Cloud project"
  type        = string
}

variable "location" {
  description = "location of the Firestore database, such as eur3 or europe-west1; it cannot be changed later"
  type        = string
}

variable "database" {
  description = "Firestore database of the state of every connection"
  type        = string
  default     = "(default)"
}

variable "create_database" {
  description = "makes the database; false where the project has it"
  type        = bool
  default     = true
}

variable "enable_vpc_connectors" {
  description = "enables the services of Serverless VPC Access, for the connection's vpc_connector"
  type        = bool
  default     = false
}

variable "enable_integration_connectors" {
  description = "enables connectors.googleapis.com, where Integration Connectors itself is to call the functions"
  type        = bool
  default     = false
}

variable "connectors_admins" {
  description = "members that get roles/connectors.admin with enable_integration_connectors"
  type        = list(string)
  default     = []
}
