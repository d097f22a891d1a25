output "site_url" {
  description = "Address of the protected site."
  value       = "https://${aws_cloudfront_distribution.site.domain_name}"
}

output "site_distribution_id" {
  description = "Id of the site's distribution."
  value       = aws_cloudfront_distribution.site.id
}

output "platform_distribution_id" {
  description = "Id of the distribution that stands in for the platform."
  value       = aws_cloudfront_distribution.platform.id
}

output "bucket" {
  description = "Name of the bucket with the site and the configuration."
  value       = aws_s3_bucket.this.bucket
}

output "config_refresh_function" {
  description = "Name of the config-refresh function."
  value       = module.waiting_room.config_refresh_function.name
}

output "publish_url" {
  description = "Where the platform pushes publications."
  value       = module.waiting_room.publish_url
}

output "table" {
  description = "Name of the connector's table."
  value       = module.waiting_room.table_name
}

output "probe" {
  description = "Qualified ARN of the probe."
  value       = aws_lambda_function.probe.qualified_arn
}
