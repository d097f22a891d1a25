# A function of the connector in us-east-1, with its role, log group and alarms. Private to this repository's modules.

locals {
  connector    = var.connector
  arn_prefix   = "arn:${local.connector.account.partition}"
  arn_suffix   = "${local.connector.account.region}:${local.connector.account.id}"
  function_arn = "${local.arn_prefix}:lambda:${local.arn_suffix}:function:${var.name}"
  dead_letters = var.dead_letter_queue_arn == null ? [] : [var.dead_letter_queue_arn]

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      var.statements,
      [{
        Sid      = "WriteLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${local.arn_prefix}:logs:${local.arn_suffix}:log-group:/aws/lambda/${var.name}:*"]
      }],
      [
        for arn in local.connector.kms_key_arn == null ? [] : [local.connector.kms_key_arn] : {
          Sid       = "DecryptEnvironment"
          Effect    = "Allow"
          Action    = ["kms:Decrypt"]
          Resource  = [arn]
          Condition = { StringEquals = { "kms:EncryptionContext:aws:lambda:FunctionArn" = local.function_arn } }
        }
      ],
      [for arn in local.dead_letters : { Sid = "SendDeadLetters", Effect = "Allow", Action = ["sqs:SendMessage"], Resource = [arn] }],
    )
  })
}

resource "aws_iam_role" "this" {
  name                 = var.name
  description          = "Runs ${var.name}"
  path                 = local.connector.role.path
  permissions_boundary = local.connector.role.permissions_boundary
  tags                 = local.connector.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Lambda"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name   = var.name
  role   = aws_iam_role.this.name
  policy = local.policy
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_158: log groups are always encrypted; logs.kms_key_arn decides whether with a key of the customer's
  # checkov:skip=CKV_AWS_338: logs.days decides; a year of these logs is rarely wanted
  name              = "/aws/lambda/${var.name}"
  retention_in_days = local.connector.logs.days
  kms_key_id        = local.connector.logs.kms_key_arn
  tags              = local.connector.tags
}

resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_50: a log line and metrics for each run need no tracing
  # checkov:skip=CKV_AWS_115: reserved_concurrency bounds those that need it; the others change nothing that a second run could spoil
  # checkov:skip=CKV_AWS_116: runs that were given up go to dead_letter_queue_arn through the invocation configuration below
  # checkov:skip=CKV_AWS_117: it calls public endpoints alone; a VPC would add a NAT gateway
  # checkov:skip=CKV_AWS_173: the environment holds no secret; kms_key_arn decides whether the customer's key encrypts it
  # checkov:skip=CKV_AWS_272: the zips are compared with their sources in CI; signing is the organisation's choice
  function_name                  = var.name
  description                    = "Queue-it waiting room, ${var.description}"
  role                           = aws_iam_role.this.arn
  filename                       = var.zip_path
  source_code_hash               = filebase64sha256(var.zip_path)
  handler                        = var.handler
  runtime                        = local.connector.runtime
  architectures                  = ["x86_64"]
  memory_size                    = var.memory_size_mb
  timeout                        = var.timeout_seconds
  reserved_concurrent_executions = var.reserved_concurrency
  kms_key_arn                    = local.connector.kms_key_arn
  tags                           = local.connector.tags

  dynamic "environment" {
    for_each = var.environment == null ? [] : [var.environment]

    content {
      variables = environment.value
    }
  }

  lifecycle {
    precondition {
      # Resources have a region of their own since hashicorp/aws 6.0, and python3.14 is taken since 6.20.
      condition     = local.connector.runtime != "python3.14" || contains(keys(aws_cloudwatch_log_group.this), "region")
      error_message = "runtime is \"python3.14\", which hashicorp/aws takes from 6.20 on; write \"python3.13\", or a provider of version >= 6.20."
    }
  }

  # Created in this order, so that the policy has been in force for a while when the first run comes.
  depends_on = [aws_iam_role_policy.this, aws_cloudwatch_log_group.this]
}

# What runs asynchronously is not repeated by Lambda: the next scheduled run comes anyway, and what could not start is soon outdated.
resource "aws_lambda_function_event_invoke_config" "this" {
  function_name                = aws_lambda_function.this.function_name
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = 60

  dynamic "destination_config" {
    for_each = local.dead_letters

    content {
      on_failure {
        destination = destination_config.value
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = var.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric_name
  dimensions          = each.value.namespace == "AWS/Lambda" ? { FunctionName = var.name } : { Connector = local.connector.name }
  statistic           = "Sum"
  comparison_operator = each.value.below == null ? "GreaterThanThreshold" : "LessThanThreshold"
  threshold           = coalesce(each.value.below, 0)
  period              = each.value.period_seconds
  evaluation_periods  = each.value.periods
  treat_missing_data  = each.value.missing_data
  alarm_actions       = local.connector.alarm_topic_arns
  ok_actions          = local.connector.alarm_topic_arns
  tags                = local.connector.tags

  depends_on = [var.alarms_after]
}
