output "site_urls" {
  description = "Address of each site, by name."
  value       = { for name, distribution in aws_cloudfront_distribution.site : name => "https://${distribution.domain_name}/" }
}
