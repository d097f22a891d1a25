output "site_url" {
  description = "Address of the protected site."
  value       = "https://${aws_cloudfront_distribution.site.domain_name}/"
}

output "snapshot" {
  description = "What config-refresh put into the table during the apply."
  value       = module.waiting_room.snapshot
}
