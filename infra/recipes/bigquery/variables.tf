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
  default     = "*"
  validation {
    condition     = can(regex("^(\\*|[a-z0-9_.]+(\\.\\*)?)$", var.type)) && length(var.type) <= 150
    error_message = "type: an event type such as invoice.paid, invoice.*, or *"
  }
}

variable "name" {
  description = "name of the dataset and of the subscription; hyphens become underscores in the dataset"
  type        = string
  default     = "stripe-events"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,59}$", var.name))
    error_message = "name: 3 to 60 lowercase letters, digits and hyphens"
  }
}

variable "location" {
  description = "location of the dataset; null for region"
  type        = string
  default     = null
}

variable "retention_days" {
  description = "days that an event is kept; null for ever"
  type        = number
  default     = null
}

variable "labels" {
  description = "labels of the resources that can have labels"
  type        = map(string)
  default     = {}
}
