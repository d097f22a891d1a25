locals {
  function_name = "${var.name}-publish"
  arn_prefix    = "arn:${var.account.partition}"
  arn_suffix    = "${var.account.region}:${var.account.id}"
  function_arn  = "${local.arn_prefix}:lambda:${local.arn_suffix}:function:${local.function_name}"
  table_arn     = "${local.arn_prefix}:dynamodb:${local.arn_suffix}:table/${var.name}"

  # No settings: a push changes the configuration and leaves what else is in force, so that a changed setting changes nothing here.
  environment = {
    QUEUEIT_CUSTOMER_ID             = var.customer_id
    QUEUEIT_SECRET_ARN              = var.secret_arn
    QUEUEIT_SNAPSHOT_RETENTION_DAYS = tostring(var.snapshot_retention_days)
  }

  assume_role_policy = jsonencode({
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
    )
  })

  alarms = {
    failed = {
      description = "A push of the platform, signed with the account's key, could not be published. The log of ${local.function_name} says why; the schedule tries the same configuration within minutes."
      namespace   = "QueueIt/CloudFrontConnector"
      metric_name = "PublishFailed"
      dimensions  = { Connector = var.name }
    }
    errors = {
      description = "${local.function_name} ended without an answer: a time-out or a crash. Its log says why."
      namespace   = "AWS/Lambda"
      metric_name = "Errors"
      dimensions  = { FunctionName = local.function_name }
    }
    throttled = {
      description = "More requests reach the URL of ${local.function_name} than its concurrency allows: somebody floods it, and pushes of the platform may be lost. The schedule goes on undisturbed."
      namespace   = "AWS/Lambda"
      metric_name = "Throttles"
      dimensions  = { FunctionName = local.function_name }
    }
  }
}

resource "aws_iam_role" "this" {
  name                 = local.function_name
  description          = "Runs ${local.function_name}"
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = local.assume_role_policy
  tags                 = var.tags
}

resource "aws_iam_role_policy" "this" {
  name   = "publish"
  role   = aws_iam_role.this.name
  policy = local.function_policy
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_158: log groups are always encrypted; log_kms_key_arn decides whether with a key of the customer's
  # checkov:skip=CKV_AWS_338: log_retention_days decides; who published what is in the connector's history
  name              = "/aws/lambda/${local.function_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
  tags              = var.tags
}

# A function of its own beside config-refresh, from the same zip: its concurrency is all that a flood of the URL can take.
resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_50: one log line and metrics a request need no tracing
  # checkov:skip=CKV_AWS_115: reserved_concurrency bounds it, by 2 unless chosen otherwise
  # checkov:skip=CKV_AWS_116: requests to a URL are synchronous: the platform is told at once; nothing waits anywhere
  # checkov:skip=CKV_AWS_117: it calls public endpoints of AWS only; a VPC would add a NAT gateway
  # checkov:skip=CKV_AWS_173: the environment holds no secret; kms_key_arn decides whether the customer's key encrypts it
  # checkov:skip=CKV_AWS_272: the zips are compared with their sources in CI; signing is the organisation's choice
  function_name                  = local.function_name
  description                    = "Queue-it waiting room, takes the configurations that the platform pushes"
  role                           = aws_iam_role.this.arn
  filename                       = var.zip_path
  source_code_hash               = filebase64sha256(var.zip_path)
  handler                        = "config_refresh.publish_endpoint.handler"
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

  # Created in this order, so that the policy has been in force for a while when the first push comes.
  depends_on = [aws_iam_role_policy.this, aws_cloudwatch_log_group.this]
}

# Nobody but the URL should invoke it, and the URL never does so asynchronously: what others queue goes soon.
resource "aws_lambda_function_event_invoke_config" "this" {
  function_name                = aws_lambda_function.this.function_name
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = 60
}

resource "aws_lambda_function_url" "this" {
  # checkov:skip=CKV_AWS_258: the platform signs the body with the account's secret key instead, and knows no other way
  function_name      = aws_lambda_function.this.function_name
  authorization_type = "NONE"

  # One after the other: Lambda refuses a change of a function's policy while another one is under way.
  depends_on = [aws_lambda_permission.invoke]
}

# A public URL needs two permissions. The provider adds lambda:InvokeFunctionUrl, for this type of authorization, along with
# the URL. Of lambda:InvokeFunction, needed by URLs made since October 2025, aws 5.100 cannot say that it holds for calls
# through the URL alone (invoked_via_function_url came with 6.28). So other accounts may invoke the function directly, which
# gets them what the URL gives anybody: an answer to a request whose body has to be signed with the account's secret key.
resource "aws_lambda_permission" "invoke" {
  # checkov:skip=CKV_AWS_301: the endpoint is public by design and trusts nothing but the signature of the body
  statement_id  = "InvokeThroughUrl"
  function_name = aws_lambda_function.this.function_name
  action        = "lambda:InvokeFunction"
  principal     = "*"
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${local.function_name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric_name
  dimensions          = each.value.dimensions
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = var.tags
}
