locals {
  # What is not null: those objects among the settings have no attribute that is null either.
  settings = {
    for name, value in var.settings :
    name => try({ for attribute in keys(value) : attribute => value[attribute] if value[attribute] != null }, value) if value != null
  }
}

output "settings" {
  description = "The settings that were given, as the snapshot has them."
  value       = local.settings
}

output "edge" {
  description = "edge with its defaults."
  value       = var.edge
}

output "config_refresh" {
  description = "config_refresh with its defaults."
  value       = var.config_refresh
}

output "publish_endpoint" {
  description = "publish_endpoint with its defaults, or null."
  value       = var.publish_endpoint
}

output "log_retention" {
  description = "log_retention with its defaults, or null."
  value       = var.log_retention
}

output "dashboard" {
  description = "dashboard with its defaults, or null."
  value       = var.dashboard
}
