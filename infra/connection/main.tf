module "blueprint" {
  source = "../blueprint"

  settings              = local.settings
  project               = var.project
  database              = var.database
  layout                = var.layout
  keep_min_nodes_warm   = var.keep_min_nodes_warm
  service_accounts      = var.service_accounts
  functions             = var.functions
  warm_instances        = var.warm_instances
  webhook_max_instances = var.webhook_max_instances
  cpu                   = var.cpu
  concurrency           = var.concurrency
  enable_automation     = var.enable_automation
  enable_events         = var.enable_events
  invokers              = var.invokers
  record_bytes          = var.record_bytes
  storage_price         = var.storage_price
  idle_prices           = var.idle_prices
}
