# Where connections keep their state, under connections/{name}/.

locals {
  database = var.create_database ? google_firestore_database.state[0].name : var.database
  location = coalesce(var.location, var.regions[0])
  # A change of any of these leads to another database, because Firestore cannot move or encrypt an existing one.
  # https://docs.cloud.google.com/firestore/docs/manage-databases
  place = join(" ", compact([
    "projects/${var.project}/databases/${var.database}",
    var.create_database ? "in ${local.location}" : "not created",
    var.create_database && var.kms_key != null ? "with ${var.kms_key}" : "",
  ]))
  # This is the input of the resource, because its output is unknown in the plan of the first apply.
  accepted_place = var.accept_state_loss == "true" ? local.place : coalesce(var.accept_state_loss, terraform_data.database.input)

  # No other field of these groups has an index, because indexes cause most of the latency and storage of a write.
  # https://docs.cloud.google.com/firestore/docs/best-practices
  groups = ["members", "operations", "shards", "lanes", "deadLetters", "stripeEvents", "stripeAccounts"]
  # A single-field index for each query of one field. test/infra compares them with the adapters' queries.
  queried = {
    # The limiter counts the active instances: where seen >= T.
    "members.seen" = { collection = "members", field = "seen", order = "ASCENDING" }
    # stripe-connector dead-letters list, newest first: order by at desc.
    "deadLetters.at" = { collection = "deadLetters", field = "at", order = "DESCENDING" }
    # GET /events, newest first: order by receivedAt desc.
    "stripeEvents.receivedAt" = { collection = "stripeEvents", field = "receivedAt", order = "DESCENDING" }
    # reconcile-events checks whether a change was delivered in another event family: where changekey in (K, ...).
    "stripeEvents.changekey" = { collection = "stripeEvents", field = "changekey", order = "ASCENDING" }
  }
  # GET /events filters by any of these. Firestore merges the index of each condition, so none needs more than one.
  # https://firebase.google.com/docs/firestore/query-data/index-overview#taking_advantage_of_index_merging
  inbox_filters = ["type", "objectId", "account", "outcome"]
  # Firestore deletes the document after this time (TTL).
  expiring = ["members", "operations", "deadLetters", "stripeEvents"]
}

# Stores the inputs with which the database was created. accept_state_loss names the one other database that is accepted.
# The output database compares them.
resource "terraform_data" "database" {
  input = local.place

  lifecycle {
    ignore_changes = [input]
  }
}

resource "google_firestore_database" "state" {
  count = var.create_database ? 1 : 0

  project                 = var.project
  name                    = var.database
  location_id             = local.location
  type                    = "FIRESTORE_NATIVE"
  delete_protection_state = var.delete_protection ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED"
  deletion_policy         = var.delete_protection ? "ABANDON" : "DELETE"
  depends_on              = [google_project_service.service, google_kms_crypto_key_iam_member.agent]

  # A database keeps the key that it was created with. https://docs.cloud.google.com/firestore/docs/cmek
  dynamic "cmek_config" {
    for_each = var.kms_key == null ? [] : [var.kms_key]
    content {
      kms_key_name = cmek_config.value
    }
  }

  point_in_time_recovery_enablement = var.point_in_time_recovery ? "POINT_IN_TIME_RECOVERY_ENABLED" : "POINT_IN_TIME_RECOVERY_DISABLED"
}

# A connection that loses its records executes a repeated operationId again. https://docs.cloud.google.com/firestore/docs/backups
resource "google_firestore_backup_schedule" "daily" {
  count = var.backup_days > 0 ? 1 : 0

  project   = var.project
  database  = local.database
  retention = "${var.backup_days * 86400}s"
  daily_recurrence {}
}

# The limiter ranks an instance among the others: where place < P and seen >= T. Without it the limit is that of
# min_nodes.
resource "google_firestore_index" "members" {
  project     = var.project
  database    = local.database
  collection  = "members"
  query_scope = "COLLECTION"
  fields {
    field_path = "place"
    order      = "ASCENDING"
  }
  fields {
    field_path = "seen"
    order      = "ASCENDING"
  }
  depends_on = [google_project_service.service]
}

resource "google_firestore_index" "inbox" {
  for_each = toset(local.inbox_filters)

  project     = var.project
  database    = local.database
  collection  = "stripeEvents"
  query_scope = "COLLECTION"
  fields {
    field_path = each.value
    order      = "ASCENDING"
  }
  fields {
    field_path = "receivedAt"
    order      = "DESCENDING"
  }
  depends_on = [google_project_service.service]
}

resource "google_firestore_field" "expiring" {
  for_each = toset(local.expiring)

  project    = var.project
  database   = local.database
  collection = each.value
  field      = "expireAt"
  ttl_config {}
  # Its values rise with time, so an index would write to one range.
  index_config {}
  depends_on = [google_project_service.service]
}

# The field * is the default for every other field of the group.
# https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/firestore_field
resource "google_firestore_field" "unindexed" {
  for_each = toset(local.groups)

  project    = var.project
  database   = local.database
  collection = each.value
  field      = "*"
  index_config {}
  depends_on = [google_project_service.service]
}

resource "google_firestore_field" "queried" {
  for_each = local.queried

  project    = var.project
  database   = local.database
  collection = each.value.collection
  field      = each.value.field
  index_config {
    indexes {
      order       = each.value.order
      query_scope = "COLLECTION"
    }
  }
  depends_on = [google_project_service.service]
}
