variable "project" {
  description = "id of the Google Cloud project"
  type        = string
}

variable "region" {
  description = "region of the resources of the recipe"
  type        = string
}

variable "topic" {
  description = "topic of Stripe's events, projects/P/topics/T: the connection's output topics.events_topic"
  type        = string
}

variable "type" {
  description = "type of the events that start it, such as invoice.paid"
  type        = string
  validation {
    condition     = can(regex("^[a-z0-9_]+(\\.[a-z0-9_]+)+$", var.type))
    error_message = "type: one event type, such as invoice.paid"
  }
}

variable "entity" {
  description = "entity of the events' objects, as GET /entities of the function connection lists it, such as Invoice for invoice.paid"
  type        = string
  validation {
    condition     = can(regex("^[A-Z][A-Za-z0-9]*(\\.[A-Z][A-Za-z0-9]*)*$", var.entity))
    error_message = "entity: a name such as Invoice or Checkout.Session"
  }
}

variable "name" {
  description = "name of the workflow, its trigger and its accounts: 6 to 21 lowercase letters, digits and hyphens"
  type        = string
  default     = "stripe-workflow"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,19}[a-z0-9]$", var.name))
    error_message = "name: 6 to 21 lowercase letters, digits and hyphens"
  }
}

variable "get_entity_url" {
  description = "address of the function get-entity: the connection's output urls"
  type        = string
}

variable "get_entity_service" {
  description = "Cloud Run service of the function get-entity: the connection's output services"
  type        = string
}

variable "set_dead_letters" {
  description = "sets the dead-letter policy with gcloud, which must be installed where Terraform runs; false: run the command of the output dead_letters yourself"
  type        = bool
  default     = true
}

variable "labels" {
  description = "labels of the resources that can have labels"
  type        = map(string)
  default     = {}
}
