# What a project has once.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789" }
  }
}

variables {
  project = "shop-prod"
  regions = ["europe-west1", "europe-west4"]
}

run "services" {
  assert {
    condition     = google_project_service.resource_manager.service == "cloudresourcemanager.googleapis.com" && !google_project_service.resource_manager.disable_on_destroy
    error_message = "the API that reads the project, before the others"
  }
  assert {
    condition     = length(setsubtract(["secretmanager.googleapis.com", "cloudfunctions.googleapis.com", "run.googleapis.com", "firestore.googleapis.com", "pubsub.googleapis.com", "cloudscheduler.googleapis.com"], [for one in google_project_service.service : one.service])) == 0
    error_message = "what the connection needs is enabled"
  }
  assert {
    condition     = alltrue([for one in google_project_service.service : !one.disable_on_destroy])
    error_message = "what others may use stays enabled"
  }
  assert {
    condition     = !contains([for one in google_project_service.service : one.service], "connectors.googleapis.com") && length(google_project_iam_member.connectors_admin) == 0
    error_message = "Integration Connectors is not needed"
  }
}

run "integration_connectors" {
  variables {
    enable_integration_connectors = true
    connectors_admins             = ["user:admin@example.com"]
  }
  assert {
    condition     = contains([for one in google_project_service.service : one.service], "connectors.googleapis.com") && google_project_iam_member.connectors_admin["user:admin@example.com"].role == "roles/connectors.admin"
    error_message = "where it is to call the functions"
  }
}

run "state" {
  assert {
    condition     = google_firestore_database.state[0].type == "FIRESTORE_NATIVE" && google_firestore_database.state[0].location_id == "europe-west1" && google_firestore_database.state[0].delete_protection_state == "DELETE_PROTECTION_ENABLED"
    error_message = "a native database that is not deleted by accident"
  }
  assert {
    condition     = [for one in google_firestore_index.members.fields : "${one.field_path} ${one.order}"] == ["place ASCENDING", "seen ASCENDING"] && google_firestore_index.members.collection == "members"
    error_message = "the index that counts a fleet"
  }
  assert {
    condition     = toset([for one in google_firestore_field.expiring : "${one.collection}.${one.field}"]) == toset(["members.expireAt", "operations.expireAt", "deadLetters.expireAt", "stripeEvents.expireAt"]) && alltrue([for one in google_firestore_field.expiring : length(one.ttl_config) == 1])
    error_message = "garbage goes by itself"
  }
  assert {
    condition     = [for field in google_firestore_field.unindexed : "${field.collection}.${field.field}"] == ["deadLetters.*", "lanes.*", "members.*", "operations.*", "shards.*", "stripeAccounts.*", "stripeEvents.*"] && alltrue([for field in google_firestore_field.unindexed : length(field.index_config) == 1 && length(field.index_config[0].indexes) == 0])
    error_message = "no field has an index by itself"
  }
  assert {
    condition     = { for name, field in google_firestore_field.queried : name => [for index in field.index_config[0].indexes : index.order] } == { "members.seen" = ["ASCENDING"], "deadLetters.at" = ["DESCENDING"], "stripeEvents.receivedAt" = ["DESCENDING"], "stripeEvents.changekey" = ["ASCENDING"] }
    error_message = "but those that a query needs"
  }
}

run "a_database_that_is_there" {
  variables {
    create_database   = false
    database          = "state"
    accept_state_loss = "projects/shop-prod/databases/state not created"
  }
  assert {
    condition     = length(google_firestore_database.state) == 0 && google_firestore_index.members.database == "state" && output.database == "state"
    error_message = "is used as it is"
  }
}

run "builds" {
  assert {
    condition     = google_project_iam_member.build.role == "roles/cloudbuild.builds.builder" && output.build_service_account == google_service_account.build.id
    error_message = "builds have an account of their own"
  }
}

run "images" {
  assert {
    condition     = { for region, repository in google_artifact_registry_repository.images : region => repository.location } == { europe-west1 = "europe-west1", europe-west4 = "europe-west4" } && keys(output.docker_repositories) == ["europe-west1", "europe-west4"]
    error_message = "a repository in each region"
  }
  assert {
    condition     = alltrue([for repository in google_artifact_registry_repository.images : { for policy in repository.cleanup_policies : policy.id => policy.action } == { keep-recent = "KEEP", delete-old = "DELETE" }])
    error_message = "old images are deleted, the last five stay"
  }
  assert {
    condition     = alltrue([for repository in google_artifact_registry_repository.images : [for policy in repository.cleanup_policies : policy.condition[0].older_than if policy.action == "DELETE"] == ["2592000s"] && [for policy in repository.cleanup_policies : policy.most_recent_versions[0].keep_count if policy.action == "KEEP"] == [5]])
    error_message = "after a month; the last five stay for a rollback"
  }
  assert {
    condition     = alltrue([for grant in google_artifact_registry_repository_iam_member.functions_agent : grant.role == "roles/artifactregistry.reader" && grant.member == "serviceAccount:service-123456789@gcf-admin-robot.iam.gserviceaccount.com"])
    error_message = "Cloud Functions can read the repository"
  }
}

