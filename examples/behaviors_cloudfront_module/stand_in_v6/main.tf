# Makes of behaviors what version 6 of the module makes of them, as far as functions and policies go.

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
      allowed_methods          = default_cache_behavior.value.allowed_methods
      cached_methods           = default_cache_behavior.value.cached_methods
      cache_policy_id          = default_cache_behavior.value.cache_policy_id
      origin_request_policy_id = default_cache_behavior.value.origin_request_policy_id
      compress                 = default_cache_behavior.value.compress

      dynamic "lambda_function_association" {
        for_each = coalesce(default_cache_behavior.value.lambda_function_association, {})
        content {
          event_type   = coalesce(lambda_function_association.value.event_type, lambda_function_association.key)
          lambda_arn   = lambda_function_association.value.lambda_arn
          include_body = lambda_function_association.value.include_body
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
      allowed_methods          = ordered_cache_behavior.value.allowed_methods
      cached_methods           = ordered_cache_behavior.value.cached_methods
      cache_policy_id          = ordered_cache_behavior.value.cache_policy_id
      origin_request_policy_id = ordered_cache_behavior.value.origin_request_policy_id
      compress                 = ordered_cache_behavior.value.compress

      dynamic "lambda_function_association" {
        for_each = coalesce(ordered_cache_behavior.value.lambda_function_association, {})
        content {
          event_type   = coalesce(lambda_function_association.value.event_type, lambda_function_association.key)
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
