# Stripe -> load balancer -> Cloud Armor -> stripe-events. Stripe has no Google account, and domain restricted sharing
# forbids allUsers. Either the organization allows it for a tag (webhook_tag), or you turn off the invoker check of the
# service, which only the load balancer reaches:
#   gcloud run services update stripe-stripe-events --region REGION --no-invoker-iam-check
# https://docs.cloud.google.com/run/docs/authenticating/public
# The function itself accepts only what Stripe signed.

locals {
  # https://docs.stripe.com/ips#webhook-notifications and https://stripe.com/files/ips/ips_webhooks.txt. Stripe announces
  # changes seven days before.
  stripe_addresses = [
    "3.18.12.63", "3.69.109.8", "3.120.168.93", "3.130.192.231", "13.235.14.237", "13.235.122.149", "18.211.135.69",
    "35.154.171.200", "35.157.207.129", "52.15.183.38", "54.88.130.119", "54.88.130.237", "54.187.174.169",
    "54.187.205.235", "54.187.216.72",
  ]
}

resource "google_compute_region_network_endpoint_group" "webhook" {
  project               = module.project.project
  region                = var.region
  name                  = "stripe-webhook"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = module.connection.services["stripe-events"]
  }
  depends_on = [google_project_service.network]
}

resource "google_compute_security_policy" "webhook" {
  project     = module.project.project
  name        = "stripe-webhook"
  description = "Webhooks of Stripe, and nothing else"

  # A rule takes ten ranges: https://docs.cloud.google.com/armor/docs/create-security-policy-rules
  dynamic "rule" {
    for_each = chunklist(local.stripe_addresses, 10)
    content {
      priority    = 1000 + rule.key
      action      = "allow"
      description = "Stripe's webhooks"
      match {
        versioned_expr = "SRC_IPS_V1"
        config {
          src_ip_ranges = [for address in rule.value : "${address}/32"]
        }
      }
    }
  }
  rule {
    priority    = 2147483647
    action      = "deny(403)"
    description = "everything else"
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }
  depends_on = [google_project_service.network]
}

resource "google_compute_backend_service" "webhook" {
  project               = module.project.project
  name                  = "stripe-webhook"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  security_policy       = google_compute_security_policy.webhook.id
  # Logs the requests that Cloud Armor rejects.
  log_config {
    enable      = true
    sample_rate = 1
  }
  backend {
    group = google_compute_region_network_endpoint_group.webhook.id
  }
}

resource "google_compute_url_map" "webhook" {
  project         = module.project.project
  name            = "stripe-webhook"
  default_service = google_compute_backend_service.webhook.id
}

resource "google_compute_managed_ssl_certificate" "webhook" {
  project = module.project.project
  name    = "stripe-webhook"
  managed {
    domains = [var.webhook_domain]
  }
  depends_on = [google_project_service.network]
}

resource "google_compute_target_https_proxy" "webhook" {
  project          = module.project.project
  name             = "stripe-webhook"
  url_map          = google_compute_url_map.webhook.id
  ssl_certificates = [google_compute_managed_ssl_certificate.webhook.id]
  ssl_policy       = google_compute_ssl_policy.webhook.id
}

# Without a policy a load balancer accepts TLS 1.0. Stripe uses TLS 1.2 or later: https://docs.stripe.com/security
resource "google_compute_ssl_policy" "webhook" {
  project         = module.project.project
  name            = "stripe-webhook"
  min_tls_version = "TLS_1_2"
  profile         = "MODERN"
  depends_on      = [google_project_service.network]
}

resource "google_compute_global_address" "webhook" {
  project    = module.project.project
  name       = "stripe-webhook"
  depends_on = [google_project_service.network]
}

resource "google_compute_global_forwarding_rule" "webhook" {
  project               = module.project.project
  name                  = "stripe-webhook"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  target                = google_compute_target_https_proxy.webhook.id
  ip_address            = google_compute_global_address.webhook.id
  port_range            = "443"
}
