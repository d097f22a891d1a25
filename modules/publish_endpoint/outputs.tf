output "url" {
  description = "URL to paste into the GO Queue-it Platform as the publish web endpoint: it takes HTTP PUT."
  value       = aws_lambda_function_url.this.function_url
}

output "function_name" {
  description = "Name of the publish function."
  value       = aws_lambda_function.this.function_name
}

output "function_arn" {
  description = "ARN of the publish function."
  value       = aws_lambda_function.this.arn
}

output "role_name" {
  description = "Name of the function's role."
  value       = aws_iam_role.this.name
}

output "log_group_name" {
  description = "Log group of the publish function."
  value       = aws_cloudwatch_log_group.this.name
}

output "alarm_names" {
  description = "Names of the alarms: failed, errors and throttled."
  value       = { for alarm, resource in aws_cloudwatch_metric_alarm.this : alarm => resource.alarm_name }
}
