# Certificates of a private authority, such as a proxy that terminates TLS: a secret, mounted as a file that Node reads.
# https://nodejs.org/api/cli.html#node_extra_ca_certsfile

locals {
  ca_secret      = var.ca_certificates == null ? null : regex("^projects/(?P<project>[^/]+)/secrets/(?P<secret>[^/]+)/versions/(?P<version>[^/]+)$", var.ca_certificates)
  ca_folder      = "/etc/stripe-connector"
  ca_environment = local.ca_secret == null ? {} : { NODE_EXTRA_CA_CERTS = "${local.ca_folder}/ca.pem" }
}

# Every function mounts it.
resource "google_secret_manager_secret_iam_member" "certificates" {
  for_each = local.ca_secret == null ? {} : local.holders

  secret_id = "projects/${local.ca_secret.project}/secrets/${local.ca_secret.secret}"
  role      = "roles/secretmanager.secretAccessor"
  member    = local.account_members[each.value]

  dynamic "condition" {
    for_each = local.ca_secret.version == "latest" ? [] : [local.ca_secret.version]
    content {
      title       = "named-version"
      description = "The version that the Stripe connection ${var.name} mounts"
      expression  = "resource.name.endsWith(\"/versions/${condition.value}\")"
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}
