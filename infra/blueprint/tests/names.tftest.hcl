# Names fit, and stay apart.

variables {
  project           = "shop-prod"
  functions         = ["attach-payment-method-to-customer", "detach-payment-method-from-customer", "get-entity"]
  enable_automation = true
  enable_events     = true
}

run "short_names_stay_whole" {
  command = plan
  variables {
    settings = { name = "s", region = "europe-west1" }
  }
  assert {
    condition     = output.names["account/callers"] == "s-connector" && output.names.automation_topic == "s-automation" && output.functions["get-entity"].name == "s-get-entity"
    error_message = "nothing is cut where it fits"
  }
}

run "longest" {
  command = plan
  variables {
    settings = { name = "payments-of-the-whole-company-in-all-regions-and-currencies-one", region = "europe-west1" }
  }
  assert {
    condition     = length(local.settings_read.name) == 63
    error_message = "the longest name that is allowed"
  }
  assert {
    condition     = alltrue([for key, name in output.names : can(regex("^[a-z][a-z0-9-]*[a-z0-9]$", name)) && !strcontains(name, "--")])
    error_message = "every name is well formed: ${jsonencode(output.names)}"
  }
  assert {
    condition     = alltrue([for one in values(output.functions) : length(one.name) <= 49])
    error_message = "functions: 49"
  }
  assert {
    condition     = alltrue([for key, name in output.names : length(name) <= 30 if can(regex("^(account|caller)/", key))]) && length(output.names.bucket) <= 63
    error_message = "service accounts: 30, buckets: 63"
  }
  assert {
    condition     = endswith(output.functions["get-entity"].name, "-get-entity") && endswith(output.functions["attach-payment-method-to-customer"].name, "-attach-payment-method-to-customer")
    error_message = "what a function does stays readable"
  }
  assert {
    condition     = length(distinct(values(output.names))) == length(output.names)
    error_message = "no two names alike"
  }
}

run "another_that_begins_alike" {
  command = plan
  variables {
    settings = { name = "payments-of-the-whole-company-in-all-regions-and-currencies-two", region = "europe-west1" }
  }
  assert {
    condition     = length(setintersection(values(output.names), values(run.longest.names))) == 0
    error_message = "the hash keeps apart what the cut made alike"
  }
}

run "first" {
  command = plan
  variables {
    settings = { name = "shop", region = "europe-west1" }
  }
}

run "second_connection_in_the_same_project" {
  command = plan
  variables {
    settings = { name = "shop-eu", region = "europe-west1" }
  }
  assert {
    condition     = length(setintersection(values(output.names), values(run.first.names))) == 0
    error_message = "two connections share no name"
  }
}

run "same_connection_in_another_project" {
  command = plan
  variables {
    project  = "shop-test"
    settings = { name = "shop", region = "europe-west1" }
  }
  assert {
    condition     = output.names.bucket != run.first.names.bucket && output.names.automation_topic == run.first.names.automation_topic
    error_message = "buckets alone share one space of names over all projects"
  }
}

run "a_function_that_is_itself_too_long" {
  command = plan
  variables {
    settings          = { name = "shop", region = "europe-west1" }
    functions         = ["the-operation-of-an-entity-with-a-name-that-never-ends"]
    enable_automation = false
    enable_events     = false
    manifest = jsonencode({ functions = [
      { name = "get-entity", source = "entities/get.ts", entryPoint = "getEntity", trigger = "http", memory = "256Mi", timeoutSeconds = 60, concurrency = 20 },
      { name = "the-operation-of-an-entity-with-a-name-that-never-ends", restricts = "get-entity", entities = ["Customer"] },
    ] })
  }
  assert {
    condition     = alltrue([for one in values(output.functions) : length(one.name) <= 49 && startswith(one.name, "shop-the-operation-of-an-entity-with-")])
    error_message = "cut with a hash at the end"
  }
}

run "a_name_that_begins_with_goog" {
  command = plan
  variables {
    settings = { name = "goog-pay", region = "europe-west1" }
  }
  expect_failures = [output.names]
}

run "a_name_that_contains_google" {
  command = plan
  variables {
    settings = { name = "pay-g00gle", region = "europe-west1" }
  }
  expect_failures = [output.names]
}
