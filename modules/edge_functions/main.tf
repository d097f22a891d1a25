locals {
  handlers = {
    viewer-request  = var.options.failure_mode == "closed" ? "edge.viewer_request.handler_fail_closed" : "edge.viewer_request.handler"
    viewer-response = "edge.viewer_response.handler"
  }
  function_names = { for event_type in keys(local.handlers) : event_type => "${var.connector.name}-${event_type}" }

  arn_prefix = "arn:${var.connector.account.partition}"
  regions    = concat(["us-east-1"], sort(var.replica_regions))

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "LambdaAtEdge"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] }
    }]
  })

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid    = "ReadSnapshots"
          Effect = "Allow"
          Action = ["dynamodb:GetItem"]
          Resource = [
            for region in local.regions :
            "${local.arn_prefix}:dynamodb:${region}:${var.connector.account.id}:table/${var.connector.name}"
          ]
          # Neither the history nor what operators have decided.
          Condition = { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = ["current", "snapshot#*"] } }
        },
        {
          # Whichever region runs the function, in a log group of that region that may not exist yet.
          Sid    = "WriteLogsWhereverItRuns"
          Effect = "Allow"
          Action = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = [
            for function_name in values(local.function_names) :
            "${local.arn_prefix}:logs:*:${var.connector.account.id}:log-group:/aws/lambda/us-east-1.${function_name}:*"
          ]
        },
      ],
      length(var.table_kms_key_arns) == 0 ? [] : [
        {
          Sid       = "DecryptTable"
          Effect    = "Allow"
          Action    = ["kms:Decrypt"]
          Resource  = var.table_kms_key_arns
          Condition = { StringLike = { "kms:ViaService" = "dynamodb.*.amazonaws.com" } }
        },
      ],
    )
  })
}

resource "aws_iam_role" "this" {
  name                 = "${var.connector.name}-edge"
  description          = "Runs the ${var.connector.name} waiting-room functions at CloudFront's edges"
  path                 = var.connector.role.path
  permissions_boundary = var.connector.role.permissions_boundary
  assume_role_policy   = local.assume_role_policy
  tags                 = var.connector.tags
}

resource "aws_iam_role_policy" "this" {
  name   = "snapshots-and-logs"
  role   = aws_iam_role.this.name
  policy = local.policy
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_158: log groups are always encrypted; log_kms_key_arn decides whether with a key of the customer's
  # checkov:skip=CKV_AWS_338: log_retention_days decides; a year of edge logs is rarely wanted
  for_each = local.function_names

  name              = "/aws/lambda/us-east-1.${each.value}"
  retention_in_days = var.options.log_retention_days
  kms_key_id        = var.options.log_kms_key_arn
  tags              = var.connector.tags
}

resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_50: Lambda@Edge does not allow tracing
  # checkov:skip=CKV_AWS_115: reserved concurrency at the edge would turn a busy sale into 503s
  # checkov:skip=CKV_AWS_116: CloudFront invokes synchronously, a dead-letter queue would stay empty; nor is one allowed
  # checkov:skip=CKV_AWS_117: Lambda@Edge does not allow a VPC
  # checkov:skip=CKV_AWS_272: the zips are compared with their sources in CI; signing is the organisation's choice
  for_each = local.handlers

  function_name    = local.function_names[each.key]
  description      = "Queue-it waiting room, ${each.key}"
  role             = aws_iam_role.this.arn
  filename         = var.zip_path
  source_code_hash = filebase64sha256(var.zip_path)
  handler          = each.value
  runtime          = var.options.runtime
  architectures    = ["x86_64"]
  memory_size      = var.options.memory_size_mb
  timeout          = var.options.timeout_seconds
  publish          = true
  skip_destroy     = var.options.skip_destroy
  tags             = var.connector.tags

  timeouts {
    delete = var.options.delete_timeout
  }

  lifecycle {
    precondition {
      # Resources have a region of their own since hashicorp/aws 6.0, and python3.14 is taken since 6.20.
      condition     = var.options.runtime != "python3.14" || contains(keys(aws_cloudwatch_log_group.this["viewer-request"]), "region")
      error_message = "edge.runtime is \"python3.14\", which hashicorp/aws takes from 6.20 on; write \"python3.13\", or a provider of version >= 6.20."
    }
  }

  # On the policy and the log groups, as a function that runs before it may write logs would lose its first lines. On the table, so
  # that a destroy which cannot delete the functions yet, while CloudFront has replicas of them, leaves them their table.
  depends_on = [aws_iam_role_policy.this, aws_cloudwatch_log_group.this, var.table_arn]
}
