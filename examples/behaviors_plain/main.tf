# Behaviors as data: each says whether visitors queue for it, and one dynamic block puts the functions where they do.

provider "aws" {
  region = "us-east-1"
}

locals {
  # Managed policies of CloudFront, the same in every account.
  caching_disabled              = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  caching_optimized             = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  all_viewer_except_host_header = "b689b0a8-53d0-40ab-baf2-68738e2966ac"

  reading      = ["GET", "HEAD"]
  every_method = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]

  # In the order that CloudFront tries them; the default behavior below takes the rest.
  behaviors = [
    { path = "/static/*", origin = "files", is_protected = false, cache_policy_id = local.caching_optimized, methods = local.reading },
    { path = "/health", origin = "site", is_protected = false, cache_policy_id = local.caching_disabled, methods = local.reading },
    { path = "/tickets/*", origin = "site", is_protected = true, cache_policy_id = local.caching_optimized, methods = local.reading },
    { path = "/basket*", origin = "site", is_protected = true, cache_policy_id = local.caching_disabled, methods = local.every_method },
  ]

  associations = module.waiting_room.lambda_function_associations
}

module "waiting_room" {
  source = "../.."

  name        = "behaviors-plain"
  customer_id = var.customer_id
  secret_key  = var.queue_it.secret_key
  api_key     = var.queue_it.api_key
}

resource "aws_cloudfront_distribution" "site" {
  comment         = "A site of which some paths are protected"
  enabled         = true
  is_ipv6_enabled = true

  origin {
    origin_id   = "site"
    domain_name = var.origin_domain_name

    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  # Of its own, with nothing but files: CloudFront picks a behavior without decoding all of the path, so another spelling of a
  # protected path may come to /static/*, past the waiting room. This server has no such page.
  origin {
    origin_id   = "files"
    domain_name = var.files_domain_name

    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  # Protected as well: another spelling of a protected path comes here. The triggers say which pages queue.
  default_cache_behavior {
    target_origin_id         = "site"
    viewer_protocol_policy   = "redirect-to-https"
    allowed_methods          = local.every_method
    cached_methods           = local.reading
    cache_policy_id          = local.caching_disabled
    origin_request_policy_id = local.all_viewer_except_host_header

    dynamic "lambda_function_association" {
      for_each = local.associations
      content {
        event_type   = lambda_function_association.value.event_type
        lambda_arn   = lambda_function_association.value.lambda_arn
        include_body = lambda_function_association.value.include_body
      }
    }
  }

  dynamic "ordered_cache_behavior" {
    for_each = local.behaviors
    content {
      path_pattern             = ordered_cache_behavior.value.path
      target_origin_id         = ordered_cache_behavior.value.origin
      viewer_protocol_policy   = "redirect-to-https"
      allowed_methods          = ordered_cache_behavior.value.methods
      cached_methods           = local.reading
      cache_policy_id          = ordered_cache_behavior.value.cache_policy_id
      origin_request_policy_id = local.all_viewer_except_host_header

      dynamic "lambda_function_association" {
        for_each = { for event_type, association in local.associations : event_type => association if ordered_cache_behavior.value.is_protected }
        content {
          event_type   = lambda_function_association.value.event_type
          lambda_arn   = lambda_function_association.value.lambda_arn
          include_body = lambda_function_association.value.include_body
        }
      }
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
