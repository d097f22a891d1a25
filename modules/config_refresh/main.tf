locals {
  function_name = "${var.connector.name}-config-refresh"

  environment = merge(
    {
      QUEUEIT_CUSTOMER_ID             = var.customer_id
      QUEUEIT_SECRET_ARN              = var.secret_id
      QUEUEIT_SETTINGS                = jsonencode(var.settings)
      QUEUEIT_SNAPSHOT_RETENTION_DAYS = tostring(var.options.snapshot_retention_days)
    },
    var.options.base_url == null ? {} : { QUEUEIT_BASE_URL = var.options.base_url },
  )

  interval = var.options.interval_minutes
  alarms   = var.options.alarms
}

module "function" {
  source = "../lambda_function"

  connector             = var.connector
  name                  = local.function_name
  description           = "keeps the configuration that edges read fresh"
  zip_path              = var.zip_path
  handler               = "config_refresh.handler.handler"
  memory_size_mb        = var.options.memory_size_mb
  timeout_seconds       = var.options.timeout_seconds
  reserved_concurrency  = var.options.reserved_concurrency
  dead_letter_queue_arn = var.options.dead_letter_queue_arn
  environment           = local.environment
  statements            = var.statements

  alarms = {
    failed = {
      description    = "${local.function_name} failed ${local.alarms.failed_runs} times in a row. Edges keep the last good configuration; the function's log says what is wrong."
      metric_name    = "Errors"
      period_seconds = 60 * local.interval
      periods        = local.alarms.failed_runs
      # A minute without a run between two runs that failed neither ends nor starts anything; "missing" is for more of them.
      missing_data = "ignore"
    }
    missing = {
      description    = "${local.function_name} has not run for ${local.alarms.missing_runs * local.interval} minutes. Check the schedule ${local.function_name}, its role and the function's concurrency."
      metric_name    = "Invocations"
      below          = 1
      period_seconds = 60 * local.interval
      periods        = local.alarms.missing_runs
      missing_data   = "breaching"
    }
    configuration-age = {
      description    = "The configuration that edges have was last compared with the platform more than ${local.alarms.stale_after_minutes} minutes ago: changes published since may not be in force."
      namespace      = "QueueIt/CloudFrontConnector"
      metric_name    = "RefreshSucceeded"
      below          = 1
      period_seconds = 60
      periods        = local.alarms.stale_after_minutes
      missing_data   = "breaching"
    }
  }

  # Not before the first run: "missing" would go off at once.
  alarms_after = aws_lambda_invocation.this.id
}

# An apply runs the function at once: what is wrong with the customer id, the credentials or the configuration stops the
# apply, and a snapshot exists before any behavior points at the functions. Destroying it invokes nothing.
resource "aws_lambda_invocation" "this" {
  function_name = module.function.function_name
  input         = jsonencode({ action = "refresh", source = "apply" })

  triggers = {
    code        = module.function.code_hash
    credentials = var.secret_version
    environment = sha256(jsonencode(local.environment))
  }

  # It writes to the table. Nothing else here waits for it, so that policies have been in force for a while when it runs.
  depends_on = [var.table_arn]
}

module "schedule" {
  source = "../schedule"

  connector             = var.connector
  function_name         = local.function_name
  function_arn          = module.function.function_arn
  role_name             = "${var.connector.name}-schedule"
  expression            = "rate(${local.interval} ${local.interval == 1 ? "minute" : "minutes"})"
  input                 = jsonencode({ action = "refresh", source = "schedule" })
  dead_letter_queue_arn = var.options.dead_letter_queue_arn

  # The first scheduled run must not get in the way of the one that the apply makes.
  after = aws_lambda_invocation.this.id
}
