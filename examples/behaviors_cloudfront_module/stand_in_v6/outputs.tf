output "cloudfront_distribution_domain_name" {
  description = "Domain name of the distribution."
  value       = module.distribution.cloudfront_distribution_domain_name
}
