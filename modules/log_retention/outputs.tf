output "function_name" {
  description = "Name of the log-retention function."
  value       = aws_lambda_function.this.function_name
}

output "function_arn" {
  description = "ARN of the log-retention function."
  value       = aws_lambda_function.this.arn
}

output "role_names" {
  description = "Names of the function's role and of its schedule's role."
  value = {
    log_retention = aws_iam_role.this.name
    schedule      = aws_iam_role.schedule.name
  }
}

output "log_group_name" {
  description = "Log group of the log-retention function itself."
  value       = aws_cloudwatch_log_group.this.name
}

output "alarm_name" {
  description = "Name of the alarm that goes off when a run has failed."
  value       = aws_cloudwatch_metric_alarm.this.alarm_name
}
