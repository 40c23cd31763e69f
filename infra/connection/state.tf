# Where the connection keeps its records. A connection with another database does not know its earlier operationIds, so
# a repeated operationId would charge again.

# Keeps the database and name of the first apply, until accept_state_loss allows another one.
resource "terraform_data" "state" {
  input            = "projects/${var.project}/databases/${var.database}/documents/connections/${var.name}"
  triggers_replace = var.accept_state_loss ? [var.project, var.database, var.name] : []

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
      # A conditional, because the output is unknown in the plan that replaces it.
      condition     = var.accept_state_loss ? true : terraform_data.state.output == "projects/${var.project}/databases/${var.database}/documents/connections/${var.name}"
      error_message = "database, name: the records of this connection are in ${terraform_data.state.output}; the apply would leave them behind. Set accept_state_loss = true if that is what you want"
    }
  }
}
