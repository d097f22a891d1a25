output "functions" {
  description = "By event type: name, ARN, latest published version and its qualified ARN."
  value = {
    for event_type, function in aws_lambda_function.this : event_type => {
      name          = function.function_name
      arn           = function.arn
      version       = function.version
      qualified_arn = function.qualified_arn
    }
  }
}

locals {
  latest = {
    for event_type, function in aws_lambda_function.this : event_type => {
      event_type = event_type
      lambda_arn = function.qualified_arn
      # CloudFront shows a body to the request event only.
      include_body = event_type == "viewer-request" && var.include_body
    }
  }
}

output "latest_lambda_function_associations" {
  description = "By event type, what a behavior's lambda_function_association takes: event_type, lambda_arn (qualified, of the latest version) and include_body."
  value       = local.latest
}

output "lambda_function_associations" {
  description = "As latest_lambda_function_associations, with the pinned versions where there are any."
  value = {
    for event_type, association in local.latest : event_type => merge(association, {
      lambda_arn = (
        contains(keys(var.pinned_versions), event_type)
        ? "${local.arn_prefix}:lambda:us-east-1:${var.connector.account.id}:function:${local.function_names[event_type]}:${var.pinned_versions[event_type]}"
        : association.lambda_arn
      )
    })
  }
}

output "role_name" {
  description = "Name of the execution role."
  value       = aws_iam_role.this.name
}

output "log_group_names" {
  description = "Log groups in us-east-1, by event type; every other region that runs the function has one of the same name."
  value       = { for event_type, group in aws_cloudwatch_log_group.this : event_type => group.name }
}
