# A schedule that invokes a function of the connector, with its role. Private to this repository's modules.

locals {
  arn_prefix   = "arn:${var.connector.account.partition}"
  arn_suffix   = "${var.connector.account.region}:${var.connector.account.id}"
  dead_letters = var.dead_letter_queue_arn == null ? [] : [var.dead_letter_queue_arn]
}

resource "aws_iam_role" "this" {
  name                 = var.role_name
  description          = "Invokes ${var.function_name} on its schedule"
  path                 = var.connector.role.path
  permissions_boundary = var.connector.role.permissions_boundary
  tags                 = var.connector.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Scheduler"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
      # EventBridge Scheduler gives the schedule's group, not the schedule, as the source.
      Condition = {
        StringEquals = {
          "aws:SourceAccount" = var.connector.account.id
          "aws:SourceArn"     = "${local.arn_prefix}:scheduler:${local.arn_suffix}:schedule-group/default"
        }
      }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "invoke"
  role = aws_iam_role.this.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid      = "Invoke"
        Effect   = "Allow"
        Action   = ["lambda:InvokeFunction"]
        Resource = ["${local.arn_prefix}:lambda:${local.arn_suffix}:function:${var.function_name}"]
      }],
      [for arn in local.dead_letters : { Sid = "SendDeadLetters", Effect = "Allow", Action = ["sqs:SendMessage"], Resource = [arn] }],
    )
  })
}

resource "aws_scheduler_schedule" "this" {
  # checkov:skip=CKV_AWS_297: the schedule holds nothing but the name of an action
  name                = var.function_name
  description         = "Runs ${var.function_name}"
  group_name          = "default"
  schedule_expression = var.expression

  flexible_time_window {
    mode                      = var.window_minutes == null ? "OFF" : "FLEXIBLE"
    maximum_window_in_minutes = var.window_minutes
  }

  target {
    arn      = var.function_arn
    role_arn = aws_iam_role.this.arn
    input    = var.input

    retry_policy {
      maximum_retry_attempts       = var.retry_attempts
      maximum_event_age_in_seconds = var.retry_for_seconds
    }

    dynamic "dead_letter_config" {
      for_each = local.dead_letters

      content {
        arn = dead_letter_config.value
      }
    }
  }

  # The first run must not meet a role that may not invoke.
  depends_on = [aws_iam_role_policy.this, var.after]
}
