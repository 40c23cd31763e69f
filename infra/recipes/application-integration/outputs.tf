output "integration" {
  description = "a version of the integration as JSON: terraform output -raw integration > integration.json"
  value       = local.integration
}

output "service_account" {
  description = "account that the integration runs as"
  value       = google_service_account.integration.email
}
