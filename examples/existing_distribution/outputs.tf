output "site_url" {
  description = "Address of the shop."
  value       = "https://${aws_cloudfront_distribution.shop.domain_name}/"
}
