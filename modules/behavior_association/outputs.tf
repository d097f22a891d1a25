output "differences" {
  description = "By distribution, what this plan changes on the distribution as it is now; when it changes nothing, what the last apply changed. Each difference has behavior (its path pattern, * is the default), event_type, before and after (lambda_arn and include_body, or function_arn of a CloudFront Function; null for none)."
  value = {
    for key, rehearsal in local.rehearsals : key => jsondecode(
      rehearsal.outcome == "pending" || var.distributions[key].dry_run ? data.aws_lambda_invocation.rehearsal[key].result : aws_lambda_invocation.this[key].result
    ).differences
  }
}

output "problems" {
  description = "By distribution, what is in the way of its associations, each with the way out. A distribution without dry_run fails the plan with them."
  value       = { for key, rehearsal in local.rehearsals : key => rehearsal.problems }
}

output "warnings" {
  description = "By distribution, what is not wrong yet, such as a continuous deployment that would replace the associations when it is promoted; [] when all is well."
  value       = { for key, rehearsal in local.rehearsals : key => rehearsal.warnings }
}

output "behaviors" {
  description = "By distribution, what it is asked for: its id and the path patterns of the behaviors that get the pair. Known in every plan, also while the versions of the pair are not."
  value       = { for key, request in local.requests : key => { distribution_id = request.distribution_id, path_patterns = request.path_patterns } }
}

output "function_name" {
  description = "Name of the behavior-association function."
  value       = module.function.function_name
}

output "role_name" {
  description = "Name of the function's role."
  value       = module.function.role_name
}

output "log_group_name" {
  description = "Log group of the function: one line says what each invocation changed."
  value       = module.function.log_group_name
}

output "record_names" {
  description = "By distribution, the parameter in Parameter Store that says what was added to it and what gave way."
  value       = { for key, distribution in var.distributions : key => "/queueit/${var.name}/behavior-association/${distribution.distribution_id}" }
}
