# Two accounts at Queue-it, each with a connector of its own: functions, table, secret and roles are apart, and neither
# can read the other's keys. A behavior belongs to the one or the other; here both stand in one distribution.
#
# Each has an origin of its own: CloudFront picks a behavior without decoding all of the path, so another spelling of the one's path
# may come to a behavior of the other's, or to the default one. The server there has no such page.

provider "aws" {
  region = "us-east-1"
}

locals {
  # Managed policies of CloudFront, the same in every account.
  caching_disabled              = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  all_viewer_except_host_header = "b689b0a8-53d0-40ab-baf2-68738e2966ac"

  behaviors = merge([
    for customer, what in var.customers : { for path in what.protected_paths : path => customer }
  ]...)
}

module "waiting_room" {
  source   = "../.."
  for_each = var.customers

  name        = "venue-${each.key}"
  customer_id = each.value.customer_id
  secret_key  = var.queue_it[each.key].secret_key
  api_key     = var.queue_it[each.key].api_key
}

resource "aws_cloudfront_distribution" "venue" {
  comment         = "A venue with two promoters"
  enabled         = true
  is_ipv6_enabled = true

  origin {
    origin_id   = "venue"
    domain_name = var.origin_domain_name

    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  dynamic "origin" {
    for_each = var.customers
    content {
      origin_id   = origin.key
      domain_name = origin.value.origin_domain_name

      custom_origin_config {
        http_port              = 80
        https_port             = 443
        origin_protocol_policy = "https-only"
        origin_ssl_protocols   = ["TLSv1.2"]
      }
    }
  }

  # The venue's own pages, without a waiting room.
  default_cache_behavior {
    target_origin_id         = "venue"
    viewer_protocol_policy   = "redirect-to-https"
    allowed_methods          = ["GET", "HEAD"]
    cached_methods           = ["GET", "HEAD"]
    cache_policy_id          = local.caching_disabled
    origin_request_policy_id = local.all_viewer_except_host_header
  }

  dynamic "ordered_cache_behavior" {
    for_each = local.behaviors
    content {
      path_pattern             = ordered_cache_behavior.key
      target_origin_id         = ordered_cache_behavior.value
      viewer_protocol_policy   = "redirect-to-https"
      allowed_methods          = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
      cached_methods           = ["GET", "HEAD"]
      cache_policy_id          = local.caching_disabled
      origin_request_policy_id = local.all_viewer_except_host_header

      dynamic "lambda_function_association" {
        for_each = module.waiting_room[ordered_cache_behavior.value].lambda_function_associations
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
