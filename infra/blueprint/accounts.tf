# The service account of each group of functions, and its rights. Functions with the same callers share an account.

locals {
  groups = distinct(concat(["callers"], [for function in values(local.functions) : function.account]))

  # An account that is not named is created. A project of a domain has the domain before its name: example.com:project.
  named_accounts = merge(var.service_accounts, local.settings_read.service_account == null ? {} : { callers = local.settings_read.service_account })
  mail_domain    = join(".", concat(reverse(split(":", var.project)), ["iam.gserviceaccount.com"]))
  account_emails = { for group in local.groups : group => lookup(local.named_accounts, group, "${local.names["account/${group}"]}@${local.mail_domain}") }
  # The accounts as which Pub/Sub calls automation and Cloud Scheduler calls reconcile-events.
  push_emails = [for name in local.deployed : "${local.names["caller/${name}"]}@${local.mail_domain}" if contains(["pubsub", "schedule"], local.base_rows[name].trigger)]

  # The public webhook may not read the API key if events_refetch is false, because then it reads no objects from Stripe.
  uses_stripe = { for group in local.groups : group => group != "stripe-events" || coalesce(local.settings_read.events_refetch, true) }
  secret_versions = {
    for group in local.groups : group => distinct(concat(
      local.uses_stripe[group] ? compact([local.settings_read.api_key, local.settings_read.proxy_password]) : [],
      group == "stripe-events" ? local.settings_read.webhook_secrets : [],
    ))
  }
  publishes = { automation = ["results_topic", "dead_letter_topic"], stripe-events = ["events_topic"], reconcile-events = ["events_topic"] }

  accounts = {
    for group in local.groups : group => {
      email = local.account_emails[group]
      made  = !contains(keys(local.named_accounts), group)
      id    = local.names["account/${group}"]
      # Secret names without their version: projects/P/secrets/S.
      secrets         = distinct([for version in local.secret_versions[group] : split("/versions/", version)[0]])
      secret_versions = local.secret_versions[group]
      topics          = [for key in lookup(local.publishes, group, []) : key if contains(keys(local.settings), key)]
    }
  }
}
