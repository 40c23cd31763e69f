# One service in place of a function each.

variables {
  project  = "shop-prod"
  settings = { name = "stripe", region = "europe-west1", min_nodes = 3, max_nodes = 20 }
  layout   = "single"
}

run "one_service_for_every_operation" {
  command = plan
  variables {
    enable_automation = true
    enable_events     = true
  }
  assert {
    condition     = toset(keys(output.functions)) == toset(["single", "automation", "stripe-events", "reconcile-events"])
    error_message = "one for callers; what topics, schedules and Stripe call stays apart"
  }
  assert {
    condition     = output.functions["single"].entry_point == "single" && output.functions["single"].name == "stripe-single" && output.functions["single"].max_instances == 20 && output.functions["single"].min_instances == 0
    error_message = "a function of its own package; nothing is warm by default"
  }
  assert {
    condition     = output.paths["create-entity"] == { function = "single", path = "/create-entity" } && output.paths["customer-get"].path == "/customer-get" && output.paths["connection"] == { function = "single", path = "" } && output.paths["automation"] == { function = "automation", path = "" }
    error_message = "each function for callers is a path, discovery is the root"
  }
  assert {
    condition     = !contains(keys(output.paths), "tools")
    error_message = "tools is no path"
  }
}

run "tools_is_a_service_of_its_own" {
  command = plan
  variables {
    functions = ["tools"]
    invokers  = { "*" = ["group:shop@example.com"], tools = ["user:agent@example.com"] }
  }
  assert {
    condition     = output.functions["tools"].invokers == tolist(["user:agent@example.com"]) && output.functions["single"].invokers == tolist(["group:shop@example.com"])
    error_message = "with its own invokers"
  }
  assert {
    condition     = output.functions["tools"].account == "tools" && output.functions["single"].account == "callers"
    error_message = "and its own account"
  }
}

run "min_nodes_is_the_minimum_of_the_service_by_one_switch" {
  command = plan
  variables {
    keep_min_nodes_warm = true
    functions           = ["tools"]
    enable_automation   = true
  }
  assert {
    condition     = { for name, function in output.functions : name => function.min_instances } == { single = 3, tools = 0, automation = 0 }
    error_message = "of the single service, and of no other"
  }
  assert {
    condition     = output.warm_instances == 3 && output.warm_usd_a_month == 24.64
    error_message = "and plan says what it costs"
  }
}

run "more_than_min_nodes_stays" {
  command = plan
  variables {
    keep_min_nodes_warm = true
    warm_instances      = { single = 5 }
  }
  assert {
    condition     = output.functions["single"].min_instances == 5
    error_message = "the larger of the two"
  }
}

run "the_switch_is_rejected_with_one_function_per_operation" {
  command = plan
  variables {
    layout              = "functions"
    keep_min_nodes_warm = true
  }
  expect_failures = [var.keep_min_nodes_warm]
}

run "invokers_of_a_path_are_rejected" {
  command = plan
  variables {
    invokers = { "get-entity" = ["user:a@example.com"] }
  }
  expect_failures = [var.invokers]
}

run "invokers_of_machine_functions_are_rejected" {
  command = plan
  variables {
    enable_automation = true
    invokers          = { "automation" = ["user:a@example.com"] }
  }
  expect_failures = [var.invokers]
}

run "a_path_is_not_chosen_as_a_function" {
  command = plan
  variables {
    functions = ["get-entity"]
  }
  expect_failures = [var.functions]
}

run "the_single_service_is_not_chosen_by_name" {
  command = plan
  variables {
    layout    = "functions"
    functions = ["single"]
  }
  expect_failures = [var.functions]
}

run "another_layout" {
  command = plan
  variables {
    layout = "monolith"
  }
  expect_failures = [var.layout]
}
