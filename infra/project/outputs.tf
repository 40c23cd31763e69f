output "project" {
  description = "The project. Its value is known when the APIs are enabled, so a connection that uses it waits for them."
  value       = var.project
  depends_on  = [google_project_service.service]
}

output "project_number" {
  description = "The project's number."
  value       = data.google_project.this.number
}

output "database" {
  description = "For the connection's database. Its value is known when the database, its indexes and its TTL policies exist."
  value       = local.database
  depends_on = [
    google_firestore_index.members, google_firestore_index.inbox,
    google_firestore_field.expiring, google_firestore_field.unindexed, google_firestore_field.queried,
  ]

  precondition {
    condition     = local.place == local.accepted_place
    error_message = "project, database, create_database, location, regions[0], kms_key: the database of the connections' records is ${local.accepted_place}; the apply would leave the records behind or delete them. Name location to keep the database where it is. If another database is what you want, set accept_state_loss = \"${local.place}\""
  }
}

output "build_service_account" {
  description = "For the connection's build_service_account."
  value       = google_service_account.build.id
  depends_on  = [google_project_iam_member.build]
}

output "kms_key" {
  description = "For the connection's kms_key. Its value is known when Google's service agents may use the key. null without a key."
  value       = var.kms_key
  depends_on  = [google_kms_crypto_key_iam_member.agent]
}

output "docker_repositories" {
  description = "Repositories of images by region, for the connection's docker_repository. The value is known when Cloud Functions can read them."
  value       = { for region, repository in google_artifact_registry_repository.images : region => repository.id }
  depends_on  = [google_artifact_registry_repository_iam_member.functions_agent]
}
