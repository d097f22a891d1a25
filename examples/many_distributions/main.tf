# One connector, any number of sites: the same pair of functions stands in front of every distribution and path below.
# Which page of which site queues for what is said in the integration configuration at Queue-it, by host name and path.

provider "aws" {
  region = "us-east-1"
}

locals {
  # Managed policies of CloudFront, the same in every account.
  caching_disabled              = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  caching_optimized             = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  all_viewer_except_host_header = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
}

module "waiting_room" {
  source = "../.."

  name        = "many-sites"
  customer_id = var.customer_id
  secret_key  = var.queue_it.secret_key
  api_key     = var.queue_it.api_key
}

resource "aws_cloudfront_distribution" "site" {
  for_each = var.sites

  comment         = each.key
  enabled         = true
  is_ipv6_enabled = true

  origin {
    origin_id   = "site"
    domain_name = each.value.origin_domain_name

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
    domain_name = each.value.files_domain_name

    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  # Everything else of a site, with the waiting room too: CloudFront chooses a behavior without decoding all of the
  # path, so another spelling of a protected path comes here. The triggers say which pages queue.
  default_cache_behavior {
    target_origin_id         = "site"
    viewer_protocol_policy   = "redirect-to-https"
    allowed_methods          = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
    cached_methods           = ["GET", "HEAD"]
    cache_policy_id          = local.caching_disabled
    origin_request_policy_id = local.all_viewer_except_host_header

    dynamic "lambda_function_association" {
      for_each = module.waiting_room.lambda_function_associations
      content {
        event_type   = lambda_function_association.value.event_type
        lambda_arn   = lambda_function_association.value.lambda_arn
        include_body = lambda_function_association.value.include_body
      }
    }
  }

  ordered_cache_behavior {
    path_pattern           = "/static/*"
    target_origin_id       = "files"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = local.caching_optimized
  }

  dynamic "ordered_cache_behavior" {
    for_each = [for path in each.value.protected_paths : path if path != "*"]
    content {
      path_pattern             = ordered_cache_behavior.value
      target_origin_id         = "site"
      viewer_protocol_policy   = "redirect-to-https"
      allowed_methods          = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
      cached_methods           = ["GET", "HEAD"]
      cache_policy_id          = local.caching_disabled
      origin_request_policy_id = local.all_viewer_except_host_header

      dynamic "lambda_function_association" {
        for_each = module.waiting_room.lambda_function_associations
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
