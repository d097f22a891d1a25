output "found" {
  description = "What the program asks the stack for: addresses, ids, names and ARNs."
  value = {
    site_url                 = "https://${aws_cloudfront_distribution.site.domain_name}"
    site_distribution_id     = aws_cloudfront_distribution.site.id
    platform_distribution_id = aws_cloudfront_distribution.platform.id
    bucket                   = aws_s3_bucket.this.bucket
    config_refresh_function  = module.waiting_room.config_refresh_function.name
    publish_url              = module.waiting_room.publish_url
    table                    = module.waiting_room.table_name
    probe                    = aws_lambda_function.probe.qualified_arn
  }
}
