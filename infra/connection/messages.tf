# Automation: the topics of commands, results and dead letters. The module creates the subscription, not Eventarc, because
# the connector depends on its deadline, retries, order and dead letters.

locals {
  topics       = module.blueprint.topics
  pubsub_agent = var.project_number == null ? null : "serviceAccount:service-${var.project_number}@gcp-sa-pubsub.iam.gserviceaccount.com"
  published    = merge([for email, group in local.holders : { for key in local.accounts[group].topics : "${email} ${key}" => { topic = local.topics[key], group = group } }]...)
}

resource "google_pubsub_topic" "made" {
  for_each = toset(module.blueprint.made_topics)

  project = var.project
  name    = module.blueprint.names[each.value]
  labels  = var.labels
  # https://docs.cloud.google.com/pubsub/docs/encryption
  kms_key_name = var.kms_key

  # https://docs.cloud.google.com/pubsub/docs/resource-location-restriction
  dynamic "message_storage_policy" {
    for_each = length(var.message_regions) == 0 ? [] : [var.message_regions]
    content {
      allowed_persistence_regions = message_storage_policy.value
    }
  }
}

resource "google_pubsub_topic_iam_member" "publisher" {
  for_each = local.published

  topic      = each.value.topic
  role       = "roles/pubsub.publisher"
  member     = local.account_members[each.value.group]
  depends_on = [google_pubsub_topic.made]
}

# A replay of dead letters publishes to the topic of the commands, so an operator needs roles/pubsub.publisher there.
resource "google_pubsub_subscription" "automation" {
  count = var.enable_automation ? 1 : 0

  project = var.project
  name    = module.blueprint.names.automation_topic
  topic   = local.topics.automation_topic
  labels  = var.labels

  # The function holds a throttled message until its turn, for at most 540 s.
  ack_deadline_seconds       = 600
  message_retention_duration = "604800s"
  enable_message_ordering    = true

  push_config {
    push_endpoint = google_cloudfunctions2_function.function["automation"].service_config[0].uri
    oidc_token {
      service_account_email = google_service_account.caller["automation"].email
      audience              = google_cloudfunctions2_function.function["automation"].service_config[0].uri
    }
  }
  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }
  dead_letter_policy {
    dead_letter_topic     = local.topics.dead_letter_topic
    max_delivery_attempts = var.max_delivery_attempts
  }
  expiration_policy {
    ttl = ""
  }

  depends_on = [google_pubsub_topic.made, google_cloud_run_service_iam_member.machine]
}

# Pub/Sub discards messages of a topic without a subscription.
resource "google_pubsub_subscription" "dead_letters" {
  count = contains(module.blueprint.made_topics, "dead_letter_topic") ? 1 : 0

  project                    = var.project
  name                       = module.blueprint.names.dead_letter_topic
  topic                      = google_pubsub_topic.made["dead_letter_topic"].id
  labels                     = var.labels
  ack_deadline_seconds       = 60
  message_retention_duration = "604800s"
  expiration_policy {
    ttl = ""
  }
}

# Pub/Sub itself forwards a message to which the function never responded. Its service agent publishes the message to the
# dead-letter topic and acknowledges it at the subscription.
# A project has Pub/Sub's service agent from its first topic or subscription on, so all three grants to the agent wait
# for the subscription. https://docs.cloud.google.com/iam/docs/service-agents
resource "google_pubsub_topic_iam_member" "forwarder" {
  count = var.enable_automation ? 1 : 0

  topic      = local.topics.dead_letter_topic
  role       = "roles/pubsub.publisher"
  member     = local.pubsub_agent
  depends_on = [google_pubsub_subscription.automation]
}

resource "google_pubsub_subscription_iam_member" "forwarder" {
  count = var.enable_automation ? 1 : 0

  project      = var.project
  subscription = google_pubsub_subscription.automation[0].name
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_agent
}

# Pub/Sub signs its pushes as the caller; projects made before April 2021 need this grant.
resource "google_service_account_iam_member" "signer" {
  count = var.enable_automation ? 1 : 0

  service_account_id = google_service_account.caller["automation"].name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = local.pubsub_agent
  depends_on         = [google_pubsub_subscription.automation]
}
