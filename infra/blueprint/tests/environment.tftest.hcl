# Settings -> environment.

variables {
  project  = "shop-prod"
  settings = { name = "stripe", region = "europe-west1", api_key = "projects/shop-prod/secrets/key/versions/3" }
}

run "production_and_this_project" {
  command = plan
  assert {
    condition     = output.environment.NODE_ENV == "production" && output.environment.GOOGLE_CLOUD_PROJECT == "shop-prod" && output.environment.FIRESTORE_DATABASE == "stripe-connector"
    error_message = "NODE_ENV, the project and the database"
  }
  assert {
    condition     = length(setintersection(["STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET", "PROXY_PASSWORD"], keys(output.environment))) == 0
    error_message = "no secret in the environment"
  }
  assert {
    condition     = alltrue([for key, value in jsondecode(output.environment.CONNECTION_SETTINGS) : value != null])
    error_message = "what is not set is not there"
  }
}

run "an_account_of_its_own" {
  command = plan
  assert {
    condition     = output.accounts.callers.made && output.accounts.callers.email == "stripe-connector@shop-prod.iam.gserviceaccount.com"
    error_message = "made by the connection"
  }
}

run "an_account_of_its_own_in_a_project_of_a_domain" {
  command = plan
  variables {
    project = "example.com:shop-prod"
  }
  assert {
    condition     = output.accounts.callers.email == "stripe-connector@shop-prod.example.com.iam.gserviceaccount.com"
    error_message = "the domain stands after the project"
  }
}

run "an_account_that_is_given" {
  command = plan
  variables {
    settings = { name = "stripe", region = "europe-west1", service_account = "pay@shop-prod.iam.gserviceaccount.com" }
  }
  assert {
    condition     = !output.accounts.callers.made && output.settings.service_account == "pay@shop-prod.iam.gserviceaccount.com"
    error_message = "no other is made"
  }
}

run "no_topics_unless_enabled" {
  command = plan
  assert {
    condition     = length(output.made_topics) == 0 && length(output.topics) == 0
    error_message = "none"
  }
}

run "topics_are_made_and_told" {
  command = plan
  variables {
    enable_automation = true
    enable_events     = true
  }
  assert {
    condition     = toset(output.made_topics) == toset(["automation_topic", "results_topic", "dead_letter_topic", "events_topic"])
    error_message = "four"
  }
  assert {
    condition     = output.settings.dead_letter_topic == "projects/shop-prod/topics/stripe-dead-letters" && output.settings.events_topic == "projects/shop-prod/topics/stripe-events"
    error_message = "the functions know them"
  }
  assert {
    condition     = output.settings.webhook_url == "https://europe-west1-shop-prod.cloudfunctions.net/stripe-stripe-events"
    error_message = "the webhook's address is known before it is there"
  }
}

run "topics_that_are_named_are_not_made" {
  command = plan
  variables {
    enable_automation = true
    settings          = { name = "stripe", region = "europe-west1", results_topic = "projects/data/topics/payments" }
  }
  assert {
    condition     = toset(output.made_topics) == toset(["automation_topic", "dead_letter_topic"]) && output.topics.results_topic == "projects/data/topics/payments"
    error_message = "what the settings name is taken"
  }
}
