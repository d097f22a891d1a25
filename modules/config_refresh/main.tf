locals {
  function_name = "${var.name}-config-refresh"
  arn_prefix    = "arn:${var.account.partition}"
  arn_suffix    = "${var.account.region}:${var.account.id}"
  function_arn  = "${local.arn_prefix}:lambda:${local.arn_suffix}:function:${local.function_name}"
  table_arn     = "${local.arn_prefix}:dynamodb:${local.arn_suffix}:table/${var.name}"
  dead_letters  = var.dead_letter_queue_arn == null ? [] : [var.dead_letter_queue_arn]
  code_hash     = filebase64sha256(var.zip_path)

  environment = {
    QUEUEIT_CUSTOMER_ID             = var.customer_id
    QUEUEIT_SECRET_ARN              = var.secret_arn
    QUEUEIT_SETTINGS                = jsonencode(var.settings)
    QUEUEIT_SNAPSHOT_RETENTION_DAYS = tostring(var.snapshot_retention_days)
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

  send_dead_letters = [
    for arn in local.dead_letters : {
      Sid      = "SendDeadLetters"
      Effect   = "Allow"
      Action   = ["sqs:SendMessage"]
      Resource = [arn]
    }
  ]

  function_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid      = "PublishSnapshots"
          Effect   = "Allow"
          Action   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
          Resource = [local.table_arn]
        },
        {
          Sid      = "ReadCredentials"
          Effect   = "Allow"
          Action   = ["secretsmanager:GetSecretValue"]
          Resource = [coalesce(var.secret_arn_pattern, var.secret_arn)]
        },
        {
          Sid      = "WriteLogs"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = ["${local.arn_prefix}:logs:${local.arn_suffix}:log-group:/aws/lambda/${local.function_name}:*"]
        },
      ],
      [
        for arn in var.kms_key_arn == null ? [] : [var.kms_key_arn] : {
          Sid       = "UseTableKey"
          Effect    = "Allow"
          Action    = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:DescribeKey"]
          Resource  = [arn]
          Condition = { StringEquals = { "kms:ViaService" = "dynamodb.${var.account.region}.amazonaws.com" } }
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
      [
        for arn in var.secret_kms_key_arn == null ? [] : [var.secret_kms_key_arn] : {
          Sid       = "DecryptCredentials"
          Effect    = "Allow"
          Action    = ["kms:Decrypt"]
          Resource  = [arn]
          Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${var.account.region}.amazonaws.com" } }
        }
      ],
      local.send_dead_letters,
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
    Statement = concat(
      [{
        Sid      = "InvokeConfigRefresh"
        Effect   = "Allow"
        Action   = ["lambda:InvokeFunction"]
        Resource = [local.function_arn]
      }],
      local.send_dead_letters,
    )
  })

  alarms = {
    failed = {
      description         = "${local.function_name} failed ${var.alarms.failed_runs} times in a row. Edges keep the last good configuration; the function's log says what is wrong."
      namespace           = "AWS/Lambda"
      metric_name         = "Errors"
      dimensions          = { FunctionName = local.function_name }
      comparison_operator = "GreaterThanThreshold"
      threshold           = 0
      period              = 60 * var.interval_minutes
      evaluation_periods  = var.alarms.failed_runs
      # A minute without a run between two runs that failed neither ends nor starts anything; "missing" is for more of them.
      treat_missing_data = "ignore"
    }
    missing = {
      description         = "${local.function_name} has not run for ${var.alarms.missing_runs * var.interval_minutes} minutes. Check the schedule ${local.function_name}, its role and the function's concurrency."
      namespace           = "AWS/Lambda"
      metric_name         = "Invocations"
      dimensions          = { FunctionName = local.function_name }
      comparison_operator = "LessThanThreshold"
      threshold           = 1
      period              = 60 * var.interval_minutes
      evaluation_periods  = var.alarms.missing_runs
      treat_missing_data  = "breaching"
    }
    configuration-age = {
      description         = "The configuration that edges have was last compared with the platform more than ${var.alarms.stale_after_minutes} minutes ago: changes published since may not be in force."
      namespace           = "QueueIt/CloudFrontConnector"
      metric_name         = "RefreshSucceeded"
      dimensions          = { Connector = var.name }
      comparison_operator = "LessThanThreshold"
      threshold           = 1
      period              = 60
      evaluation_periods  = var.alarms.stale_after_minutes
      treat_missing_data  = "breaching"
    }
  }
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
  name   = "config-refresh"
  role   = aws_iam_role.this.name
  policy = local.function_policy
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_158: log groups are always encrypted; log_kms_key_arn decides whether with a key of the customer's
  # checkov:skip=CKV_AWS_338: log_retention_days decides; the log of a run each minute is of little use after a year
  name              = "/aws/lambda/${local.function_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
  tags              = var.tags
}

resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_50: a run a minute with a log line and metrics each needs no tracing
  # checkov:skip=CKV_AWS_115: reserved_concurrency bounds it, by 2 unless chosen otherwise
  # checkov:skip=CKV_AWS_116: runs that were given up go to dead_letter_queue_arn through the invocation configuration below
  # checkov:skip=CKV_AWS_117: it calls public endpoints of Queue-it and AWS only; a VPC would add a NAT gateway
  # checkov:skip=CKV_AWS_173: the environment holds no secret; kms_key_arn decides whether the customer's key encrypts it
  # checkov:skip=CKV_AWS_272: the zips are compared with their sources in CI; signing is the organisation's choice
  function_name                  = local.function_name
  description                    = "Queue-it waiting room, keeps the configuration that edges read fresh"
  role                           = aws_iam_role.this.arn
  filename                       = var.zip_path
  source_code_hash               = local.code_hash
  handler                        = "config_refresh.handler.handler"
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
  function_name                = aws_lambda_function.this.function_name
  maximum_retry_attempts       = var.retry_attempts
  maximum_event_age_in_seconds = var.max_event_age_seconds

  dynamic "destination_config" {
    for_each = local.dead_letters

    content {
      on_failure {
        destination = destination_config.value
      }
    }
  }
}

# An apply runs the function at once: what is wrong with the customer id, the credentials or the configuration stops the
# apply, and a snapshot exists before any behavior points at the functions. Destroying it invokes nothing.
resource "aws_lambda_invocation" "this" {
  function_name = aws_lambda_function.this.function_name
  input         = jsonencode({ action = "refresh", source = "apply" })

  triggers = {
    code        = local.code_hash
    credentials = var.secret_version
    environment = sha256(jsonencode(local.environment))
  }

  # It writes to the table. Nothing else here waits for it, so that policies have been in force for a while when it runs.
  depends_on = [var.table_arn]
}

resource "aws_iam_role" "schedule" {
  name                 = "${var.name}-schedule"
  description          = "Invokes ${local.function_name} on its schedule"
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = local.schedule_assume_role_policy
  tags                 = var.tags
}

resource "aws_iam_role_policy" "schedule" {
  name   = "invoke-config-refresh"
  role   = aws_iam_role.schedule.name
  policy = local.schedule_policy
}

resource "aws_scheduler_schedule" "this" {
  # checkov:skip=CKV_AWS_297: the schedule holds nothing but the name of an action
  name                = local.function_name
  description         = "Runs ${local.function_name}"
  group_name          = "default"
  schedule_expression = "rate(${var.interval_minutes} ${var.interval_minutes == 1 ? "minute" : "minutes"})"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_function.this.arn
    role_arn = aws_iam_role.schedule.arn
    input    = jsonencode({ action = "refresh", source = "schedule" })

    retry_policy {
      maximum_retry_attempts       = var.retry_attempts
      maximum_event_age_in_seconds = var.max_event_age_seconds
    }

    dynamic "dead_letter_config" {
      for_each = local.dead_letters

      content {
        arn = dead_letter_config.value
      }
    }
  }

  # The first scheduled run must not get in the way of the one that the apply makes, nor meet a role that may not invoke.
  depends_on = [aws_lambda_invocation.this, aws_iam_role_policy.schedule]
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${local.function_name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric_name
  dimensions          = each.value.dimensions
  statistic           = "Sum"
  comparison_operator = each.value.comparison_operator
  threshold           = each.value.threshold
  period              = each.value.period
  evaluation_periods  = each.value.evaluation_periods
  treat_missing_data  = each.value.treat_missing_data
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = var.tags

  # Not before the first run: "missing" would go off at once.
  depends_on = [aws_lambda_invocation.this]
}
