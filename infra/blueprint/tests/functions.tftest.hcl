# Manifest -> functions.

variables {
  project  = "shop-prod"
  settings = { name = "stripe", region = "europe-west1", api_key = "projects/shop-prod/secrets/key/versions/3" }
}

run "the_fourteen_and_connection_are_deployed" {
  command = plan
  assert {
    condition     = length(output.functions) == 15 && length(setsubtract(["confirm-payment-intent", "accept-quote", "list-entities", "delete-entity", "connection"], keys(output.functions))) == 0
    error_message = "by default nine actions, five operations and connection"
  }
  assert {
    condition     = length(setintersection(["execute-action", "automation", "stripe-events", "reconcile-events", "customer-list"], keys(output.functions))) == 0
    error_message = "nothing else without being chosen"
  }
}

run "every_row_is_a_function_of_its_own_name_and_export" {
  command = plan
  variables {
    functions         = ["confirm-payment-intent", "list-entities", "execute-action", "cancel-subscription", "customer-update", "payment-intent-create", "create-small-refund"]
    enable_automation = true
    enable_events     = true
  }
  assert {
    condition = { for name, one in output.functions : name => one.entry_point } == {
      confirm-payment-intent = "confirmPaymentIntent"
      list-entities          = "listEntities"
      execute-action         = "executeAction"
      cancel-subscription    = "cancelSubscription"
      customer-update        = "customerUpdate"
      payment-intent-create  = "paymentIntentCreate"
      create-small-refund    = "createSmallRefund"
      automation             = "automation"
      stripe-events          = "stripeEvents"
      reconcile-events       = "reconcileEvents"
    }
    error_message = "entry points are what the packages export, of restricted rows too"
  }
  assert {
    condition     = alltrue([for name, one in output.functions : one.name == "stripe-${name}"])
    error_message = "names are the connection's and the function's"
  }
}

run "sizes_come_from_the_row_and_restricted_rows_have_those_of_their_base" {
  command = plan
  variables {
    functions = ["read", "read-customers"]
    manifest = jsonencode({ functions = [
      { name = "read", source = "entities/read.ts", entryPoint = "read", trigger = "http", memory = "384Mi", timeoutSeconds = 77, concurrency = 5 },
      { name = "read-customers", restricts = "read", entities = ["Customer"] },
    ] })
  }
  assert {
    condition     = alltrue([for one in values(output.functions) : one.memory == "384Mi" && one.timeout_s == 77 && one.concurrency == 5])
    error_message = "memory, timeout and concurrency by row"
  }
  assert {
    condition     = output.functions["read-customers"].entry_point == "readCustomers"
    error_message = "a restricted row exports its own name"
  }
}

run "nodes_bound_instances_and_only_warm_instances_are_a_floor" {
  command = plan
  variables {
    settings          = { name = "stripe", region = "europe-west1", min_nodes = 3, max_nodes = 20 }
    functions         = ["get-entity", "list-entities", "connection"]
    warm_instances    = { get-entity = 3, automation = 1 }
    enable_automation = true
    enable_events     = true
  }
  assert {
    condition     = { for name, one in output.functions : name => one.min_instances } == { get-entity = 3, list-entities = 0, connection = 0, automation = 1, stripe-events = 0, reconcile-events = 0 }
    error_message = "warm_instances alone, whatever min_nodes is"
  }
  assert {
    condition     = alltrue([for name, one in output.functions : one.max_instances == (name == "reconcile-events" ? 1 : name == "stripe-events" ? 3 : 20)])
    error_message = "max_nodes for all, but one reconciliation at a time, and three of the webhook"
  }
  assert {
    condition     = output.warm_instances == 4 && output.warm_usd_a_month == 34.49
    error_message = "three of 256 MiB and one of 512 MiB for 2,628,000 s"
  }
}

run "nothing_is_warm_by_default" {
  command = plan
  assert {
    condition     = output.warm_instances == 0 && output.warm_usd_a_month == 0
    error_message = "nothing is paid before anyone pays"
  }
}

run "a_floor_of_the_limit_keeps_nothing_warm" {
  command = plan
  variables {
    settings = { name = "stripe", region = "europe-west1", min_nodes = 18 }
  }
  assert {
    condition     = output.warm_instances == 0
    error_message = "min_nodes is the limiter's alone"
  }
}

run "all_functions_for_callers_are_warm" {
  command = plan
  variables {
    functions      = ["get-entity", "list-entities", "connection"]
    enable_events  = true
    warm_instances = { "*" = 1, get-entity = 2, reconcile-events = 3 }
  }
  assert {
    condition     = { for name, row in output.functions : name => row.min_instances } == { get-entity = 2, list-entities = 1, connection = 1, stripe-events = 0, reconcile-events = 1 }
    error_message = "* for callers' functions without an entry of their own; never above the function's own maximum"
  }
}

run "a_long_deadline_lifts_the_timeout" {
  command = plan
  variables {
    settings          = { name = "stripe", region = "europe-west1", deadline_ms = 170001 }
    functions         = ["get-entity"]
    enable_automation = true
  }
  assert {
    condition     = output.functions["get-entity"].timeout_s == 181 && output.functions["automation"].timeout_s == 600
    error_message = "the platform must not cut a call that its deadline lets run"
  }
}

run "no_member_may_call_by_default" {
  command = plan
  assert {
    condition     = alltrue([for one in values(output.functions) : length(one.invokers) == 0])
    error_message = "no member may call a function by default"
  }
}

