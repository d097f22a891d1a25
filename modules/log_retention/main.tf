locals {
  function_name = "${var.name}-log-retention"
  arn_prefix    = "arn:${var.account.partition}"
  arn_suffix    = "${var.account.region}:${var.account.id}"
  function_arn  = "${local.arn_prefix}:lambda:${local.arn_suffix}:function:${local.function_name}"

  # Lambda puts the home region before the name of a function that runs at the edge, in whichever region it logs.
  edge_log_group_arns = flatten([
    for event_type in ["viewer-request", "viewer-response"] : [
      for suffix in ["", ":*"] : "${local.arn_prefix}:logs:*:${var.account.id}:log-group:/aws/lambda/us-east-1.${var.name}-${event_type}${suffix}"
    ]
  ])

  # Terraform manages the log groups in the home region.
  elsewhere = { StringNotEquals = { "aws:RequestedRegion" = var.account.region } }

  environment = {
    QUEUEIT_LOG_RETENTION_DAYS = tostring(var.retention_days)
    QUEUEIT_LOG_KMS_KEY_ARNS   = jsonencode(var.kms_key_arns)
  }

  function_assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Lambda"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })

  function_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
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
          Resource  = ["${local.arn_prefix}:logs:*:${var.account.id}:log-group:*"]
          Condition = local.elsewhere
        },
        {
          Sid       = "SetRetention"
          Effect    = "Allow"
          Action    = [var.retention_days == 0 ? "logs:DeleteRetentionPolicy" : "logs:PutRetentionPolicy"]
          Resource  = local.edge_log_group_arns
          Condition = local.elsewhere
        },
        {
          Sid      = "WriteLogs"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = ["${local.arn_prefix}:logs:${local.arn_suffix}:log-group:/aws/lambda/${local.function_name}:*"]
        },
      ],
      [
        for needed in length(var.kms_key_arns) > 0 ? ["SetKey"] : [] : {
          Sid       = needed
          Effect    = "Allow"
          Action    = ["logs:AssociateKmsKey"]
          Resource  = local.edge_log_group_arns
          Condition = local.elsewhere
        }
      ],
      [
        for arn in var.kms_key_arn == null ? [] : [var.kms_key_arn] : {
          Sid       = "DecryptEnvironment"
          Effect    = "Allow"
          Action    = ["kms:Decrypt"]
          Resource  = [arn]
          Condition = { StringEquals = { "kms:EncryptionContext:aws:lambda:FunctionArn" = local.function_arn } }
        }
      ],
    )
  })

  schedule_assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Scheduler"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
      # EventBridge Scheduler gives the schedule's group, not the schedule, as the source.
      Condition = {
        StringEquals = {
          "aws:SourceAccount" = var.account.id
          "aws:SourceArn"     = "${local.arn_prefix}:scheduler:${local.arn_suffix}:schedule-group/default"
        }
      }
    }]
  })

  schedule_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "InvokeLogRetention"
      Effect   = "Allow"
      Action   = ["lambda:InvokeFunction"]
      Resource = [local.function_arn]
    }]
  })
}

resource "aws_iam_role" "this" {
  name                 = local.function_name
  description          = "Runs ${local.function_name}"
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = local.function_assume_role_policy
  tags                 = var.tags
}

resource "aws_iam_role_policy" "this" {
  name   = "log-retention"
  role   = aws_iam_role.this.name
  policy = local.function_policy
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_158: log groups are always encrypted; log_kms_key_arn decides whether with a key of the customer's
  # checkov:skip=CKV_AWS_338: log_retention_days decides; the log of a run a few times a day is of little use after a year
  name              = "/aws/lambda/${local.function_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
  tags              = var.tags
}

resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_50: a few runs a day with a log line each need no tracing
  # checkov:skip=CKV_AWS_115: reserved_concurrency bounds it, by 1 unless chosen otherwise
  # checkov:skip=CKV_AWS_116: a run that is lost is made up for by the next one; the alarm tells of failures
  # checkov:skip=CKV_AWS_117: it calls public endpoints of AWS in all regions; a VPC would add a NAT gateway
  # checkov:skip=CKV_AWS_173: the environment holds no secret; kms_key_arn decides whether the customer's key encrypts it
  # checkov:skip=CKV_AWS_272: the zips are compared with their sources in CI; signing is the organisation's choice
  function_name                  = local.function_name
  description                    = "Queue-it waiting room, keeps the edge functions' log groups in order in all regions"
  role                           = aws_iam_role.this.arn
  filename                       = var.zip_path
  source_code_hash               = filebase64sha256(var.zip_path)
  handler                        = "log_retention.handler.handler"
  runtime                        = var.runtime
  architectures                  = ["x86_64"]
  memory_size                    = var.memory_size_mb
  timeout                        = var.timeout_seconds
  reserved_concurrent_executions = var.reserved_concurrency
  kms_key_arn                    = var.kms_key_arn
  tags                           = var.tags

  environment {
    variables = local.environment
  }

  # Created in this order, so that the policy has been in force for a while when the first run comes.
  depends_on = [aws_iam_role_policy.this, aws_cloudwatch_log_group.this]
}

resource "aws_lambda_function_event_invoke_config" "this" {
  function_name          = aws_lambda_function.this.function_name
  maximum_retry_attempts = 0
}

resource "aws_iam_role" "schedule" {
  name                 = "${local.function_name}-schedule"
  description          = "Invokes ${local.function_name} on its schedule"
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = local.schedule_assume_role_policy
  tags                 = var.tags
}

resource "aws_iam_role_policy" "schedule" {
  name   = "invoke-log-retention"
  role   = aws_iam_role.schedule.name
  policy = local.schedule_policy
}

resource "aws_scheduler_schedule" "this" {
  # checkov:skip=CKV_AWS_297: the schedule holds nothing
  name                = local.function_name
  description         = "Runs ${local.function_name}"
  group_name          = "default"
  schedule_expression = "rate(${var.interval_hours} ${var.interval_hours == 1 ? "hour" : "hours"})"

  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 15
  }

  target {
    arn      = aws_lambda_function.this.arn
    role_arn = aws_iam_role.schedule.arn

    retry_policy {
      maximum_retry_attempts       = 2
      maximum_event_age_in_seconds = 3600
    }
  }

  # The first run must not meet a role that may not invoke.
  depends_on = [aws_iam_role_policy.schedule]
}

resource "aws_cloudwatch_metric_alarm" "this" {
  alarm_name          = "${local.function_name}-failed"
  alarm_description   = "${local.function_name} could not set retention or key of all log groups: edge logs may be kept longer than meant. Its log names region, log group and reason."
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = local.function_name }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 3600
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = var.tags
}
