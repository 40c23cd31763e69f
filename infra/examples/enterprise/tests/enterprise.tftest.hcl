# The private network, the load balancer and the groups.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789" }
  }
  mock_resource "google_service_account" {
    defaults = { email = "made@shop-prod.iam.gserviceaccount.com", name = "projects/shop-prod/serviceAccounts/made" }
  }
  mock_resource "google_cloudfunctions2_function" {
    defaults = { service_config = { uri = "https://service-xyz.a.run.app" } }
  }
}

variables {
  project        = "shop-prod"
  kms_key        = "projects/vault/locations/europe-west1/keyRings/r/cryptoKeys/k"
  packages       = "gs://releases/stripe-connector/0.1.0"
  groups         = { reads = "support@example.com", payments = "checkout@example.com", operators = "sre@example.com" }
  proxy_address  = "10.0.0.5"
  webhook_domain = "hooks.example.com"
}

run "stripe_comes_through_cloud_armor" {
  assert {
    condition     = sum([for rule in google_compute_security_policy.webhook.rule : length(rule.match[0].config[0].src_ip_ranges) if rule.action == "allow"]) == 15 && alltrue([for rule in google_compute_security_policy.webhook.rule : length(rule.match[0].config[0].src_ip_ranges) <= 10])
    error_message = "all of Stripe's addresses, ten a rule at most"
  }
  assert {
    condition     = [for rule in google_compute_security_policy.webhook.rule : rule.match[0].config[0].src_ip_ranges[0] if rule.action == "deny(403)" && rule.priority == 2147483647] == ["*"]
    error_message = "and nothing else"
  }
  assert {
    condition     = google_compute_backend_service.webhook.security_policy == google_compute_security_policy.webhook.id && google_compute_region_network_endpoint_group.webhook.cloud_run[0].service == "stripe-stripe-events"
    error_message = "in front of stripe-events"
  }
  assert {
    condition     = google_compute_target_https_proxy.webhook.ssl_policy == google_compute_ssl_policy.webhook.id && google_compute_ssl_policy.webhook.min_tls_version == "TLS_1_2" && google_compute_backend_service.webhook.log_config[0].enable
    error_message = "by TLS 1.2 or later, with a log of what is rejected"
  }
}

run "the_proxy_has_a_private_name" {
  command = plan
  assert {
    condition     = google_dns_managed_zone.private.visibility == "private" && google_dns_record_set.proxy.name == "proxy.stripe-egress.internal." && google_dns_record_set.proxy.rrdatas == tolist(["10.0.0.5"])
    error_message = "the host address of the proxy"
  }
  assert {
    condition     = google_compute_subnetwork.functions.private_ip_google_access
    error_message = "Firestore and Secret Manager without a way to the internet"
  }
}

run "each_group_calls_its_functions" {
  command = plan
  assert {
    condition     = length(output.urls) == 9 && output.services["stripe-events"] == "stripe-stripe-events"
    error_message = "two reads, four payments, discovery, and events"
  }
}

run "a_tag_lets_the_webhook_be_public" {
  command = plan
  variables {
    webhook_tag = "tagValues/281478409127147"
  }
  assert {
    condition     = length(output.urls) == 9
    error_message = "without a command"
  }
}
