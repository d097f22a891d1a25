output "function_name" {
  description = "Name of the config-refresh function."
  value       = module.function.function_name
}

output "function_arn" {
  description = "ARN of the config-refresh function."
  value       = module.function.function_arn
}

output "role_names" {
  description = "Names of the function's role and of the schedule's role."
  value       = { config_refresh = module.function.role_name, schedule = module.schedule.role_name }
}

output "log_group_name" {
  description = "Log group of the config-refresh function."
  value       = module.function.log_group_name
}

output "alarm_names" {
  description = "Names of the alarms: failed, missing and configuration-age."
  value       = module.function.alarm_names
}

output "refreshed" {
  description = "What the run of the last apply did, as the function's result in JSON; known once a snapshot is in the table."
  value       = aws_lambda_invocation.this.result
}

output "environment" {
  description = "The function's environment."
  value       = local.environment
}
