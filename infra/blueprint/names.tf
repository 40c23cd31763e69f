# Names of resources. If a name is too long for its resource, the connection's part is cut and a hash of the full name is
# added. Two connections whose names begin with the same letters therefore have different names.

locals {
  connection = local.settings_read.name

  # For every name: the full name, the maximum length, and the end that must stay readable.
  wanted = merge(
    { for name in local.deployed : "function/${name}" => { end = "-${name}", limit = local.name_limit } },
    {
      "account/callers"          = { end = "-connector", limit = 30 }
      "account/automation"       = { end = "-automation", limit = 30 }
      "account/stripe-events"    = { end = "-webhook", limit = 30 }
      "account/reconcile-events" = { end = "-reconcile", limit = 30 }
      "account/tools"            = { end = "-tools", limit = 30 }
      # The account as which Pub/Sub and Cloud Scheduler call.
      "caller/automation"       = { end = "-pubsub", limit = 30 }
      "caller/reconcile-events" = { end = "-scheduler", limit = 30 }
      # Bucket names are unique across all projects.
      bucket            = { end = "-functions-${substr(sha256(var.project), 0, 8)}", limit = 63 }
      automation_topic  = { end = "-automation", limit = 255 }
      results_topic     = { end = "-results", limit = 255 }
      dead_letter_topic = { end = "-dead-letters", limit = 255 }
      events_topic      = { end = "-events", limit = 255 }
      reconcile_job     = { end = "-reconcile-events", limit = 500 }
    },
  )

  names = {
    for key, one in local.wanted : key => (
      length(local.connection) + length(one.end) <= one.limit
      ? "${local.connection}${one.end}"
      : length(one.end) + 10 <= one.limit
      # At least one letter of the connection's name, its hash, and the end.
      ? "${trimsuffix(substr(local.connection, 0, one.limit - length(one.end) - 9), "-")}-${substr(sha256(local.connection), 0, 8)}${one.end}"
      : "${trimsuffix(substr("${local.connection}${one.end}", 0, one.limit - 9), "-")}-${substr(sha256("${local.connection}${one.end}"), 0, 8)}"
    )
  }

  function_names = { for name in local.deployed : name => local.names["function/${name}"] }
}
