# Where connections keep their state, under connections/{name}/.

locals {
  database = var.create_database ? google_firestore_database.state[0].name : var.database

  # Written often or long, and never asked for: an index would only cost.
  unindexed = {
    shards      = ["tat0", "tat1", "tat2", "tat3", "tat4", "tat5", "calm", "v"]
    operations  = ["outcome", "fingerprint", "leaseEndsUs", "requestIds"]
    deadLetters = ["letter"]
  }
  # Garbage after this time.
  expiring = ["members", "operations", "deadLetters"]
}

resource "google_firestore_database" "state" {
  count = var.create_database ? 1 : 0

  project                 = var.project
  name                    = var.database
  location_id             = var.location
  type                    = "FIRESTORE_NATIVE"
  delete_protection_state = "DELETE_PROTECTION_ENABLED"
  deletion_policy         = "ABANDON"
  depends_on              = [google_project_service.service]
}

# Counts the living members of a fleet. Without it the limit stays that of min_nodes.
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

resource "google_firestore_field" "expiring" {
  for_each = toset(local.expiring)

  project    = var.project
  database   = local.database
  collection = each.value
  field      = "expireAt"
  ttl_config {}
  # Its values rise with time: an index would write in one place.
  index_config {}
  depends_on = [google_project_service.service]
}

resource "google_firestore_field" "unindexed" {
  for_each = merge([for collection, fields in local.unindexed : { for field in fields : "${collection}.${field}" => { collection = collection, field = field } }]...)

  project    = var.project
  database   = local.database
  collection = each.value.collection
  field      = each.value.field
  index_config {}
  depends_on = [google_project_service.service]
}
