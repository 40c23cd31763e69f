variable "project" {
  description = "id of the Google Cloud project"
  type        = string
}

variable "repository" {
  description = "GitHub repository that deploys, such as your-company/stripe-connector"
  type        = string
  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", var.repository))
    error_message = "repository: OWNER/NAME"
  }
}

variable "branch" {
  description = "branch that deploys; every other branch and every pull request only plans"
  type        = string
  default     = "main"
}

variable "repository_id" {
  description = "GitHub's number of the repository, from https://api.github.com/repos/OWNER/NAME: another owner can take over a name, but not a number; null checks the name alone"
  type        = string
  default     = null
  validation {
    condition     = var.repository_id == null || can(regex("^[0-9]+$", var.repository_id))
    error_message = "repository_id: digits"
  }
}

variable "pool" {
  description = "id of the workload identity pool that the module makes"
  type        = string
  default     = "github"
}
