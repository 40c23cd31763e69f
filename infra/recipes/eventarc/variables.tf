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
  description = "Cloud Run service in the region that receives the events. Its environment variable TYPES names the types that it handles"
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
