output "provider" {
  description = "for the variable WORKLOAD_IDENTITY_PROVIDER of the GitHub repository"
  value       = google_iam_workload_identity_pool_provider.github.name
}

output "accounts" {
  description = "service accounts, for the variables PLAN_ACCOUNT and DEPLOY_ACCOUNT"
  value       = { for name, account in google_service_account.identity : name => account.email }
}
