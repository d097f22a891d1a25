# No provider and no resource: whoever administers the account can make this policy before the connector exists.

locals {
  arn    = "arn:${var.account.partition}"
  suffix = "${var.account.region}:${var.account.id}"
  # Everything of the connector is called {name}-…, so that the policies are short; a managed one takes 6,144 characters.
  functions     = "${local.arn}:lambda:${local.suffix}:function:${var.name}"
  roles         = "${local.arn}:iam::${var.account.id}:role${var.role_path}${var.name}"
  service_roles = "${local.arn}:iam::${var.account.id}:role/aws-service-role"
  tables        = "${local.arn}:dynamodb:${var.has_replicas ? "*" : var.account.region}:${var.account.id}:table/${var.name}"

  service_linked_roles = concat(
    ["replicator.lambda.amazonaws.com", "logger.cloudfront.amazonaws.com"],
    var.has_replicas ? ["replication.dynamodb.amazonaws.com"] : [],
  )

  # A function's concurrency, and what becomes of its asynchronous invocations.
  bound_and_retry = [
    "lambda:DeleteFunctionConcurrency", "lambda:DeleteFunctionEventInvokeConfig", "lambda:PutFunctionConcurrency",
    "lambda:PutFunctionEventInvokeConfig", "lambda:UpdateFunctionEventInvokeConfig",
  ]

  statements = {
    functions = concat(
      [
        {
          Sid    = "Functions"
          Effect = "Allow"
          Action = [
            "lambda:CreateFunction", "lambda:DeleteFunction", "lambda:GetFunction*", "lambda:ListTags",
            "lambda:ListVersionsByFunction", "lambda:PublishVersion", "lambda:TagResource", "lambda:UntagResource",
            "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration",
          ]
          Resource = ["${local.functions}-*"]
        },
        {
          Sid      = "Invoke"
          Effect   = "Allow"
          Action   = concat(local.bound_and_retry, ["lambda:InvokeFunction"])
          Resource = ["${local.functions}-config-refresh*", "${local.functions}-behavior-association*"]
        },
        {
          Sid    = "Schedule"
          Effect = "Allow"
          Action = ["scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:GetSchedule", "scheduler:UpdateSchedule"]
          Resource = [
            for job in concat(["config-refresh"], var.has_log_retention ? ["log-retention"] : []) :
            "${local.arn}:scheduler:${local.suffix}:schedule/default/${var.name}-${job}"
          ]
        },
        {
          Sid    = "Logs"
          Effect = "Allow"
          Action = [
            "logs:AssociateKmsKey", "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DeleteRetentionPolicy",
            "logs:DisassociateKmsKey", "logs:ListTagsForResource", "logs:PutRetentionPolicy", "logs:TagResource",
            "logs:UntagResource",
          ]
          Resource = [
            for prefix in ["", "us-east-1."] :
            "${local.arn}:logs:${local.suffix}:log-group:/aws/lambda/${prefix}${var.name}-*"
          ]
        },
        {
          Sid    = "Alarms"
          Effect = "Allow"
          Action = [
            "cloudwatch:DeleteAlarms", "cloudwatch:ListTagsForResource", "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource",
            "cloudwatch:UntagResource",
          ]
          Resource = ["${local.arn}:cloudwatch:${local.suffix}:alarm:${var.name}-*"]
        },
        {
          # These two list, and take no name of what they list.
          Sid      = "Find"
          Effect   = "Allow"
          Action   = ["cloudwatch:DescribeAlarms", "logs:DescribeLogGroups"]
          Resource = ["*"]
        },
      ],
      [
        for function in var.has_publish_endpoint ? ["${local.functions}-publish"] : [] : {
          Sid    = "PublishEndpoint"
          Effect = "Allow"
          Action = concat(local.bound_and_retry, [
            "lambda:AddPermission", "lambda:CreateFunctionUrlConfig", "lambda:DeleteFunctionUrlConfig",
            "lambda:GetFunctionUrlConfig", "lambda:GetPolicy", "lambda:RemovePermission", "lambda:UpdateFunctionUrlConfig",
          ])
          Resource = [function]
        }
      ],
      [
        for function in var.has_log_retention ? ["${local.functions}-log-retention"] : [] : {
          Sid      = "LogRetention"
          Effect   = "Allow"
          Action   = local.bound_and_retry
          Resource = [function]
        }
      ],
      [
        for dashboard in var.has_dashboard ? ["${var.name}-queueit"] : [] : {
          Sid      = "Dashboard"
          Effect   = "Allow"
          Action   = ["cloudwatch:DeleteDashboards", "cloudwatch:GetDashboard", "cloudwatch:PutDashboard"]
          Resource = ["${local.arn}:cloudwatch::${var.account.id}:dashboard/${dashboard}*"]
        }
      ],
    )

    roles = concat(
      [
        merge(
          {
            Sid      = "CreateRoles"
            Effect   = "Allow"
            Action   = ["iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"]
            Resource = ["${local.roles}-*"]
          },
          var.permissions_boundary == null ? {} : {
            Condition = { StringEquals = { "iam:PermissionsBoundary" = var.permissions_boundary } }
          },
        ),
        {
          Sid    = "Roles"
          Effect = "Allow"
          Action = [
            "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies",
            "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies", "iam:TagRole", "iam:UntagRole",
            "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription",
          ]
          Resource = ["${local.roles}-*"]
        },
        {
          Sid       = "PassRoles"
          Effect    = "Allow"
          Action    = ["iam:PassRole"]
          Resource  = ["${local.roles}-*"]
          Condition = { StringEquals = { "iam:PassedToService" = ["lambda.amazonaws.com", "scheduler.amazonaws.com"] } }
        },
        {
          Sid       = "ServiceLinkedRoles"
          Effect    = "Allow"
          Action    = ["iam:CreateServiceLinkedRole"]
          Resource  = [for service in local.service_linked_roles : "${local.service_roles}/${service}/*"]
          Condition = { StringEquals = { "iam:AWSServiceName" = local.service_linked_roles } }
        },
      ],
    )

    data = concat(
      [
        {
          Sid    = "Table"
          Effect = "Allow"
          Action = concat(
            [
              "dynamodb:CreateTable", "dynamodb:DeleteTable", "dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable",
              "dynamodb:DescribeTimeToLive", "dynamodb:ListTagsOfResource", "dynamodb:TagResource", "dynamodb:UntagResource",
              "dynamodb:UpdateContinuousBackups", "dynamodb:UpdateTable", "dynamodb:UpdateTimeToLive",
            ],
            # A replica is filled with the deployer's permissions.
            var.has_replicas ? [
              "dynamodb:BatchWriteItem", "dynamodb:CreateTableReplica", "dynamodb:DeleteItem", "dynamodb:DeleteTableReplica",
              "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem",
            ] : [],
          )
          Resource = [local.tables]
        },
      ],
      [
        for name in var.stores_secret ? ["${var.name}-credentials"] : [] : {
          Sid    = "Secret"
          Effect = "Allow"
          Action = [
            "secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret",
            "secretsmanager:GetResourcePolicy", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue",
            "secretsmanager:TagResource", "secretsmanager:UntagResource", "secretsmanager:UpdateSecret",
            "secretsmanager:UpdateSecretVersionStage",
          ]
          Resource = ["${local.arn}:secretsmanager:${local.suffix}:secret:${name}-??????"]
        }
      ],
      [
        for arns in length(var.kms_key_arns) == 0 ? [] : [var.kms_key_arns] : {
          Sid      = "Keys"
          Effect   = "Allow"
          Action   = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
          Resource = arns
          Condition = {
            StringLike = {
              "kms:ViaService" = concat(
                ["dynamodb.*.amazonaws.com", "lambda.${var.account.region}.amazonaws.com"],
                var.stores_secret ? ["secretsmanager.${var.account.region}.amazonaws.com"] : [],
              )
            }
          }
        }
      ],
    )

    distributions = concat(
      [
        {
          Sid      = "Replicate"
          Effect   = "Allow"
          Action   = ["lambda:DisableReplication*", "lambda:EnableReplication*"]
          Resource = ["${local.functions}-viewer-*"]
        },
        {
          Sid    = "Associate"
          Effect = "Allow"
          Action = [
            "cloudfront:GetDistribution", "cloudfront:GetDistributionConfig", "cloudfront:ListTagsForResource",
            "cloudfront:UpdateDistribution",
          ]
          Resource = (
            var.distribution_arns == null
            ? ["${local.arn}:cloudfront::${var.account.id}:distribution/*"]
            : var.distribution_arns
          )
        },
      ],
    )
  }
}