run "a_multi_region_database" {
  variables {
    location          = "eur3"
    accept_state_loss = "projects/shop-prod/databases/stripe-connector in eur3"
  }
  assert {
    condition     = google_firestore_database.state[0].location_id == "eur3"
    error_message = "only where the location is named"
  }
}

run "no_region" {
  command = plan
  variables {
    regions = []
  }
  expect_failures = [var.regions]
}

run "first_apply" {
  assert {
    condition     = google_firestore_database.state[0].name == "stripe-connector" && google_firestore_database.state[0].deletion_policy == "ABANDON"
    error_message = "a database of its own, which a destroy leaves alone"
  }
}

# After a destroy the database is still there.
run "applied_again_on_the_database_that_stayed" {
  variables {
    create_database   = false
    accept_state_loss = "projects/shop-prod/databases/stripe-connector not created"
  }
  assert {
    condition     = length(google_firestore_database.state) == 0 && output.database == "stripe-connector" && alltrue([for field in google_firestore_field.expiring : field.database == "stripe-connector"])
    error_message = "its TTL policies and its index are made again"
  }
}

run "no_delete_protection" {
  variables {
    delete_protection = false
  }
  assert {
    condition     = google_firestore_database.state[0].deletion_policy == "DELETE" && google_firestore_database.state[0].delete_protection_state == "DELETE_PROTECTION_DISABLED"
    error_message = "a database for trials goes with the module"
  }
}

run "backups" {
  variables {
    point_in_time_recovery = true
    backup_days            = 7
  }
  assert {
    condition     = google_firestore_database.state[0].point_in_time_recovery_enablement == "POINT_IN_TIME_RECOVERY_ENABLED" && [for schedule in google_firestore_backup_schedule.daily : schedule.retention] == ["604800s"]
    error_message = "any minute of a week, and a backup a day"
  }
}

run "no_backups_by_default" {
  assert {
    condition     = google_firestore_database.state[0].point_in_time_recovery_enablement == "POINT_IN_TIME_RECOVERY_DISABLED" && length(google_firestore_backup_schedule.daily) == 0
    error_message = "they cost"
  }
}

run "too_many_backups" {
  command = plan
  variables {
    backup_days = 99
  }
  expect_failures = [var.backup_days]
}

run "a_key_for_the_state_and_the_images" {
  variables {
    kms_key           = "projects/shop-prod/locations/europe-west1/keyRings/r/cryptoKeys/k"
    accept_state_loss = "projects/shop-prod/databases/stripe-connector in europe-west1 with projects/shop-prod/locations/europe-west1/keyRings/r/cryptoKeys/k"
  }
  assert {
    condition     = google_firestore_database.state[0].cmek_config[0].kms_key_name == var.kms_key && alltrue([for repository in google_artifact_registry_repository.images : repository.kms_key_name == var.kms_key]) && output.kms_key == var.kms_key
    error_message = "the database and the images"
  }
  assert {
    condition     = length(google_kms_crypto_key_iam_member.agent) == 6 && alltrue([for agent, grant in google_kms_crypto_key_iam_member.agent : grant.member == "serviceAccount:service-123456789@${agent}.iam.gserviceaccount.com" && grant.role == "roles/cloudkms.cryptoKeyEncrypterDecrypter"]) && contains(keys(google_project_service.service), "cloudkms")
    error_message = "each service that encrypts may use the key"
  }
}

run "who_reads_what" {
  variables {
    audit_logs = true
  }
  assert {
    condition     = toset(keys(google_project_iam_audit_config.reads)) == toset(["secretmanager.googleapis.com", "firestore.googleapis.com", "cloudkms.googleapis.com"]) && alltrue([for config in google_project_iam_audit_config.reads : toset([for log in config.audit_log_config : log.log_type]) == toset(["DATA_READ", "DATA_WRITE"])])
    error_message = "is logged"
  }
}

run "neither_by_default" {
  assert {
    condition     = length(google_project_iam_audit_config.reads) + length(google_kms_crypto_key_iam_member.agent) == 0 && length(google_firestore_database.state[0].cmek_config) == 0
    error_message = "no key and no logs that are billed"
  }
}
