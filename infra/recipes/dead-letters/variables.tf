variable "project" {
  description = "id of the Google Cloud project"
  type        = string
}

variable "name" {
  description = "name of the topic and of its subscription"
  type        = string
}

variable "subscription" {
  description = "subscription whose undelivered messages move here: a name, or projects/P/subscriptions/S"
  type        = string
}

variable "set_policy" {
  description = "Terraform runs the output command, where gcloud is: for a subscription that Terraform does not own"
  type        = bool
  default     = false
}

variable "max_delivery_attempts" {
  description = "attempts of that policy before a message moves here, 5 to 100"
  type        = number
  default     = 20
}

variable "labels" {
  description = "labels of what has the field"
  type        = map(string)
  default     = {}
}
