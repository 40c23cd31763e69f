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

variable "labels" {
  description = "labels of what has the field"
  type        = map(string)
  default     = {}
}
