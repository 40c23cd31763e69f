# A pull request reads, the branch writes.

mock_provider "google" {
  mock_resource "google_iam_workload_identity_pool" {
    defaults = { name = "projects/1/locations/global/workloadIdentityPools/github" }
  }
}

variables {
  project    = "shop-prod"
  repository = "shop/stripe-connector"
}

run "two_identities" {
  assert {
    condition = { for name, grant in google_service_account_iam_member.federation : name => grant.member } == {
      plan   = "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/github/attribute.repository/shop/stripe-connector"
      deploy = "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/github/attribute.deploys/shop/stripe-connector@refs/heads/main"
    }
    error_message = "only the branch acts as the account that deploys"
  }
  assert {
    condition     = google_iam_workload_identity_pool_provider.github.attribute_condition == "assertion.repository == \"shop/stripe-connector\""
    error_message = "no other repository"
  }
  assert {
    condition     = alltrue([for grant in google_project_iam_member.identity : can(regex("[vV]iewer|Reviewer", grant.role)) if grant.member == "serviceAccount:${google_service_account.identity["plan"].email}"]) && length([for key, grant in google_project_iam_member.identity : key if startswith(key, "plan ")]) == 3
    error_message = "a plan reads only"
  }
}

run "a_repository_with_its_owner" {
  command = plan
  variables {
    repository = "stripe-connector"
  }
  expect_failures = [var.repository]
}
