locals {
  function_name = "${var.connector.name}-publish"
}

# A function of its own beside config-refresh, from the same zip: its concurrency is all that a flood of the URL can take.
module "function" {
  source = "../lambda_function"

  connector            = var.connector
  name                 = local.function_name
  description          = "takes the configurations that the platform pushes"
  zip_path             = var.zip_path
  handler              = "config_refresh.publish_endpoint.handler"
  memory_size_mb       = var.options.memory_size_mb
  timeout_seconds      = var.options.timeout_seconds
  reserved_concurrency = var.options.reserved_concurrency
  statements           = var.statements

  # No settings: a push changes the configuration and leaves what else is in force, so that a changed setting changes nothing here.
  environment = {
    QUEUEIT_CUSTOMER_ID             = var.customer_id
    QUEUEIT_SECRET_ARN              = var.secret_id
    QUEUEIT_SNAPSHOT_RETENTION_DAYS = tostring(var.snapshot_retention_days)
  }

  alarms = {
    failed = {
      description    = "A push of the platform, signed with the account's key, could not be published. The log of ${local.function_name} says why; the schedule tries the same configuration within minutes."
      namespace      = "QueueIt/CloudFrontConnector"
      metric_name    = "PublishFailed"
      period_seconds = 300
    }
    errors = {
      description    = "${local.function_name} ended without an answer: a time-out or a crash. Its log says why."
      metric_name    = "Errors"
      period_seconds = 300
    }
    throttled = {
      description    = "More requests reach the URL of ${local.function_name} than its concurrency allows: somebody floods it, and pushes of the platform may be lost. The schedule goes on undisturbed."
      metric_name    = "Throttles"
      period_seconds = 300
    }
  }
}

resource "aws_lambda_function_url" "this" {
  # checkov:skip=CKV_AWS_258: the platform signs the body with the account's secret key instead, and knows no other way
  function_name      = module.function.function_name
  authorization_type = var.options.is_public ? "NONE" : "AWS_IAM"

  # The permissions are there before the URL: the provider adds the one below by itself, along with a public URL, unless it finds it,
  # and never takes it away again.
  depends_on = [aws_lambda_permission.invoke_url]
}

# A public URL needs two permissions. Of lambda:InvokeFunction, needed by URLs made since October 2025, aws 5.100 cannot say that it
# holds for calls through the URL alone (invoked_via_function_url came with 6.28). So other accounts may invoke the function directly,
# which gets them what the URL gives anybody: an answer to a request whose body has to be signed with the account's secret key.
resource "aws_lambda_permission" "invoke" {
  # checkov:skip=CKV_AWS_301: the endpoint is public by design and trusts nothing but the signature of the body
  count = var.options.is_public && var.options.invoke_permission ? 1 : 0

  statement_id  = "InvokeThroughUrl"
  function_name = module.function.function_name
  action        = "lambda:InvokeFunction"
  principal     = "*"
}

# Under the name that the provider gives it, so that is_public adds and removes it.
resource "aws_lambda_permission" "invoke_url" {
  # checkov:skip=CKV_AWS_301: as above
  count = var.options.is_public ? 1 : 0

  statement_id           = "FunctionURLAllowPublicAccess"
  function_name          = module.function.function_name
  action                 = "lambda:InvokeFunctionUrl"
  principal              = "*"
  function_url_auth_type = "NONE"

  # One after the other: Lambda refuses a change of a function's policy while another one is under way.
  depends_on = [aws_lambda_permission.invoke]
}
