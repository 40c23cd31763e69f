# The rate that the limiter allows. shared/rate-limiter/capacity.ts has the same rule, and a test compares the two.

locals {
  # Requests per second of a node, the same as for Google's connector.
  per_node = 6
  # The default is that of a live key. https://docs.stripe.com/rate-limits
  account_ceiling = coalesce(local.settings_read.account_ceiling, 100)

  rate = {
    for key, nodes in { at_min_nodes = max(1, local.settings_read.min_nodes), at_max_nodes = max(1, local.settings_read.max_nodes) } :
    key => floor(min(
      local.settings_read.limit_scope == "connection" ? local.per_node : local.per_node * nodes,
      local.account_ceiling,
    ))
  }
}
