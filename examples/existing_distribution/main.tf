# The distribution of a shop as it may stand in a repository already. What the waiting room adds is the module and, in
# each behavior that is to be protected, one dynamic block; both are marked with "waiting room".

provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = { repository = "shop-infrastructure" }
  }
}

locals {
  # Managed policies of CloudFront, the same in every account.
  caching_disabled              = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  caching_optimized             = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  all_viewer_except_host_header = "b689b0a8-53d0-40ab-baf2-68738e2966ac"

  every_method = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
  reading      = ["GET", "HEAD"]
}

# Waiting room: the credentials are in a secret that somebody else looks after.
module "waiting_room" {
  source = "../.."

  name        = "shop"
  customer_id = var.customer_id
  credentials = { secret_arn = var.secret_arn }
}

resource "aws_cloudfront_distribution" "shop" {
  comment         = "shop"
  enabled         = true
  is_ipv6_enabled = true
  http_version    = "http2and3"
  price_class     = "PriceClass_100"

  origin {
    origin_id   = "application"
    domain_name = var.application_domain_name

    custom_header {
      name  = "x-from-cloudfront"
      value = "shop"
    }

    custom_origin_config {
      http_port                = 80
      https_port               = 443
      origin_protocol_policy   = "https-only"
      origin_ssl_protocols     = ["TLSv1.2"]
      origin_read_timeout      = 30
      origin_keepalive_timeout = 30
    }
  }

  origin {
    origin_id   = "assets"
    domain_name = var.assets_domain_name

    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  # Every page that no other behavior serves.
  default_cache_behavior {
    target_origin_id         = "application"
    viewer_protocol_policy   = "redirect-to-https"
    allowed_methods          = local.every_method
    cached_methods           = local.reading
    cache_policy_id          = local.caching_disabled
    origin_request_policy_id = local.all_viewer_except_host_header
    compress                 = true

    # Waiting room.
    dynamic "lambda_function_association" {
      for_each = module.waiting_room.lambda_function_associations
      content {
        event_type   = lambda_function_association.value.event_type
        lambda_arn   = lambda_function_association.value.lambda_arn
        include_body = lambda_function_association.value.include_body
      }
    }
  }

  # The site's files are never queued for: this behavior stays as it was. CloudFront picks a behavior without decoding all of the
  # path, so another spelling of a protected path may come here, past the waiting room: its origin has nothing but files.
  ordered_cache_behavior {
    path_pattern           = "/static/*"
    target_origin_id       = "assets"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = local.reading
    cached_methods         = local.reading
    cache_policy_id        = local.caching_optimized
    compress               = true
  }

  # What monitoring asks for must not end in a queue. No other path matches a pattern without *.
  ordered_cache_behavior {
    path_pattern           = "/health"
    target_origin_id       = "application"
    viewer_protocol_policy = "https-only"
    allowed_methods        = local.reading
    cached_methods         = local.reading
    cache_policy_id        = local.caching_disabled
  }

  # Pages that are cached for everybody: the functions decide before the cache, so a hit is protected too.
  ordered_cache_behavior {
    path_pattern           = "/catalogue/*"
    target_origin_id       = "application"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = local.reading
    cached_methods         = local.reading
    cache_policy_id        = local.caching_optimized
    compress               = true

    # Waiting room.
    dynamic "lambda_function_association" {
      for_each = module.waiting_room.lambda_function_associations
      content {
        event_type   = lambda_function_association.value.event_type
        lambda_arn   = lambda_function_association.value.lambda_arn
        include_body = lambda_function_association.value.include_body
      }
    }
  }

  # Background requests of the shop's pages.
  ordered_cache_behavior {
    path_pattern             = "/api/*"
    target_origin_id         = "application"
    viewer_protocol_policy   = "https-only"
    allowed_methods          = local.every_method
    cached_methods           = local.reading
    cache_policy_id          = local.caching_disabled
    origin_request_policy_id = local.all_viewer_except_host_header

    # Waiting room.
    dynamic "lambda_function_association" {
      for_each = module.waiting_room.lambda_function_associations
      content {
        event_type   = lambda_function_association.value.event_type
        lambda_arn   = lambda_function_association.value.lambda_arn
        include_body = lambda_function_association.value.include_body
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
