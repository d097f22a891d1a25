data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

# The region: what aws_region calls it differs between versions 5 and 6 of the provider.
data "aws_service" "this" {
  service_id = "lambda"

  lifecycle {
    postcondition {
      condition     = self.region == "us-east-1"
      error_message = <<-EOT
        The aws provider of this module has the region ${self.region}, but CloudFront takes functions from us-east-1 alone. Write a provider for that region:

          provider "aws" {
            alias  = "us_east_1"
            region = "us-east-1"
          }

        and pass it on in the module block:

          providers = { aws = aws.us_east_1 }
      EOT
    }
  }
}

locals {
  account = {
    id        = data.aws_caller_identity.this.account_id
    partition = data.aws_partition.this.partition
    region    = data.aws_service.this.region
  }

  # Relative to where Terraform runs, as Terraform takes another path for a change of the code: the same on each machine. path.module
  # is absolute where TF_DATA_DIR is. Submodules get the path from here, as theirs are absolute where this module's source is.
  dist = "${trimprefix(path.module, "${abspath(path.root)}/")}/functions/dist"

  # What the functions in us-east-1 share.
  connector = {
    name             = var.name
    account          = local.account
    runtime          = module.options.config_refresh.runtime
    role             = { path = var.role_path, permissions_boundary = var.permissions_boundary }
    logs             = { days = module.options.config_refresh.log_retention_days, kms_key_arn = module.options.config_refresh.log_kms_key_arn }
    kms_key_arn      = var.kms_key_arn
    alarm_topic_arns = var.alarm_topic_arns
    tags             = var.tags
  }

  refreshed = try(jsondecode(module.config_refresh.refreshed), {})

  stores_secret = var.credentials == null
  secret_name   = "${var.name}-credentials"

  table_kms_key_arns = compact(concat(
    [var.kms_key_arn],
    [for region in sort(keys(var.replica_regions)) : var.replica_regions[region].kms_key_arn],
  ))

  # Only what was given and what differs from its default: the defaults are those of functions/queueit/settings.py.
  settings = merge(
    module.options.settings,
    var.enabled ? {} : { enabled = false },
    var.include_body ? { include_body = true } : {},
    length(var.replica_regions) == 0 ? {} : { replica_regions = sort(keys(var.replica_regions)) },
  )

  options = {
    settings         = var.settings
    edge             = var.edge
    config_refresh   = var.config_refresh
    publish_endpoint = var.publish_endpoint
    log_retention    = var.log_retention
    dashboard        = var.dashboard
  }
}

module "options" {
  source = "./modules/options"

  settings         = var.settings
  edge             = var.edge
  config_refresh   = var.config_refresh
  publish_endpoint = var.publish_endpoint
  log_retention    = var.log_retention
  dashboard        = var.dashboard

  given = {
    for option, value in local.options : option => try(flatten([
      for name in keys(value) : concat([name], try([for inner in keys(value[name]) : "${name}.${inner}"], []))
    ]), [])
  }
}

resource "aws_secretsmanager_secret" "this" {
  # checkov:skip=CKV_AWS_149: secrets are always encrypted; kms_key_arn decides whether with a key of the customer's
  # checkov:skip=CKV2_AWS_57: Queue-it makes the keys; credentials_version rotates them
  count = local.stores_secret ? 1 : 0

  name        = local.secret_name
  description = "Queue-it credentials of ${var.name}"
  kms_key_id  = var.kms_key_arn
  tags        = var.tags

  recovery_window_in_days = var.secret_recovery_window_days
}

resource "aws_secretsmanager_secret_version" "this" {
  count = local.stores_secret ? 1 : 0

  secret_id = aws_secretsmanager_secret.this[0].id
  secret_string_wo = jsonencode({
    for key, value in {
      secret_key          = var.secret_key
      api_key             = var.api_key
      next_secret_key     = var.next_secret_key
      previous_secret_key = var.previous_secret_key
      proxy_key           = var.proxy_key
    } : key => value if value != null
  })
  secret_string_wo_version = var.credentials_version
}

module "config_store" {
  source = "./modules/config_store"

  name                = var.name
  replica_regions     = var.replica_regions
  kms_key_arn         = var.kms_key_arn
  deletion_protection = var.deletion_protection
  tags                = var.tags
}

module "config_refresh" {
  source = "./modules/config_refresh"

  connector      = local.connector
  options        = module.options.config_refresh
  zip_path       = "${local.dist}/config_refresh.zip"
  table_arn      = module.config_store.table_arn
  customer_id    = var.customer_id
  secret_id      = local.credentials.secret_id
  secret_version = local.stores_secret ? aws_secretsmanager_secret_version.this[0].version_id : tostring(var.credentials_version)
  settings       = local.settings
  statements     = local.publisher_statements
}

module "edge_functions" {
  source = "./modules/edge_functions"

  connector          = local.connector
  options            = module.options.edge
  zip_path           = "${local.dist}/edge.zip"
  table_arn          = module.config_store.table_arn
  replica_regions    = keys(var.replica_regions)
  table_kms_key_arns = local.table_kms_key_arns
  include_body       = var.include_body
  pinned_versions    = var.pinned_versions
}

module "publish_endpoint" {
  source = "./modules/publish_endpoint"
  count  = module.options.publish_endpoint == null ? 0 : 1

  connector               = local.connector
  options                 = module.options.publish_endpoint
  zip_path                = "${local.dist}/config_refresh.zip"
  customer_id             = var.customer_id
  secret_id               = local.credentials.secret_id
  snapshot_retention_days = module.options.config_refresh.snapshot_retention_days
  statements              = local.publisher_statements

  # A push is answered with 503 as long as nothing is in force.
  depends_on = [module.config_refresh]
}

module "log_retention" {
  source = "./modules/log_retention"
  count  = module.options.log_retention == null ? 0 : 1

  connector      = local.connector
  options        = module.options.log_retention
  zip_path       = "${local.dist}/log_retention.zip"
  retention_days = module.options.edge.log_retention_days
}

module "dashboard" {
  source = "./modules/dashboard"
  count  = var.dashboard == null ? 0 : 1

  name             = var.name
  regions          = module.options.dashboard.regions
  distribution_ids = module.options.dashboard.distribution_ids
  alarm_arns = [
    for alarm in sort(values(module.config_refresh.alarm_names)) :
    "arn:${local.account.partition}:cloudwatch:${local.account.region}:${local.account.id}:alarm:${alarm}"
  ]
}

module "deployer_policy" {
  source = "./modules/deployer_policy"

  name                 = var.name
  account              = local.account
  stores_secret        = local.stores_secret
  has_replicas         = length(var.replica_regions) > 0
  has_publish_endpoint = var.publish_endpoint != null
  has_log_retention    = var.log_retention != null
  has_dashboard        = var.dashboard != null
  kms_key_arns         = local.table_kms_key_arns
  distribution_arns    = var.distribution_arns
  role_path            = var.role_path
  permissions_boundary = var.permissions_boundary
}
