output "function_name" {
  description = "Name of the config-refresh function."
  value       = aws_lambda_function.this.function_name
}

output "function_arn" {
  description = "ARN of the config-refresh function."
  value       = aws_lambda_function.this.arn
}

output "role_names" {
  description = "Names of the function's role and of the schedule's role."
  value = {
    config_refresh = aws_iam_role.this.name
    schedule       = aws_iam_role.schedule.name
  }
}

output "log_group_name" {
  description = "Log group of the config-refresh function."
  value       = aws_cloudwatch_log_group.this.name
}

output "alarm_names" {
  description = "Names of the alarms: failed, missing and configuration-age."
  value       = { for alarm, resource in aws_cloudwatch_metric_alarm.this : alarm => resource.alarm_name }
}

output "refreshed" {
  description = "What the run of the last apply did, as the function's result in JSON; known once a snapshot is in the table."
  value       = aws_lambda_invocation.this.result
}

output "environment" {
  description = "The function's environment."
  value       = local.environment
}
