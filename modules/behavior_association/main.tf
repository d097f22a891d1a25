data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

data "aws_region" "this" {
  lifecycle {
    postcondition {
      condition     = self.id == "us-east-1"
      error_message = <<-EOT
        The aws provider of this module has the region ${self.id}, but the connector lives in us-east-1. Write a provider for that region:

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
  function_name = "${var.name}-behavior-association"
  account_id    = data.aws_caller_identity.this.account_id
  arn_prefix    = "arn:${data.aws_partition.this.partition}"
  arn_suffix    = "${data.aws_region.this.id}:${local.account_id}"

  # A path that is the same wherever the configuration is applied: another one would count as a change of the code.
  dist      = "${startswith(path.module, "/") ? trimprefix(path.module, "${abspath(path.root)}/") : path.module}/../../functions/dist"
  code_hash = filebase64sha256("${local.dist}/behavior_association.zip")

  distribution_ids = sort([for distribution in values(var.distributions) : distribution.distribution_id])

  # What the function is asked for. An apply adds the revision, a rehearsal a dry run.
  requests = {
    for key, distribution in var.distributions : key => {
      distribution_id   = distribution.distribution_id
      path_patterns     = [for pattern in distribution.path_patterns : coalesce(pattern, "*")]
      associations      = [for event_type in sort(keys(var.lambda_function_associations)) : var.lambda_function_associations[event_type]]
      on_conflict       = distribution.on_conflict
      remember_previous = distribution.remember_previous
      association_quota = distribution.association_quota
      dry_run           = distribution.dry_run
    }
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

  # Named by the connector's name, not by the versions: a new version does not change the policy.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      length(local.distribution_ids) == 0 ? [] : [
        {
          Sid      = "ReadAndUpdateDistributions"
          Effect   = "Allow"
          Action   = ["cloudfront:GetDistributionConfig", "cloudfront:UpdateDistribution"]
          Resource = [for id in local.distribution_ids : "${local.arn_prefix}:cloudfront::${local.account_id}:distribution/${id}"]
        },
        {
          Sid      = "RememberWhatWasAdded"
          Effect   = "Allow"
          Action   = ["ssm:DeleteParameter", "ssm:GetParameter", "ssm:PutParameter"]
          Resource = [for id in local.distribution_ids : "${local.arn_prefix}:ssm:${local.arn_suffix}:parameter/queueit/${var.name}/behavior-association/${id}"]
        },
      ],
      [
        {
          Sid    = "AssociateThePair"
          Effect = "Allow"
          Action = ["lambda:DisableReplication*", "lambda:EnableReplication*", "lambda:GetFunction"]
          Resource = [
            for event_type in ["viewer-request", "viewer-response"] :
            "${local.arn_prefix}:lambda:${local.arn_suffix}:function:${var.name}-${event_type}:*"
          ]
        },
        {
          Sid      = "WriteLogs"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = ["${local.arn_prefix}:logs:${local.arn_suffix}:log-group:/aws/lambda/${local.function_name}:*"]
        },
      ],
      var.create_service_linked_roles ? [
        {
          Sid    = "CreateServiceLinkedRoles"
          Effect = "Allow"
          Action = ["iam:CreateServiceLinkedRole"]
          Resource = [
            for service in ["logger.cloudfront.amazonaws.com", "replicator.lambda.amazonaws.com"] :
            "${local.arn_prefix}:iam::${local.account_id}:role/aws-service-role/${service}/*"
          ]
          Condition = { StringEquals = { "iam:AWSServiceName" = ["logger.cloudfront.amazonaws.com", "replicator.lambda.amazonaws.com"] } }
        },
      ] : [],
    )
  })
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
  name   = "behavior-association"
  role   = aws_iam_role.this.name
  policy = local.policy
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_158: log groups are always encrypted; log_kms_key_arn decides whether with a key of the customer's
  # checkov:skip=CKV_AWS_338: log_retention_days decides; what changed a distribution is in CloudTrail as well
  name              = "/aws/lambda/${local.function_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
  tags              = var.tags
}

resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_50: it runs when Terraform does; its log line says what it did
  # checkov:skip=CKV_AWS_115: nothing but Terraform invokes it, once a distribution
  # checkov:skip=CKV_AWS_116: it is invoked synchronously, a dead-letter queue would stay empty
  # checkov:skip=CKV_AWS_117: it calls public endpoints of AWS only; a VPC would add a NAT gateway
  # checkov:skip=CKV_AWS_272: the zips are compared with their sources in CI; signing is the organisation's choice
  function_name    = local.function_name
  description      = "Queue-it waiting room, attaches the functions to distributions"
  role             = aws_iam_role.this.arn
  filename         = "${local.dist}/behavior_association.zip"
  source_code_hash = local.code_hash
  handler          = "behavior_association.handler.handler"
  runtime          = var.runtime
  architectures    = ["x86_64"]
  memory_size      = 256
  timeout          = 120
  tags             = var.tags

  # Created in this order, so that the policy has been in force for a while when the first invocation comes.
  depends_on = [aws_iam_role_policy.this, aws_cloudwatch_log_group.this]
}

# A rehearsal with each plan: the difference to what the distribution is now, and what would be in the way. It writes nothing.
data "aws_lambda_invocation" "rehearsal" {
  for_each = local.requests

  # The ARN, as it is unknown until the function exists: a plan before that has nothing to invoke.
  function_name = aws_lambda_function.this.arn
  input         = jsonencode(merge(each.value, { dry_run = true }))

  # While the role's policy is about to change, the rehearsal waits for the apply: the function could not read a distribution
  # that is new in this plan.
  depends_on = [aws_iam_role_policy.this]
}

locals {
  rehearsals = { for key, rehearsal in data.aws_lambda_invocation.rehearsal : key => jsondecode(rehearsal.result) }
}

resource "aws_lambda_invocation" "this" {
  for_each = local.requests

  function_name   = aws_lambda_function.this.function_name
  lifecycle_scope = "CRUD"

  # The revision is that of the last apply as long as the distribution is as asked for, and a new one when it is not. So an
  # association that somebody changed by hand, or an apply that failed, is mended by the next apply, and a plan after an apply
  # is empty.
  input = jsonencode(merge(each.value, { revision = each.value.dry_run ? null : local.rehearsals[each.key].revision }))

  # Another distribution is another association: taken off the first, put on the second.
  triggers = {
    distribution_id = each.value.distribution_id
  }

  lifecycle {
    precondition {
      condition     = each.value.dry_run || length(local.rehearsals[each.key].problems) == 0
      error_message = join("\n", local.rehearsals[each.key].problems)
    }
  }

  # What it needs to take off what it added must outlive it.
  depends_on = [aws_iam_role_policy.this, aws_cloudwatch_log_group.this]
}

# A warning, as nothing is wrong yet.
check "continuous_deployment" {
  assert {
    condition     = alltrue([for rehearsal in values(local.rehearsals) : length(rehearsal.warnings) == 0])
    error_message = join("\n", flatten([for rehearsal in values(local.rehearsals) : rehearsal.warnings]))
  }
}
