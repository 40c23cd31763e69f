# Whom the functions run as, and what each account may use.

variables {
  project           = "shop-prod"
  enable_automation = true
  enable_events     = true
  functions         = ["get-entity", "tools"]
  settings = {
    name              = "stripe"
    region            = "europe-west1"
    api_key           = "projects/shop-prod/secrets/key/versions/latest"
    proxy_enabled     = true
    proxy_server      = { host = "proxy.internal", port = 3128 }
    proxy_auth_scheme = "BASIC"
    proxy_user        = "connector"
    proxy_password    = "projects/vault/secrets/proxy/versions/1"
    events_refetch    = false
    webhook_secrets   = ["projects/shop-prod/secrets/hook/versions/1", "projects/shop-prod/secrets/hook/versions/2"]
  }
}

run "an_account_for_each_group" {
  command = plan
  assert {
    condition     = { for group, account in output.accounts : group => account.id } == { callers = "stripe-connector", automation = "stripe-automation", stripe-events = "stripe-webhook", reconcile-events = "stripe-reconcile", tools = "stripe-tools" }
    error_message = "one each"
  }
  assert {
    condition     = { for name, function in output.functions : name => function.account } == { get-entity = "callers", tools = "tools", automation = "automation", stripe-events = "stripe-events", reconcile-events = "reconcile-events" }
    error_message = "functions with the same callers share one"
  }
  assert {
    condition     = length(distinct([for account in values(output.accounts) : account.email])) == 5 && output.settings.service_account == "stripe-connector@shop-prod.iam.gserviceaccount.com"
    error_message = "five e-mails; the setting is that of the callers' functions"
  }
}

run "every_secret_once_and_by_its_name" {
  command = plan
  assert {
    condition     = output.accounts["callers"].secrets == tolist(["projects/shop-prod/secrets/key", "projects/vault/secrets/proxy"]) && output.accounts["reconcile-events"].secrets == output.accounts["callers"].secrets
    error_message = "who sends to Stripe reads the key and the proxy's password"
  }
  assert {
    condition     = output.accounts["stripe-events"].secrets == tolist(["projects/shop-prod/secrets/hook"])
    error_message = "the public webhook reads its signing secret, and no API key"
  }
}

run "the_webhook_reads_the_key_where_it_reads_objects" {
  command = plan
  variables {
    settings = { name = "stripe", region = "europe-west1", api_key = "projects/shop-prod/secrets/key/versions/latest", events_refetch = true }
  }
  assert {
    condition     = output.accounts["stripe-events"].secrets == tolist(["projects/shop-prod/secrets/key"])
    error_message = "events_refetch reads from Stripe"
  }
}

run "each_publishes_to_its_own_topics" {
  command = plan
  assert {
    condition     = { for group, account in output.accounts : group => account.topics } == { callers = [], automation = ["results_topic", "dead_letter_topic"], stripe-events = ["events_topic"], reconcile-events = ["events_topic"], tools = [] }
    error_message = "functions for callers publish nothing"
  }
}

run "accounts_that_exist" {
  command = plan
  variables {
    service_accounts = { stripe-events = "hook@shop-prod.iam.gserviceaccount.com", automation = "jobs@shop-prod.iam.gserviceaccount.com" }
  }
  assert {
    condition     = [for group, account in output.accounts : group if account.made] == ["callers", "reconcile-events", "tools"] && output.accounts["stripe-events"].email == "hook@shop-prod.iam.gserviceaccount.com"
    error_message = "are used, and none is made in their place"
  }
}

run "a_group_that_there_is_not" {
  command = plan
  variables {
    service_accounts = { get-entity = "a@shop-prod.iam.gserviceaccount.com" }
  }
  expect_failures = [var.service_accounts]
}

run "what_is_no_service_account" {
  command = plan
  variables {
    service_accounts = { tools = "user:a@example.com" }
  }
  expect_failures = [var.service_accounts]
}

run "an_account_for_two_groups" {
  command = plan
  variables {
    service_accounts = { stripe-events = "hook@shop-prod.iam.gserviceaccount.com", automation = "hook@shop-prod.iam.gserviceaccount.com" }
  }
  expect_failures = [output.accounts]
}

run "the_account_of_the_operations_for_another_group" {
  command = plan
  variables {
    service_accounts = { stripe-events = "stripe-connector@shop-prod.iam.gserviceaccount.com" }
  }
  expect_failures = [output.accounts]
}

run "the_account_of_pubsub_for_a_group" {
  command = plan
  variables {
    service_accounts = { automation = "stripe-pubsub@shop-prod.iam.gserviceaccount.com" }
  }
  expect_failures = [output.accounts]
}

run "the_account_of_pubsub_is_no_caller" {
  command = plan
  variables {
    invokers = { get-entity = ["serviceAccount:stripe-pubsub@shop-prod.iam.gserviceaccount.com"] }
  }
  expect_failures = [var.invokers]
}

run "the_account_of_cloud_scheduler_is_no_caller" {
  command = plan
  variables {
    invokers = { "*" = ["serviceAccount:stripe-scheduler@shop-prod.iam.gserviceaccount.com"] }
  }
  expect_failures = [var.invokers]
}
