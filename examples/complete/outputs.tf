output "site_url" {
  description = "Address of the protected site."
  value       = "https://${aws_cloudfront_distribution.site.domain_name}/"
}

output "functions" {
  description = "The functions at the edge with the latest published version, the one to pin next."
  value       = module.waiting_room.functions
}

output "alarm_names" {
  description = "Names of the alarms, for a dashboard or an on-call schedule."
  value       = module.waiting_room.alarm_names
}

output "snapshot" {
  description = "What config-refresh put into the table during the apply."
  value       = module.waiting_room.snapshot
}
