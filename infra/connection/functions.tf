# Uploads the packages of npm run package and deploys them. A package that did not change keeps its name, so its
# function is not deployed again.

locals {
  packages = coalesce(var.packages, "${path.module}/../../build/packages")
  # With gs://BUCKET/FOLDER the zips are those of a release that was uploaded before.
  uploaded = startswith(local.packages, "gs://")
  release  = local.uploaded ? regex("^gs://(?P<bucket>[^/]+)/?(?P<folder>.*?)/*$", local.packages) : { bucket = "", folder = "" }
  zips     = { for name in keys(module.blueprint.functions) : name => "${local.packages}/${name}.zip" }
  # The bucket and the object of each function's package.
  sources = {
    for name in keys(module.blueprint.functions) : name => local.uploaded ? {
      bucket = local.release.bucket
      object = "${local.release.folder == "" ? "" : "${local.release.folder}/"}${name}.zip"
      } : {
      bucket = google_storage_bucket.packages[0].name
      object = google_storage_bucket_object.package[name].name
    }
  }
}

resource "google_storage_bucket" "packages" {
  count = local.uploaded ? 0 : 1

  project                     = var.project
  name                        = module.blueprint.names.bucket
  location                    = var.region
  labels                      = var.labels
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true

  dynamic "encryption" {
    for_each = var.kms_key == null ? [] : [var.kms_key]
    content {
      default_kms_key_name = encryption.value
    }
  }

  # Packages can be built again, so deleted packages are not kept and billed for a week.
  soft_delete_policy {
    retention_duration_seconds = 0
  }
}

resource "google_storage_bucket_object" "package" {
  for_each = local.uploaded ? {} : module.blueprint.functions

  bucket = google_storage_bucket.packages[0].name
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
  # Encrypts the image too, so it needs a docker_repository with a key.
  # https://docs.cloud.google.com/functions/docs/securing/cmek
  kms_key_name = var.kms_key

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
        bucket = local.sources[each.key].bucket
        object = local.sources[each.key].object
      }
    }
  }

  service_config {
    service_account_email            = local.account_emails[each.value.account]
    available_memory                 = each.value.memory
    available_cpu                    = tostring(each.value.cpu)
    timeout_seconds                  = each.value.timeout_s
    max_instance_request_concurrency = each.value.concurrency
    min_instance_count               = each.value.min_instances
    max_instance_count               = each.value.max_instances
    environment_variables            = merge(module.blueprint.environment, local.ca_environment, var.extra_environment)
    binary_authorization_policy      = var.binary_authorization_policy
    # With false the traffic split of the Cloud Run service stays as it is. A service that routes to LATEST, as after a
    # first deployment, gives a new revision all traffic, until infra/traffic.sh pins the service to a revision.
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloudfunctions2_function
    all_traffic_on_latest_revision = !var.hold_traffic
    vpc_connector                  = var.vpc_connector
    vpc_connector_egress_settings  = var.vpc_connector == null ? null : var.vpc_egress
    # Pub/Sub and Cloud Scheduler of the same project call from inside, Stripe from outside.
    ingress_settings = each.value.called_by_machine ? "ALLOW_INTERNAL_ONLY" : each.value.called_by_stripe ? var.webhook_ingress : var.ingress

    # https://docs.cloud.google.com/run/docs/configuring/vpc-direct-vpc
    direct_vpc_egress = var.direct_vpc == null ? null : "VPC_EGRESS_${var.vpc_egress}"
    dynamic "direct_vpc_network_interface" {
      for_each = var.direct_vpc == null ? [] : [var.direct_vpc]
      content {
        network    = direct_vpc_network_interface.value.network
        subnetwork = direct_vpc_network_interface.value.subnetwork
        tags       = direct_vpc_network_interface.value.tags
      }
    }
    dynamic "secret_volumes" {
      for_each = local.ca_secret == null ? [] : [local.ca_secret]
      content {
        mount_path = local.ca_folder
        project_id = secret_volumes.value.project
        secret     = secret_volumes.value.secret
        versions {
          path    = "ca.pem"
          version = secret_volumes.value.version
        }
      }
    }
  }

  # Callers may call a function as soon as it exists, so its account gets its rights before.
  depends_on = [
    google_project_iam_member.state,
    google_secret_manager_secret_iam_member.accessor,
    google_secret_manager_secret_iam_member.certificates,
    google_secret_manager_secret_iam_member.viewer,
  ]
}
