# Makes of behaviors what version 5 of the module makes of them, as far as functions and policies go.

resource "aws_cloudfront_distribution" "this" {
  comment = var.comment
  enabled = true

  dynamic "origin" {
    for_each = var.origin
    content {
      origin_id   = origin.key
      domain_name = origin.value.domain_name

      custom_origin_config {
        http_port              = 80
        https_port             = 443
        origin_protocol_policy = "https-only"
        origin_ssl_protocols   = ["TLSv1.2"]
      }
    }
  }

  dynamic "default_cache_behavior" {
    for_each = [var.default_cache_behavior]
    content {
      target_origin_id         = default_cache_behavior.value.target_origin_id
      viewer_protocol_policy   = default_cache_behavior.value.viewer_protocol_policy
      allowed_methods          = lookup(default_cache_behavior.value, "allowed_methods", ["GET", "HEAD", "OPTIONS"])
      cached_methods           = lookup(default_cache_behavior.value, "cached_methods", ["GET", "HEAD"])
      cache_policy_id          = lookup(default_cache_behavior.value, "cache_policy_id", null)
      origin_request_policy_id = lookup(default_cache_behavior.value, "origin_request_policy_id", null)
      compress                 = lookup(default_cache_behavior.value, "compress", null)

      dynamic "lambda_function_association" {
        for_each = lookup(default_cache_behavior.value, "lambda_function_association", [])
        content {
          event_type   = lambda_function_association.key
          lambda_arn   = lambda_function_association.value.lambda_arn
          include_body = lookup(lambda_function_association.value, "include_body", null)
        }
      }
    }
  }

  dynamic "ordered_cache_behavior" {
    for_each = var.ordered_cache_behavior
    content {
      path_pattern             = ordered_cache_behavior.value.path_pattern
      target_origin_id         = ordered_cache_behavior.value.target_origin_id
      viewer_protocol_policy   = ordered_cache_behavior.value.viewer_protocol_policy
      allowed_methods          = lookup(ordered_cache_behavior.value, "allowed_methods", ["GET", "HEAD", "OPTIONS"])
      cached_methods           = lookup(ordered_cache_behavior.value, "cached_methods", ["GET", "HEAD"])
      cache_policy_id          = lookup(ordered_cache_behavior.value, "cache_policy_id", null)
      origin_request_policy_id = lookup(ordered_cache_behavior.value, "origin_request_policy_id", null)
      compress                 = lookup(ordered_cache_behavior.value, "compress", null)

      dynamic "lambda_function_association" {
        for_each = lookup(ordered_cache_behavior.value, "lambda_function_association", [])
        content {
          event_type   = lambda_function_association.key
          lambda_arn   = lambda_function_association.value.lambda_arn
          include_body = lookup(lambda_function_association.value, "include_body", null)
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
