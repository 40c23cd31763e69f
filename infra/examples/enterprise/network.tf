# The network that the functions send through: Direct VPC egress, private names, Google's APIs by Private Google Access.

locals {
  private_domain = "stripe-egress.internal"
}

resource "google_project_service" "network" {
  for_each = toset(["compute.googleapis.com", "dns.googleapis.com"])

  project            = module.project.project
  service            = each.value
  disable_on_destroy = false
}

resource "google_compute_network" "functions" {
  project                 = module.project.project
  name                    = "stripe-connector"
  auto_create_subnetworks = false
  depends_on              = [google_project_service.network]
}

# Cloud Run takes up to four addresses for each instance during a rollout: /26 is the smallest that it accepts.
# https://docs.cloud.google.com/run/docs/configuring/vpc-direct-vpc
resource "google_compute_subnetwork" "functions" {
  project                  = module.project.project
  region                   = var.region
  name                     = "stripe-connector"
  network                  = google_compute_network.functions.id
  ip_cidr_range            = "10.20.0.0/22"
  private_ip_google_access = true
}

# The proxy is in this network or in one that is peered with it: the functions know it by a private name.
resource "google_dns_managed_zone" "private" {
  project     = module.project.project
  name        = "stripe-connector"
  dns_name    = "${local.private_domain}."
  description = "Names that the Stripe connector uses"
  visibility  = "private"
  private_visibility_config {
    networks {
      network_url = google_compute_network.functions.id
    }
  }
  depends_on = [google_project_service.network]
}

resource "google_dns_record_set" "proxy" {
  project      = module.project.project
  managed_zone = google_dns_managed_zone.private.name
  name         = "proxy.${local.private_domain}."
  type         = "A"
  ttl          = 300
  rrdatas      = [var.proxy_address]
}
