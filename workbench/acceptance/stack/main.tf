# What `make acceptance` applies: a small site in S3 behind CloudFront, the connector in front of it, and a static stand-in for the
# platform's configuration endpoint. Everything is named after var.name and is destroyed afterwards.

provider "aws" {
  region            = "us-east-1"
  s3_use_path_style = true
}

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

locals {
  # Managed policies of CloudFront, the same in every account.
  caching_disabled  = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  caching_optimized = "658327ea-f89d-4fab-a63d-7e88639e58f6"

  # Behaviors of the site, in their order; the last one is the default.
  behaviors = {
    "/plain/*"  = { cache_policy_id = local.caching_disabled, is_protected = false }
    "/cached/*" = { cache_policy_id = local.caching_optimized, is_protected = true }
  }
}

module "waiting_room" {
  source = "../../.."

  name                = var.name
  customer_id         = var.customer_id
  credentials         = { secret_arn = var.secret_arn }
  deletion_protection = false
  publish_endpoint    = {}
  settings            = { poll_interval_seconds = var.poll_interval_seconds }

  config_refresh = {
    base_url = coalesce(var.platform_url, "https://${aws_cloudfront_distribution.platform.domain_name}")
  }
}

resource "aws_s3_bucket" "this" {
  bucket        = var.name
  force_destroy = true
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "DistributionsOfThisAccount"
      Effect    = "Allow"
      Action    = "s3:GetObject"
      Principal = { Service = "cloudfront.amazonaws.com" }
      Resource  = "${aws_s3_bucket.this.arn}/*"
      # Of the account, not of the two: a policy that named them would have to wait for them, and the platform's has to wait for it.
      Condition = { ArnLike = { "aws:SourceArn" = "arn:${data.aws_partition.this.partition}:cloudfront::${data.aws_caller_identity.this.account_id}:distribution/*" } }
    }]
  })
}

resource "aws_s3_object" "page" {
  for_each = var.pages

  bucket        = aws_s3_bucket.this.bucket
  key           = each.key
  content       = each.value
  content_type  = endswith(each.key, ".json") ? "application/json" : "text/html; charset=utf-8"
  cache_control = startswith(each.key, "cached/") ? "max-age=3600" : "no-store"
}

resource "aws_s3_object" "integration_config" {
  bucket        = aws_s3_bucket.this.bucket
  key           = "status/integrationconfig/secure/${var.customer_id}"
  content       = var.integration_config
  content_type  = "application/json"
  cache_control = "no-store"

  lifecycle {
    # The program publishes others.
    ignore_changes = [content, etag]
  }
}

resource "aws_cloudfront_origin_access_control" "this" {
  name                              = var.name
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_distribution" "platform" {
  comment = "${var.name}: stands in for the platform"
  enabled = true

  origin {
    origin_id                = "bucket"
    domain_name              = aws_s3_bucket.this.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.this.id
  }

  default_cache_behavior {
    target_origin_id       = "bucket"
    viewer_protocol_policy = "https-only"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = local.caching_disabled
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }

  # config-refresh asks it as soon as it is there.
  depends_on = [aws_s3_object.integration_config, aws_s3_bucket_policy.this]
}

resource "aws_cloudfront_distribution" "site" {
  comment = "${var.name}: the site"
  enabled = true

  origin {
    origin_id                = "bucket"
    domain_name              = aws_s3_bucket.this.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.this.id
  }

  default_cache_behavior {
    target_origin_id       = "bucket"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = local.caching_disabled

    dynamic "lambda_function_association" {
      for_each = module.waiting_room.lambda_function_associations
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
      path_pattern           = ordered_cache_behavior.key
      target_origin_id       = "bucket"
      viewer_protocol_policy = "redirect-to-https"
      allowed_methods        = ["GET", "HEAD"]
      cached_methods         = ["GET", "HEAD"]
      cache_policy_id        = ordered_cache_behavior.value.cache_policy_id

      dynamic "lambda_function_association" {
        for_each = ordered_cache_behavior.value.is_protected ? module.waiting_room.lambda_function_associations : {}
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

  depends_on = [aws_s3_object.page, aws_s3_bucket_policy.this]
}

resource "aws_iam_role" "probe" {
  name        = "${var.name}-probe"
  description = "Runs the probe, which asks nothing of AWS"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] }
    }]
  })
}

# More memory than the quota of viewer events that AWS documents: the program tries whether CloudFront takes it.
resource "aws_lambda_function" "probe" {
  function_name    = "${var.name}-probe"
  description      = "Tells what it finds in Lambda's runtime"
  role             = aws_iam_role.probe.arn
  filename         = "probe.zip"
  source_code_hash = filebase64sha256("probe.zip")
  handler          = "probe.handler"
  runtime          = "python3.13"
  memory_size      = 256
  timeout          = 5
  publish          = true

  timeouts {
    delete = "30m"
  }
}
