output "site_url" {
  description = "Address of the site."
  value       = "https://${aws_cloudfront_distribution.site.domain_name}/"
}
