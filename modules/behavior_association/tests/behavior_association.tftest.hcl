# Runs with a plain `terraform test` in this module's directory: no account is needed.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_service" {
    defaults = { region = "us-east-1" }
  }

  mock_data "aws_lambda_invocation" {
    defaults = { result = "{\"outcome\":\"pending\",\"differences\":[],\"problems\":[],\"warnings\":[],\"revision\":\"1\"}" }
  }

  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:us-east-1:123456789012:function:shop-behavior-association" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/shop-behavior-association" }
  }

  mock_resource "aws_lambda_invocation" {
    defaults = { result = "{\"differences\":[]}" }
  }
}

variables {
  name = "shop"
  lambda_function_associations = {
    viewer-request = {
      event_type   = "viewer-request"
      lambda_arn   = "arn:aws:lambda:us-east-1:123456789012:function:shop-viewer-request:3"
      include_body = true
    }
    viewer-response = {
      event_type = "viewer-response"
      lambda_arn = "arn:aws:lambda:us-east-1:123456789012:function:shop-viewer-response:3"
    }
  }
  distributions = {
    shop = { distribution_id = "ESHOP", path_patterns = [null, "/tickets/*"] }
    fans = { distribution_id = "EFANS", path_patterns = ["*"], on_conflict = "replace", remember_previous = true }
  }
}

run "the_role_may_do_what_it_needs_and_an_invocation_asks_for_what_was_written" {
  command = apply

  assert {
    condition = jsondecode(aws_iam_role_policy.distributions.policy).Statement == [
      {
        Sid      = "ReadAndUpdateDistributions"
        Effect   = "Allow"
        Action   = ["cloudfront:GetDistributionConfig", "cloudfront:UpdateDistribution"]
        Resource = ["arn:aws:cloudfront::123456789012:distribution/EFANS", "arn:aws:cloudfront::123456789012:distribution/ESHOP"]
      },
      {
        Sid    = "RememberWhatWasAdded"
        Effect = "Allow"
        Action = ["ssm:DeleteParameter", "ssm:GetParameter", "ssm:PutParameter"]
        Resource = [
          "arn:aws:ssm:us-east-1:123456789012:parameter/queueit/shop/behavior-association/EFANS",
          "arn:aws:ssm:us-east-1:123456789012:parameter/queueit/shop/behavior-association/ESHOP",
        ]
      },
      {
        Sid    = "AssociateThePair"
        Effect = "Allow"
        Action = ["lambda:DisableReplication*", "lambda:EnableReplication*", "lambda:GetFunction"]
        Resource = [
          "arn:aws:lambda:us-east-1:123456789012:function:shop-viewer-request:*",
          "arn:aws:lambda:us-east-1:123456789012:function:shop-viewer-response:*",
        ]
      },
    ]
    error_message = "The policy is not the least that the function needs."
  }

  assert {
    condition = jsondecode(aws_lambda_invocation.this["fans"].input) == {
      distribution_id = "EFANS"
      path_patterns   = ["*"]
      associations = [
        { event_type = "viewer-request", lambda_arn = "arn:aws:lambda:us-east-1:123456789012:function:shop-viewer-request:3", include_body = true },
        { event_type = "viewer-response", lambda_arn = "arn:aws:lambda:us-east-1:123456789012:function:shop-viewer-response:3", include_body = false },
      ]
      on_conflict       = "replace"
      remember_previous = true
      association_quota = 100
      dry_run           = false
      revision          = "1"
    }
    error_message = "The invocation's input is not what the function takes."
  }

  assert {
    condition     = jsondecode(aws_lambda_invocation.this["shop"].input).path_patterns == ["*", "/tickets/*"]
    error_message = "null is not the default behavior."
  }

  assert {
    condition     = alltrue([for invocation in aws_lambda_invocation.this : invocation.lifecycle_scope == "CRUD"])
    error_message = "A destroy would not take the pair off."
  }

  assert {
    condition     = output.record_names["shop"] == "/queueit/shop/behavior-association/ESHOP"
    error_message = "The record's name is not what the policy allows."
  }
}

run "a_provider_of_another_region_is_refused" {
  command = plan

  override_data {
    target = data.aws_service.this
    values = { region = "eu-west-1" }
  }

  expect_failures = [data.aws_service.this]
}

run "a_problem_fails_the_plan" {
  command = plan

  override_data {
    target = data.aws_lambda_invocation.rehearsal
    values = { result = "{\"outcome\":\"pending\",\"differences\":[],\"problems\":[\"distribution ESHOP: no\"],\"warnings\":[],\"revision\":\"1\"}" }
  }

  expect_failures = [aws_lambda_invocation.this]
}

run "warnings_and_behaviors_are_outputs" {
  command = plan

  override_data {
    target = data.aws_lambda_invocation.rehearsal
    values = { result = "{\"outcome\":\"pending\",\"differences\":[],\"problems\":[],\"warnings\":[\"distribution ESHOP: look\"],\"revision\":\"1\"}" }
  }

  assert {
    condition     = output.warnings["shop"][0] == "distribution ESHOP: look"
    error_message = "warnings is ${jsonencode(output.warnings)}"
  }

  assert {
    condition     = output.behaviors["shop"].path_patterns[0] == "*" && output.behaviors["shop"].path_patterns[1] == "/tickets/*"
    error_message = "behaviors is ${jsonencode(output.behaviors)}"
  }
}

run "the_role_may_create_the_service_linked_roles_when_asked_to" {
  command = plan

  variables {
    create_service_linked_roles = true
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.distributions.policy).Statement[3] == {
      Sid    = "CreateServiceLinkedRoles"
      Effect = "Allow"
      Action = ["iam:CreateServiceLinkedRole"]
      Resource = [
        "arn:aws:iam::123456789012:role/aws-service-role/logger.cloudfront.amazonaws.com/*",
        "arn:aws:iam::123456789012:role/aws-service-role/replicator.lambda.amazonaws.com/*",
      ]
      Condition = { StringEquals = { "iam:AWSServiceName" = ["logger.cloudfront.amazonaws.com", "replicator.lambda.amazonaws.com"] } }
    }
    error_message = "The permission for the service-linked roles is not the narrow one."
  }
}
