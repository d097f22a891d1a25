output "domain_names" {
  description = "Domain names of the two distributions."
  value       = { shop = module.shop.cloudfront_distribution_domain_name, fans = module.fans.cloudfront_distribution_domain_name }
}
