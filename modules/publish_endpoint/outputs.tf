output "url" {
  description = "URL to paste into the GO Queue-it Platform as the publish web endpoint: it takes HTTP PUT."
  value       = aws_lambda_function_url.this.function_url
}

output "role_name" {
  description = "Name of the function's role."
  value       = module.function.role_name
}

output "log_group_name" {
  description = "Log group of the publish function."
  value       = module.function.log_group_name
}

output "alarm_names" {
  description = "Names of the alarms: failed, errors and throttled."
  value       = module.function.alarm_names
}
