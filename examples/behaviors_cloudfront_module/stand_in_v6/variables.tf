# The type that a behavior has since version 6 of terraform-aws-modules/cloudfront.

variable "comment" {
  description = "Comment of the distribution."
  type        = string
}

variable "origin" {
  description = "Origins by their id, of which this stand-in takes the domain name."
  type        = map(object({ domain_name = string }))
}

variable "default_cache_behavior" {
  description = "The default behavior."
  type = object({
    target_origin_id             = string
    viewer_protocol_policy       = optional(string, "https-only")
    allowed_methods              = optional(list(string), ["GET", "HEAD", "OPTIONS"])
    cached_methods               = optional(list(string), ["GET", "HEAD"])
    compress                     = optional(bool, true)
    cache_policy_id              = optional(string)
    cache_policy_name            = optional(string)
    origin_request_policy_id     = optional(string)
    origin_request_policy_name   = optional(string)
    response_headers_policy_id   = optional(string)
    response_headers_policy_name = optional(string)
    realtime_log_config_arn      = optional(string)
    field_level_encryption_id    = optional(string)
    smooth_streaming             = optional(bool)
    trusted_key_groups           = optional(list(string))
    trusted_signers              = optional(list(string))
    min_ttl                      = optional(number)
    default_ttl                  = optional(number)
    max_ttl                      = optional(number)
    grpc_config                  = optional(object({ enabled = optional(bool) }))
    lambda_function_association = optional(map(object({
      event_type   = optional(string)
      lambda_arn   = string
      include_body = optional(bool)
    })))
    function_association = optional(map(object({
      event_type   = optional(string)
      function_arn = optional(string)
      function_key = optional(string)
    })))
    forwarded_values = optional(object({
      cookies                 = object({ forward = optional(string, "none"), whitelisted_names = optional(list(string)) })
      headers                 = optional(list(string))
      query_string            = optional(bool, false)
      query_string_cache_keys = optional(list(string))
    }), { cookies = { forward = "none" }, query_string = false })
  })
  nullable = false
}

variable "ordered_cache_behavior" {
  description = "The other behaviors, in the order that CloudFront tries them."
  type = list(object({
    path_pattern                 = string
    target_origin_id             = string
    viewer_protocol_policy       = string
    allowed_methods              = optional(list(string), ["GET", "HEAD", "OPTIONS"])
    cached_methods               = optional(list(string), ["GET", "HEAD"])
    compress                     = optional(bool, true)
    cache_policy_id              = optional(string)
    cache_policy_name            = optional(string)
    origin_request_policy_id     = optional(string)
    origin_request_policy_name   = optional(string)
    response_headers_policy_id   = optional(string)
    response_headers_policy_name = optional(string)
    realtime_log_config_arn      = optional(string)
    field_level_encryption_id    = optional(string)
    smooth_streaming             = optional(bool)
    trusted_key_groups           = optional(list(string))
    trusted_signers              = optional(list(string))
    min_ttl                      = optional(number)
    default_ttl                  = optional(number)
    max_ttl                      = optional(number)
    grpc_config                  = optional(object({ enabled = optional(bool) }))
    lambda_function_association = optional(map(object({
      event_type   = optional(string)
      lambda_arn   = string
      include_body = optional(bool)
    })))
    function_association = optional(map(object({
      event_type   = optional(string)
      function_arn = optional(string)
      function_key = optional(string)
    })))
    forwarded_values = optional(object({
      cookies                 = object({ forward = optional(string, "none"), whitelisted_names = optional(list(string)) })
      headers                 = optional(list(string))
      query_string            = optional(bool, false)
      query_string_cache_keys = optional(list(string))
    }), { cookies = { forward = "none" }, query_string = false })
  }))
  default  = []
  nullable = false
}
