variable "project" {
  description = "id of the Google Cloud project"
  type        = string
}

variable "name" {
  description = "name of the topic and of its subscription"
  type        = string
}

variable "subscription" {
  description = "subscription whose unacknowledged messages become dead letters: a name, or projects/P/subscriptions/S"
  type        = string
}

variable "set_policy" {
  description = "true: Terraform runs the output command, which needs gcloud. For a subscription that Terraform does not manage"
  type        = bool
  default     = false
}

variable "max_delivery_attempts" {
  description = "deliveries of a message before Pub/Sub moves it, 5 to 100"
  type        = number
  default     = 20
}

variable "labels" {
  description = "labels of the resources that can have labels"
  type        = map(string)
  default     = {}
}
