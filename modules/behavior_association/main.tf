data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

# The region: what aws_region calls it differs between versions 5 and 6 of the provider.
data "aws_service" "this" {
  service_id = "lambda"

  lifecycle {
    postcondition {
      condition     = self.region == "us-east-1"
      error_message = <<-EOT
        The aws provider of this module has the region ${self.region}, but the connector lives in us-east-1. Write a provider for that region:

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
  region        = data.aws_service.this.region
  arn_suffix    = "${local.region}:${local.account_id}"

  # A path that is the same wherever the configuration is applied: another one would count as a change of the code.
  dist = "${startswith(path.module, "/") ? trimprefix(path.module, "${abspath(path.root)}/") : path.module}/../../functions/dist"

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

  # Named by the connector's name, not by the versions: a new version does not change the policy.
  statements = concat(
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
}

module "function" {
  source = "../lambda_function"

  name            = local.function_name
  description     = "attaches the functions to distributions"
  zip_path        = "${local.dist}/behavior_association.zip"
  handler         = "behavior_association.handler.handler"
  memory_size_mb  = 256
  timeout_seconds = 120
  statements      = [] # its own are below

  connector = {
    name             = var.name
    account          = { id = local.account_id, partition = data.aws_partition.this.partition, region = local.region }
    runtime          = var.runtime
    role             = { path = var.role_path, permissions_boundary = var.permissions_boundary }
    logs             = { days = var.log_retention_days, kms_key_arn = var.log_kms_key_arn }
    kms_key_arn      = null
    alarm_topic_arns = []
    tags             = var.tags
  }
}

# Apart from the function's other permissions, so that a rehearsal can wait for this policy and for nothing else.
resource "aws_iam_role_policy" "distributions" {
  name   = "distributions"
  role   = module.function.role_name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.statements })
}

# A rehearsal with each plan: the difference to what the distribution is now, and what would be in the way. It writes nothing.
data "aws_lambda_invocation" "rehearsal" {
  for_each = local.requests

  # The ARN, as it is unknown until the function exists: a plan before that has nothing to invoke.
  function_name = module.function.function_arn
  input         = jsonencode(merge(each.value, { dry_run = true }))

  # While the role's policy is about to change, the rehearsal waits for the apply: the function could not read a distribution
  # that is new in this plan.
  depends_on = [aws_iam_role_policy.distributions]
}

locals {
  rehearsals = { for key, rehearsal in data.aws_lambda_invocation.rehearsal : key => jsondecode(rehearsal.result) }
}

resource "aws_lambda_invocation" "this" {
  for_each = local.requests

  function_name   = module.function.function_name
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
  depends_on = [module.function, aws_iam_role_policy.distributions]
}
