# Packages of npm run package -> a bucket -> functions. A package that did not change keeps its name, and its function.

locals {
  packages = coalesce(var.packages, "${path.module}/../../build/packages")
  zips     = { for name in keys(module.blueprint.functions) : name => "${local.packages}/${name}.zip" }
}

resource "google_storage_bucket" "packages" {
  project                     = var.project
  name                        = module.blueprint.names.bucket
  location                    = var.region
  labels                      = var.labels
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true

  # Packages can be made again: a deleted one is not kept, and billed, for a week more.
  soft_delete_policy {
    retention_duration_seconds = 0
  }
}

resource "google_storage_bucket_object" "package" {
  for_each = module.blueprint.functions

  bucket = google_storage_bucket.packages.name
  name   = "${each.key}-${try(filesha256(local.zips[each.key]), "missing")}${var.rebuild == "" ? "" : "-${var.rebuild}"}.zip"
  source = local.zips[each.key]

  lifecycle {
    create_before_destroy = true
    precondition {
      condition     = fileexists(local.zips[each.key])
      error_message = "${each.key}.zip is not in ${local.packages}: npm ci && npm run package"
    }
  }
}

resource "google_cloudfunctions2_function" "function" {
  for_each = module.blueprint.functions

  project     = var.project
  location    = var.region
  name        = each.value.name
  description = each.value.description
  labels      = var.labels

  build_config {
    runtime           = "nodejs24"
    entry_point       = each.value.entry_point
    service_account   = var.build_service_account
    docker_repository = var.docker_repository

    # https://docs.cloud.google.com/functions/docs/securing/execution-environment-security
    dynamic "automatic_update_policy" {
      for_each = var.runtime_updates == "automatic" ? [true] : []
      content {}
    }
    dynamic "on_deploy_update_policy" {
      for_each = var.runtime_updates == "on_deploy" ? [true] : []
      content {}
    }
    source {
      storage_source {
        bucket = google_storage_bucket.packages.name
        object = google_storage_bucket_object.package[each.key].name
      }
    }
  }

  service_config {
    service_account_email            = local.account_emails[each.value.account]
    available_memory                 = each.value.memory
    available_cpu                    = "1"
    timeout_seconds                  = each.value.timeout_s
    max_instance_request_concurrency = each.value.concurrency
    min_instance_count               = each.value.min_instances
    max_instance_count               = each.value.max_instances
    environment_variables            = module.blueprint.environment
    # With false the split of the Cloud Run service stays. One that routes to LATEST, as after a first deployment, still
    # gives a new revision everything: infra/traffic.sh pins it to a revision.
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloudfunctions2_function
    all_traffic_on_latest_revision = !var.hold_traffic
    vpc_connector                  = var.vpc_connector
    vpc_connector_egress_settings  = var.vpc_connector == null ? null : var.vpc_egress
    # Pub/Sub and Cloud Scheduler of the same project come from inside; Stripe comes from outside.
    ingress_settings = each.value.called_by_machine ? "ALLOW_INTERNAL_ONLY" : each.value.called_by_stripe ? "ALLOW_ALL" : var.ingress
  }

  # The first call may come as soon as there is a function.
  depends_on = [
    google_project_iam_member.state,
    google_secret_manager_secret_iam_member.accessor,
    google_secret_manager_secret_iam_member.viewer,
  ]
}
