variable "project" {
  description = "id of the Google Cloud project"
  type        = string
}

variable "region" {
  description = "region of what the recipe makes"
  type        = string
}

variable "topic" {
  description = "topic of Stripe's events, projects/P/topics/T: the connection's output topics.events_topic"
  type        = string
}

variable "name" {
  description = "name of the trigger: 6 to 21 lowercase letters, digits and hyphens"
  type        = string
  default     = "stripe-events"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,19}[a-z0-9]$", var.name))
    error_message = "name: 6 to 21 lowercase letters, digits and hyphens"
  }
}

variable "service" {
  description = "Cloud Run service in the region that takes the events: its environment variable TYPES names those that it handles"
  type        = string
}

variable "set_dead_letters" {
  description = "sets the dead-letter policy with gcloud, which must be where Terraform runs; false: run the command of the output dead_letters"
  type        = bool
  default     = true
}

variable "labels" {
  description = "labels of what has the field"
  type        = map(string)
  default     = {}
}
