# The database with the records of the connection. In another database the connection does not find its earlier
# operationIds, so a repeated operationId would charge again.

locals {
  records = "projects/${var.project}/databases/${var.database}/documents/connections/${var.name}"
  # This is the input of the resource, because its output is unknown in the plan of the first apply.
  accepted_records = var.accept_state_loss == "true" ? local.records : coalesce(var.accept_state_loss, terraform_data.state.input)
}

# Stores where the first apply put the records. accept_state_loss names the one other place that is accepted.
resource "terraform_data" "state" {
  input = local.records

  lifecycle {
    ignore_changes = [input]
  }
}

# Permission for one database, not for all databases of the project.
resource "google_project_iam_member" "state" {
  for_each = local.holders

  project = var.project
  role    = "roles/datastore.user"
  member  = local.account_members[each.value]
  condition {
    title       = "one-database"
    description = "State of the Stripe connection ${var.name}"
    expression  = "resource.name == \"projects/${var.project}/databases/${var.database}\""
  }

  lifecycle {
    precondition {
      condition     = local.records == local.accepted_records
      error_message = "project, database, name: the records of this connection are in ${local.accepted_records}; the apply would leave them behind. If that is what you want, set accept_state_loss = \"${local.records}\""
    }
  }
}
