# What config-refresh and the publish endpoint may do alike: write snapshots, and read the credentials.

locals {
  # The ARN of the stored secret ends in characters that are known after the apply alone: the policy names it by a pattern, so that
  # a plan shows all of it.
  credentials = {
    # By this the functions ask for a secret. A stored one's name is known in a first plan, which then shows the environment.
    secret_id   = local.stores_secret ? local.secret_name : var.credentials.secret_arn
    secret_arn  = local.stores_secret ? aws_secretsmanager_secret.this[0].arn : var.credentials.secret_arn
    kms_key_arn = local.stores_secret ? var.kms_key_arn : var.credentials.kms_key_arn
    resource = (
      local.stores_secret
      ? "arn:${local.account.partition}:secretsmanager:us-east-1:${local.account.id}:secret:${local.secret_name}-??????"
      : var.credentials.secret_arn
    )
  }

  publisher_statements = concat(
    [
      {
        Sid      = "PublishSnapshots"
        Effect   = "Allow"
        Action   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
        Resource = ["arn:${local.account.partition}:dynamodb:us-east-1:${local.account.id}:table/${var.name}"]
      },
      {
        Sid      = "ReadCredentials"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = [local.credentials.resource]
      },
    ],
    [
      for arn in var.kms_key_arn == null ? [] : [var.kms_key_arn] : {
        Sid       = "UseTableKey"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:DescribeKey"]
        Resource  = [arn]
        Condition = { StringEquals = { "kms:ViaService" = "dynamodb.us-east-1.amazonaws.com" } }
      }
    ],
    [
      for arn in local.credentials.kms_key_arn == null ? [] : [local.credentials.kms_key_arn] : {
        Sid       = "DecryptCredentials"
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = [arn]
        Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.us-east-1.amazonaws.com" } }
      }
    ],
  )
}
