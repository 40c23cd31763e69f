# What the limiter lets through: shared/rate-limiter/capacity.ts has the same rule, and a test compares the two.

locals {
  # Requests a second of a node, as Google's connector has it.
  per_node = 6
  # Without the setting: a live key's. https://docs.stripe.com/rate-limits
  account_ceiling = coalesce(var.settings.account_ceiling, 100)

  rate = {
    for key, nodes in { at_min_nodes = max(1, var.settings.min_nodes), at_max_nodes = max(1, var.settings.max_nodes) } :
    key => floor(min(
      var.settings.limit_scope == "connection" ? local.per_node : local.per_node * nodes,
      local.account_ceiling,
    ))
  }
}
