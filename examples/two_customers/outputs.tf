output "site_url" {
  description = "Address of the venue's site."
  value       = "https://${aws_cloudfront_distribution.venue.domain_name}/"
}

output "table_names" {
  description = "The table of each customer's connector."
  value       = { for customer, connector in module.waiting_room : customer => connector.table_name }
}
