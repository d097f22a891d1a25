locals {
  function_name = "${var.connector.name}-log-retention"
  account       = var.connector.account
  arn_prefix    = "arn:${local.account.partition}"

  # Lambda puts the home region before the name of a function that runs at the edge, in whichever region it logs.
  edge_log_group_arns = flatten([
    for event_type in ["viewer-request", "viewer-response"] : [
      for suffix in ["", ":*"] : "${local.arn_prefix}:logs:*:${local.account.id}:log-group:/aws/lambda/us-east-1.${var.connector.name}-${event_type}${suffix}"
    ]
  ])

  # Terraform manages the log groups in the home region.
  elsewhere = { StringNotEquals = { "aws:RequestedRegion" = local.account.region } }
}

module "function" {
  source = "../lambda_function"

  connector       = var.connector
  name            = local.function_name
  description     = "keeps the edge functions' log groups in order in all regions"
  zip_path        = var.zip_path
  handler         = "log_retention.handler.handler"
  memory_size_mb  = 256
  timeout_seconds = 300

  environment = {
    QUEUEIT_LOG_RETENTION_DAYS = tostring(var.retention_days)
    QUEUEIT_LOG_KMS_KEY_ARNS   = jsonencode(var.options.kms_key_arns)
  }

  statements = concat(
    [
      {
        # It lists, and takes no name of what it lists.
        Sid      = "FindRegions"
        Effect   = "Allow"
        Action   = ["ec2:DescribeRegions"]
        Resource = ["*"]
      },
      {
        Sid       = "FindLogGroups"
        Effect    = "Allow"
        Action    = ["logs:DescribeLogGroups"]
        Resource  = ["${local.arn_prefix}:logs:*:${local.account.id}:log-group:*"]
        Condition = local.elsewhere
      },
      {
        Sid       = "SetRetention"
        Effect    = "Allow"
        Action    = [var.retention_days == 0 ? "logs:DeleteRetentionPolicy" : "logs:PutRetentionPolicy"]
        Resource  = local.edge_log_group_arns
        Condition = local.elsewhere
      },
    ],
    [
      for needed in length(var.options.kms_key_arns) > 0 ? ["SetKey"] : [] : {
        Sid       = needed
        Effect    = "Allow"
        Action    = ["logs:AssociateKmsKey"]
        Resource  = local.edge_log_group_arns
        Condition = local.elsewhere
      }
    ],
  )

  alarms = {
    failed = {
      description    = "${local.function_name} could not set retention or key of all log groups: edge logs may be kept longer than meant. Its log names region, log group and reason."
      metric_name    = "Errors"
      period_seconds = 3600
    }
  }
}

module "schedule" {
  source = "../schedule"

  connector         = var.connector
  function_name     = local.function_name
  function_arn      = module.function.function_arn
  role_name         = "${local.function_name}-schedule"
  expression        = "rate(${var.options.interval_hours} ${var.options.interval_hours == 1 ? "hour" : "hours"})"
  window_minutes    = 15
  retry_attempts    = 2
  retry_for_seconds = 3600
}
