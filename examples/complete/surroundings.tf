# What the organisation has, and the module is told of.

resource "aws_kms_key" "data" {
  # checkov:skip=CKV2_AWS_64: the policy that KMS gives a key leaves its use to IAM, and so to the roles' own policies
  description             = "The waiting room's table, secret and configuration"
  enable_key_rotation     = true
  deletion_window_in_days = 7
  tags                    = local.tags
}

resource "aws_kms_key" "data_in_ireland" {
  # checkov:skip=CKV2_AWS_64: the policy that KMS gives a key leaves its use to IAM, and so to the roles' own policies
  provider = aws.ireland

  description             = "The waiting room's table in Ireland"
  enable_key_rotation     = true
  deletion_window_in_days = 7
  tags                    = local.tags
}

resource "aws_kms_key" "logs" {
  description             = "The waiting room's log groups"
  enable_key_rotation     = true
  deletion_window_in_days = 7
  tags                    = local.tags

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AccountAdministersKey"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.this.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "LogsUseKey"
        Effect    = "Allow"
        Principal = { Service = "logs.us-east-1.amazonaws.com" }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
        Resource  = "*"
        Condition = {
          ArnLike = {
            "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:us-east-1:${data.aws_caller_identity.this.account_id}:log-group:/aws/lambda/*${local.name}-*"
          }
        }
      },
    ]
  })
}

resource "aws_sqs_queue" "failed_runs" {
  name                      = "${local.name}-failed-runs"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
  tags                      = local.tags
}

resource "aws_sns_topic" "on_call" {
  # checkov:skip=CKV_AWS_26: alarms say nothing that is secret; a topic with a key of AWS's takes no CloudWatch alarms
  name = "${local.name}-on-call"
  tags = local.tags
}

# The most that any role of this service may do, whatever its own policy says.
resource "aws_iam_policy" "boundary" {
  # checkov:skip=CKV_AWS_288: a boundary grants nothing; the roles' own policies name single resources
  # checkov:skip=CKV_AWS_290: the same
  # checkov:skip=CKV_AWS_355: the same
  name        = "${local.name}-boundary"
  path        = "/waiting-room/"
  description = "Bounds the roles of the waiting room"
  tags        = local.tags

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "WaitingRoomAlone"
        Effect = "Allow"
        Action = [
          "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
          "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*",
          "lambda:InvokeFunction",
          "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents",
          "secretsmanager:GetSecretValue",
          "sqs:SendMessage",
        ]
        Resource = "*"
      },
    ]
  })
}
