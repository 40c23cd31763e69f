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
  description = "type of the events to deliver: invoice.paid, invoice.*, or *"
  type        = string
  validation {
    condition     = can(regex("^(\\*|[a-z0-9_.]+(\\.\\*)?)$", var.type)) && length(var.type) <= 150
    error_message = "type: an event type such as invoice.paid, invoice.*, or *"
  }
}

variable "name" {
  description = "name of the service, its subscription and its accounts: 6 to 21 lowercase letters, digits and hyphens"
  type        = string
  default     = "stripe-handler"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,19}[a-z0-9]$", var.name))
    error_message = "name: 6 to 21 lowercase letters, digits and hyphens"
  }
}

variable "image" {
  description = "container image of the handler, such as REGION-docker.pkg.dev/P/stripe-connector/handler"
  type        = string
}

variable "max_delivery_attempts" {
  description = "deliveries of a message before it becomes a dead letter, 5 to 100"
  type        = number
  default     = 20
}

variable "labels" {
  description = "labels of the resources that can have labels"
  type        = map(string)
  default     = {}
}
