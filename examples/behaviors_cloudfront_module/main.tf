# Distributions made by terraform-aws-modules/cloudfront: the connector's output goes into a behavior as it is.
# The two stand-ins have that module's variable for behaviors, so that this example needs no registry: in your own
# configuration, write the module's source and version instead.

provider "aws" {
  region = "us-east-1"
}

locals {
  # Managed policies of CloudFront, the same in every account.
  caching_disabled              = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  caching_optimized             = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  all_viewer_except_host_header = "b689b0a8-53d0-40ab-baf2-68738e2966ac"

  every_method = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
}

module "waiting_room" {
  source = "../.."

  name        = "cloudfront-module"
  customer_id = var.customer_id
  secret_key  = var.queue_it.secret_key
  api_key     = var.queue_it.api_key
}

module "shop" {
  source = "./stand_in_v6" # "terraform-aws-modules/cloudfront/aws", version "~> 6.0"

  comment = "shop"
  origin  = { site = { domain_name = var.shop_origin }, files = { domain_name = var.files_origin } }

  default_cache_behavior = {
    target_origin_id            = "site"
    viewer_protocol_policy      = "redirect-to-https"
    allowed_methods             = local.every_method
    cache_policy_id             = local.caching_disabled
    origin_request_policy_id    = local.all_viewer_except_host_header
    lambda_function_association = module.waiting_room.lambda_function_associations
  }

  ordered_cache_behavior = [
    {
      # An origin of its own, with nothing but files: CloudFront picks a behavior without decoding all of the path, so another
      # spelling of a protected path may come here, past the waiting room. This server has no such page.
      path_pattern           = "/static/*"
      target_origin_id       = "files"
      viewer_protocol_policy = "redirect-to-https"
      cache_policy_id        = local.caching_optimized
    },
    {
      path_pattern                = "/tickets/*"
      target_origin_id            = "site"
      viewer_protocol_policy      = "redirect-to-https"
      cache_policy_id             = local.caching_optimized
      lambda_function_association = module.waiting_room.lambda_function_associations
    },
  ]
}

# Before version 6 the variables had no types, and a behavior with a cache policy says that it has no forwarded values.
module "fans" {
  source = "./stand_in_v5" # "terraform-aws-modules/cloudfront/aws", version "~> 5.0" or "~> 3.4"

  comment = "fans"
  origin  = { site = { domain_name = var.fans_origin }, files = { domain_name = var.files_origin } }

  default_cache_behavior = {
    target_origin_id            = "site"
    viewer_protocol_policy      = "redirect-to-https"
    allowed_methods             = local.every_method
    use_forwarded_values        = false
    cache_policy_id             = local.caching_disabled
    origin_request_policy_id    = local.all_viewer_except_host_header
    lambda_function_association = module.waiting_room.lambda_function_associations
  }

  ordered_cache_behavior = [
    {
      # An origin of its own, with nothing but files: CloudFront picks a behavior without decoding all of the path, so another
      # spelling of a protected path may come here, past the waiting room. This server has no such page.
      path_pattern           = "/static/*"
      target_origin_id       = "files"
      viewer_protocol_policy = "redirect-to-https"
      use_forwarded_values   = false
      cache_policy_id        = local.caching_optimized
    },
  ]
}
