# Maps the manifest to functions. These are values only: this module has no provider and reads no resource.

locals {
  # A function's name becomes a label of its address: 49 characters fit with every region and project.
  name_limit = 49

  rows = { for row in jsondecode(coalesce(var.manifest, file("${path.module}/../../functions/manifest.json"))).functions : row.name => row }
  # The entry that a restricted function restricts, or the function's own entry.
  base_rows = { for name, row in local.rows : name => local.rows[try(row.restricts, name)] }

  single = var.layout == "single"
  # Functions for callers: all but those that topics, schedules and Stripe call.
  callable = sort([for name, row in local.base_rows : name if !startswith(row.source, "events/") && name != "single"])
  # A separate service in both layouts, because MCP clients call it.
  services_apart = ["tools"]
  # Functions that the single service serves, each at its path.
  paths = [for name in local.callable : name if !contains(local.services_apart, name)]
  # Functions of one action, or of one operation of every entity.
  fourteen = [for name, row in local.rows : name if can(row.source) && can(regex("^(actions|entities)/", row.source)) && !can(row.actions)]

  chosen   = local.single ? distinct(concat(["single"], coalesce(var.functions, []))) : distinct(coalesce(var.functions, concat(local.fourteen, ["connection"])))
  deployed = concat(local.chosen, var.enable_automation ? ["automation"] : [], var.enable_events ? ["stripe-events", "reconcile-events"] : [])
  warm = merge(
    { for name in local.chosen : name => lookup(var.warm_instances, "*", 0) },
    { for name, count in var.warm_instances : name => count if name != "*" },
    var.keep_min_nodes_warm ? { single = max(local.settings_read.min_nodes, lookup(var.warm_instances, "single", lookup(var.warm_instances, "*", 0))) } : {},
  )

  # The platform's timeout is longer than the deadline of a call, so that it never ends a call first.
  deadline_s = ceil(local.settings_read.deadline_ms / 1000) + 10

  # Sizes of the functions for callers. A share of a vCPU takes one request at a time:
  # https://docs.cloud.google.com/run/docs/configuring/services/cpu
  sizes = {
    for name in local.deployed : name => {
      cpu         = contains(local.chosen, name) ? var.cpu : 1
      concurrency = !contains(local.chosen, name) ? local.base_rows[name].concurrency : var.cpu < 1 ? 1 : coalesce(var.concurrency, local.base_rows[name].concurrency)
    }
  }
  # Maximum instances of each function. A scheduled function has one instance.
  instance_limits = {
    for name in local.deployed : name => local.base_rows[name].trigger == "schedule" ? 1 : name == "stripe-events" ? min(var.webhook_max_instances, local.settings_read.max_nodes) : local.settings_read.max_nodes
  }

  functions = {
    for name in local.deployed : name => {
      name        = local.function_names[name]
      description = "${name} of the Stripe connection ${local.settings_read.name}"
      # The build exports a restricted function under its own name, in camelCase.
      entry_point = try(local.rows[name].entryPoint, join("", [for at, word in split("-", name) : at == 0 ? word : title(word)]))
      trigger     = local.base_rows[name].trigger
      # Twice the manifest's memory if an instance takes many more requests at a time than the manifest says.
      memory        = local.sizes[name].concurrency > 2 * local.base_rows[name].concurrency ? "${2 * tonumber(trimsuffix(local.base_rows[name].memory, "Mi"))}Mi" : local.base_rows[name].memory
      cpu           = local.sizes[name].cpu
      timeout_s     = max(local.base_rows[name].timeoutSeconds, local.deadline_s)
      concurrency   = local.sizes[name].concurrency
      min_instances = min(lookup(local.warm, name, 0), local.instance_limits[name])
      max_instances = local.instance_limits[name]
      # In the single layout * is the list of the single service. In both layouts tools has only its own list, so that a
      # caller of the operations cannot let an agent write.
      invokers          = contains(local.chosen, name) ? concat(lookup(var.invokers, name, []), contains(local.services_apart, name) ? [] : lookup(var.invokers, "*", [])) : []
      called_by_machine = contains(["pubsub", "schedule"], local.base_rows[name].trigger)
      called_by_stripe  = name == "stripe-events"
      # Functions with the same callers run as the same account.
      account = contains(local.services_apart, name) || startswith(local.base_rows[name].source, "events/") ? name : "callers"
    }
  }

  warm_instances = sum(concat([0], [for one in values(local.functions) : one.min_instances]))
  gib            = { for name, one in local.functions : name => tonumber(trimsuffix(one.memory, "Mi")) / 1024 }
  month_s        = 730 * 3600
  warm_usd = sum(concat([0], [
    for name, one in local.functions :
    one.min_instances * (one.cpu * var.idle_prices.vcpu + local.gib[name] * var.idle_prices.gib) * local.month_s
  ]))
}