run "callers_are_named_by_function_or_for_all" {
  command = plan
  variables {
    functions         = ["get-entity", "list-entities"]
    enable_automation = true
    enable_events     = true
    invokers          = { "*" = ["group:all@example.com"], get-entity = ["user:one@example.com"] }
  }
  assert {
    condition = jsonencode({ for name, one in output.functions : name => one.invokers }) == jsonencode({
      get-entity       = ["user:one@example.com", "group:all@example.com"]
      list-entities    = ["group:all@example.com"]
      automation       = []
      stripe-events    = []
      reconcile-events = []
    })
    error_message = "the star is for callers' functions, not for those of topics, schedules and Stripe"
  }
}

run "every_function_for_callers_is_not_tools" {
  command = plan
  variables {
    functions = ["get-entity", "tools"]
    invokers  = { "*" = ["group:all@example.com"], tools = ["user:agent@example.com"] }
  }
  assert {
    condition     = jsonencode({ for name, one in output.functions : name => one.invokers }) == jsonencode({ get-entity = ["group:all@example.com"], tools = ["user:agent@example.com"] })
    error_message = "what agents write has invokers of its own, in both layouts"
  }
}

run "all_users_are_rejected" {
  command = plan
  variables {
    invokers = { "*" = ["allUsers"] }
  }
  expect_failures = [var.invokers]
}

run "all_authenticated_users_are_rejected" {
  command = plan
  variables {
    invokers = { "get-entity" = ["allAuthenticatedUsers"] }
  }
  expect_failures = [var.invokers]
}

run "callers_of_an_undeployed_function_are_rejected" {
  command = plan
  variables {
    invokers = { "automation" = ["user:one@example.com"] }
  }
  expect_failures = [var.invokers]
}

run "an_unknown_function_is_rejected" {
  command = plan
  variables {
    functions = ["refund-everything"]
  }
  expect_failures = [var.functions]
}

run "functions_of_topics_and_stripe_are_not_chosen_by_name" {
  command = plan
  variables {
    functions = ["stripe-events"]
  }
  expect_failures = [var.functions]
}

run "warm_instances_of_what_is_not_deployed" {
  command = plan
  variables {
    warm_instances = { "customer-update" = 1 }
  }
  expect_failures = [var.warm_instances]
}

run "more_warm_instances_than_nodes" {
  command = plan
  variables {
    settings       = { name = "stripe", region = "europe-west1", max_nodes = 5 }
    warm_instances = { "*" = 6 }
  }
  expect_failures = [var.warm_instances]
}

run "a_part_of_an_instance" {
  command = plan
  variables {
    warm_instances = { "*" = 0.5 }
  }
  expect_failures = [var.warm_instances]
}

run "records_have_a_price" {
  command = plan
  assert {
    condition     = output.storage_usd_a_million == 0.28
    error_message = "2 KB for 30 days, as the cost table has it"
  }
}

run "records_by_id_cost_a_quarter" {
  command = plan
  variables {
    settings = { name = "stripe", region = "europe-west1", operation_record = "id" }
  }
  assert {
    condition     = output.storage_usd_a_million == 0.07
    error_message = "512 bytes for 30 days, as the cost table has it"
  }
}

run "records_that_are_kept_longer_cost_more" {
  command = plan
  variables {
    settings      = { name = "stripe", region = "europe-west1", operation_retention_days = 365 }
    record_bytes  = 4096
    storage_price = 0.3
  }
  assert {
    condition     = output.storage_usd_a_million == 13.73
    error_message = "by size, price and days"
  }
}

run "the_webhook_has_a_maximum_of_its_own" {
  command = plan
  variables {
    settings              = { name = "stripe", region = "europe-west1", max_nodes = 20 }
    enable_events         = true
    webhook_max_instances = 30
    warm_instances        = { stripe-events = 20 }
  }
  assert {
    condition     = output.functions["stripe-events"].max_instances == 20 && output.functions["stripe-events"].min_instances == 20
    error_message = "never more than max_nodes; warm ones up to its maximum"
  }
}

run "the_webhook_has_at_least_one_instance" {
  command = plan
  variables {
    webhook_max_instances = 0
  }
  expect_failures = [var.webhook_max_instances]
}

run "a_share_of_a_vcpu_takes_one_request_at_a_time" {
  command = plan
  variables {
    cpu               = 0.5
    enable_automation = true
    enable_events     = true
    warm_instances    = { get-entity = 1, automation = 1 }
  }
  assert {
    condition     = alltrue([for name, one in output.functions : one.called_by_machine || one.called_by_stripe ? one.cpu == 1 && one.concurrency >= 1 : one.cpu == 0.5 && one.concurrency == 1])
    error_message = "of functions for callers; messages and webhooks wait side by side on a whole one"
  }
  assert {
    condition     = output.functions["automation"].concurrency == 20 && output.warm_usd_a_month == 14.78
    error_message = "half a vCPU and 256 MiB, and a whole one with 512 MiB, for 2,628,000 s"
  }
}

run "many_requests_at_a_time_have_twice_the_memory" {
  command = plan
  variables {
    concurrency = 80
  }
  assert {
    condition     = alltrue([for name, one in output.functions : one.concurrency == 80 && one.memory == "512Mi" && one.cpu == 1])
    error_message = "256 MiB are measured with the manifest's concurrency"
  }
}

run "up_to_twice_the_requests_fit_the_memory" {
  command = plan
  variables {
    concurrency = 40
  }
  assert {
    condition     = output.functions["get-entity"].concurrency == 40 && output.functions["get-entity"].memory == "256Mi"
    error_message = "twice the manifest's concurrency, the same memory"
  }
}

run "a_share_of_a_vcpu_takes_no_concurrency" {
  command = plan
  variables {
    cpu         = 0.5
    concurrency = 20
  }
  expect_failures = [var.concurrency]
}

run "cpu_is_a_size_of_cloud_run" {
  command = plan
  variables {
    cpu = 1.5
  }
  expect_failures = [var.cpu]
}
