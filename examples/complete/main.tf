# Every input of the module, with what an organisation has around it: keys of its own, a place for failed runs, a topic
# for alarms, a permissions boundary. Values that are the module's defaults are written out so that all can be seen.

provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "ireland"
  region = "eu-west-1"
}

data "aws_caller_identity" "this" {}

locals {
  name = "complete"
  tags = { service = "waiting-room", owner = "web-platform" }

  # Managed policies of CloudFront, the same in every account.
  caching_disabled              = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  all_viewer_except_host_header = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
}

module "waiting_room" {
  source = "../.."

  name        = local.name
  customer_id = var.customer_id

  # In place of these six: credentials = { secret_arn = …, kms_key_arn = … } for a secret that exists already.
  secret_key          = var.queue_it.secret_key
  api_key             = var.queue_it.api_key
  next_secret_key     = var.queue_it.next_secret_key
  previous_secret_key = var.queue_it.previous_secret_key
  proxy_key           = var.queue_it.proxy_key
  credentials_version = var.queue_it_version

  # A destroyed secret can be restored for so long, and its name is taken meanwhile.
  secret_recovery_window_days = 7

  # false is the kill switch.
  enabled = true

  settings = {
    url_matching          = "every_form"
    own_domain            = "queue"
    preflight             = "decide"
    ignored_methods       = ["TRACE"]
    session_cookie        = { same_site = "Lax", secure = true, http_only = true }
    poll_interval_seconds = 15
    truncated_body        = "visible_part"
    allowed_origins       = ["https://shop.example.com"]
    enqueue_token         = { enabled = true, validity_seconds = 120, key = true, client_ip = true, x_forwarded_for = false }
    verify                = { url = "https://${var.customer_id}.queue-it.net/verify", timeout_ms = 500 }
    direct_pass           = { url = "https://${var.customer_id}.queue-it.net/direct", timeout_ms = 1500, on_failure = "queue" }
    diagnostics           = false
    decision_log_rate     = 0.1
  }

  # Triggers on a request's body need it.
  include_body = true

  edge = {
    failure_mode       = "closed"
    memory_size_mb     = 128
    timeout_seconds    = 5
    runtime            = "python3.13"
    delete_timeout     = "3h"
    skip_destroy       = false
    log_retention_days = 90
    log_kms_key_arn    = aws_kms_key.logs.arn
  }

  # Those that output deployer_policies lets the deployer change.
  distribution_arns = [aws_cloudfront_distribution.site.arn]

  # What distributions run. A new version of the connector is published beside it, until this is moved on.
  pinned_versions = { viewer-request = "1", viewer-response = "1" }

  config_refresh = {
    interval_minutes        = 1
    memory_size_mb          = 512
    timeout_seconds         = 90
    runtime                 = "python3.13"
    reserved_concurrency    = 1
    dead_letter_queue_arn   = aws_sqs_queue.failed_runs.arn
    snapshot_retention_days = 30
    log_retention_days      = 90
    log_kms_key_arn         = aws_kms_key.logs.arn
    base_url                = null # the platform; something else for acceptance runs alone
    alarms                  = { failed_runs = 2, missing_runs = 3, stale_after_minutes = 10 }
  }

  # The platform pushes each publication; without a push the schedule above finds it within a minute.
  publish_endpoint = { memory_size_mb = 512, timeout_seconds = 15, reserved_concurrency = 1, is_public = true, invoke_permission = true }

  # Edge logs of all regions, not of us-east-1 alone, are kept for edge.log_retention_days.
  log_retention = { interval_hours = 12, kms_key_arns = {} }

  dashboard = { regions = ["us-east-1", "eu-west-1"], distribution_ids = [aws_cloudfront_distribution.site.id] }

  # Edges in Europe then read next door. With a key for the table, each replica has one too.
  replica_regions = {
    eu-west-1 = { kms_key_arn = aws_kms_key.data_in_ireland.arn }
  }
  kms_key_arn         = aws_kms_key.data.arn
  deletion_protection = true

  permissions_boundary = aws_iam_policy.boundary.arn
  role_path            = "/waiting-room/"

  alarm_topic_arns = [aws_sns_topic.on_call.arn]

  tags = local.tags
}

resource "aws_cloudfront_distribution" "site" {
  comment         = "A site behind a waiting room"
  enabled         = true
  is_ipv6_enabled = true
  tags            = local.tags

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

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
