# Networks, keys and certificates of an enterprise, and packages of a release.

mock_provider "google" {
  mock_resource "google_service_account" {
    defaults = { email = "made@shop-prod.iam.gserviceaccount.com", name = "projects/shop-prod/serviceAccounts/made" }
  }
}

variables {
  project           = "shop-prod"
  project_number    = "123456789"
  name              = "stripe"
  region            = "europe-west1"
  api_key           = "projects/shop-prod/secrets/key/versions/latest"
  functions         = ["get-entity"]
  docker_repository = "projects/shop-prod/locations/europe-west1/repositories/stripe-connector"
}

run "direct_vpc" {
  variables {
    direct_vpc = { network = "shop", subnetwork = "functions", tags = ["stripe"] }
    vpc_egress = "ALL_TRAFFIC"
  }
  assert {
    condition     = google_cloudfunctions2_function.function["get-entity"].service_config[0].direct_vpc_egress == "VPC_EGRESS_ALL_TRAFFIC" && google_cloudfunctions2_function.function["get-entity"].service_config[0].direct_vpc_network_interface[0].subnetwork == "functions" && google_cloudfunctions2_function.function["get-entity"].service_config[0].direct_vpc_network_interface[0].tags == tolist(["stripe"])
    error_message = "the functions send through the subnetwork"
  }
}

run "messages_stay_in_the_region" {
  variables {
    enable_events   = true
    message_regions = ["europe-west1"]
  }
  assert {
    condition     = alltrue([for topic in google_pubsub_topic.made : topic.message_storage_policy[0].allowed_persistence_regions == tolist(["europe-west1"])]) && length(google_pubsub_topic.made) > 0
    error_message = "of every topic that the module makes"
  }
}

run "one_way_out" {
  command = plan
  variables {
    direct_vpc    = { subnetwork = "functions" }
    vpc_connector = "projects/shop-prod/locations/europe-west1/connectors/egress"
  }
  expect_failures = [var.vpc_connector]
}

run "a_private_authority" {
  variables {
    ca_certificates   = "projects/vault/secrets/ca/versions/2"
    extra_environment = { NODE_OPTIONS = "--max-http-header-size=32768" }
    enable_events     = true
  }
  assert {
    condition     = alltrue([for function in google_cloudfunctions2_function.function : function.service_config[0].environment_variables["NODE_EXTRA_CA_CERTS"] == "/etc/stripe-connector/ca.pem" && function.service_config[0].secret_volumes[0].mount_path == "/etc/stripe-connector" && function.service_config[0].secret_volumes[0].project_id == "vault" && function.service_config[0].secret_volumes[0].secret == "ca" && function.service_config[0].secret_volumes[0].versions[0].path == "ca.pem" && function.service_config[0].secret_volumes[0].versions[0].version == "2"])
    error_message = "every function mounts the file that Node reads"
  }
  assert {
    condition     = keys(google_secret_manager_secret_iam_member.certificates) == ["stripe-connector@shop-prod.iam.gserviceaccount.com", "stripe-reconcile@shop-prod.iam.gserviceaccount.com", "stripe-webhook@shop-prod.iam.gserviceaccount.com"] && alltrue([for grant in google_secret_manager_secret_iam_member.certificates : grant.secret_id == "projects/vault/secrets/ca"])
    error_message = "and its account may read it"
  }
  assert {
    condition     = google_cloudfunctions2_function.function["get-entity"].service_config[0].environment_variables["NODE_OPTIONS"] == "--max-http-header-size=32768"
    error_message = "and has the further variables"
  }
}

run "the_connectors_own_variables_stay" {
  command = plan
  variables {
    extra_environment = { CONNECTION_SETTINGS = "{}" }
  }
  expect_failures = [var.extra_environment]
}

run "certificates_stay_verified" {
  command = plan
  variables {
    extra_environment = { NODE_TLS_REJECT_UNAUTHORIZED = "0" }
  }
  expect_failures = [var.extra_environment]
}

run "a_key_for_everything_that_stores" {
  variables {
    kms_key           = "projects/shop-prod/locations/europe-west1/keyRings/r/cryptoKeys/k"
    enable_automation = true
    enable_events     = true
  }
  assert {
    condition     = google_storage_bucket.packages[0].encryption[0].default_kms_key_name == var.kms_key && alltrue([for topic in google_pubsub_topic.made : topic.kms_key_name == var.kms_key]) && length(google_pubsub_topic.made) == 4 && alltrue([for function in google_cloudfunctions2_function.function : function.kms_key_name == var.kms_key])
    error_message = "packages, messages, functions"
  }
}

run "a_key_needs_a_repository" {
  command = plan
  variables {
    kms_key           = "projects/shop-prod/locations/europe-west1/keyRings/r/cryptoKeys/k"
    docker_repository = null
  }
  expect_failures = [var.kms_key]
}

run "a_webhook_behind_a_load_balancer" {
  variables {
    enable_events   = true
    webhook_ingress = "ALLOW_INTERNAL_AND_GCLB"
  }
  assert {
    condition     = google_cloudfunctions2_function.function["stripe-events"].service_config[0].ingress_settings == "ALLOW_INTERNAL_AND_GCLB" && length(google_cloud_run_service_iam_member.webhook) == 0
    error_message = "nothing reaches it around Cloud Armor"
  }
}

run "a_release" {
  variables {
    packages = "gs://releases/stripe-connector/0.1.0/"
  }
  assert {
    condition     = google_cloudfunctions2_function.function["get-entity"].build_config[0].source[0].storage_source[0].bucket == "releases" && google_cloudfunctions2_function.function["get-entity"].build_config[0].source[0].storage_source[0].object == "stripe-connector/0.1.0/get-entity.zip"
    error_message = "the uploaded package"
  }
  assert {
    condition     = length(google_storage_bucket.packages) + length(google_storage_bucket_object.package) == 0
    error_message = "nothing is uploaded again"
  }
}

run "the_last_release" {
  variables {
    packages = "gs://releases/stripe-connector/0.0.9"
  }
  assert {
    condition     = google_cloudfunctions2_function.function["get-entity"].build_config[0].source[0].storage_source[0].object == "stripe-connector/0.0.9/get-entity.zip"
    error_message = "one variable is the rollback"
  }
}

run "an_uploaded_release_is_not_rebuilt" {
  command = plan
  variables {
    packages = "gs://releases/stripe-connector/0.1.0"
    rebuild  = "again"
  }
  expect_failures = [var.rebuild]
}
