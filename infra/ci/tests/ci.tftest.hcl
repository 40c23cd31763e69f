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
      deploy = "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/github/attribute.deploys/shop/stripe-connector@refs/heads/main@push"
    }
    error_message = "only a push to the branch acts as the account that deploys"
  }
  assert {
    condition     = google_iam_workload_identity_pool_provider.github.attribute_condition == "assertion.repository == \"shop/stripe-connector\""
    error_message = "no other repository"
  }
  assert {
    condition     = google_iam_workload_identity_pool_provider.github.attribute_mapping["attribute.deploys"] == "assertion.repository + \"@\" + assertion.ref + \"@\" + assertion.event_name"
    error_message = "the subject has the repository, the branch and the event"
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

run "a_repository_by_its_number" {
  variables {
    repository_id = "1296269"
    pool          = "github-payments"
  }
  assert {
    condition     = google_iam_workload_identity_pool_provider.github.attribute_condition == "assertion.repository == \"shop/stripe-connector\" && assertion.repository_id == \"1296269\"" && google_iam_workload_identity_pool.github.workload_identity_pool_id == "github-payments"
    error_message = "a repository of the same name is another one"
  }
}
