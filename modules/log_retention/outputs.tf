output "role_names" {
  description = "Names of the function's role and of its schedule's role."
  value       = { log_retention = module.function.role_name, schedule = module.schedule.role_name }
}

output "log_group_name" {
  description = "Log group of the log-retention function itself."
  value       = module.function.log_group_name
}

output "alarm_name" {
  description = "Name of the alarm that goes off when a run has failed."
  value       = module.function.alarm_names["failed"]
}
