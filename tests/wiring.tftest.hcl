# The precondition, what the settings become on their way into the snapshot, and the shape of every output. The provider is mocked,
# so there is no AWS behind it; override_during makes what AWS would answer known in a plan already.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  name        = "shop"
  customer_id = "acme"
  secret_key  = "not-a-real-secret-key"
  api_key     = "not-a-real-api-key"
}

run "a_provider_of_another_region_is_refused" {
  command = plan

  override_data {
    target = data.aws_service.this
    values = { region = "eu-west-1" }
  }

  expect_failures = [data.aws_service.this]
}

run "the_smallest_input_gives_every_output" {
  command = plan

  assert {
    condition = output.lambda_function_associations == {
      viewer-request = {
        event_type   = "viewer-request"
        lambda_arn   = "arn:aws:lambda:us-east-1:123456789012:function:mocked:7"
        include_body = false
      }
      viewer-response = {
        event_type   = "viewer-response"
        lambda_arn   = "arn:aws:lambda:us-east-1:123456789012:function:mocked:7"
        include_body = false
      }
    }
    error_message = "lambda_function_associations is ${jsonencode(output.lambda_function_associations)}"
  }

  assert {
    condition = output.functions == {
      for event_type in ["viewer-request", "viewer-response"] : event_type => {
        name          = "shop-${event_type}"
        arn           = "arn:aws:lambda:us-east-1:123456789012:function:mocked"
        version       = "7"
        qualified_arn = "arn:aws:lambda:us-east-1:123456789012:function:mocked:7"
      }
    }
    error_message = "functions is ${jsonencode(output.functions)}"
  }

  assert {
    condition     = output.config_refresh_function == { name = "shop-config-refresh", arn = "arn:aws:lambda:us-east-1:123456789012:function:mocked" }
    error_message = "config_refresh_function is ${jsonencode(output.config_refresh_function)}"
  }

  assert {
    condition     = output.table_name == "shop" && output.table_arn == "arn:aws:dynamodb:us-east-1:123456789012:table/shop"
    error_message = "The table is ${output.table_name}, ${output.table_arn}"
  }

  assert {
    condition     = output.secret_arn == "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-credentials-AbCdEf"
    error_message = "secret_arn is ${output.secret_arn}"
  }

  assert {
    condition     = output.role_names == { edge = "shop-edge", config_refresh = "shop-config-refresh", schedule = "shop-schedule" }
    error_message = "role_names is ${jsonencode(output.role_names)}"
  }

  assert {
    condition = output.log_group_names == {
      viewer-request  = "/aws/lambda/us-east-1.shop-viewer-request"
      viewer-response = "/aws/lambda/us-east-1.shop-viewer-response"
      config-refresh  = "/aws/lambda/shop-config-refresh"
    }
    error_message = "log_group_names is ${jsonencode(output.log_group_names)}"
  }

  assert {
    condition = output.alarm_names == {
      for alarm in ["failed", "missing", "configuration-age"] : alarm => "shop-config-refresh-${alarm}"
    }
    error_message = "alarm_names is ${jsonencode(output.alarm_names)}"
  }

  assert {
    condition     = output.snapshot == { outcome = "published", snapshot = "5f2b", version = 12 } && output.body_trigger_warnings == []
    error_message = "snapshot is ${jsonencode(output.snapshot)}, body_trigger_warnings ${jsonencode(output.body_trigger_warnings)}"
  }

  assert {
    condition     = toset(keys(output.deployer_policies)) == toset(["data", "distributions", "functions", "roles"]) && alltrue([for json in values(output.deployer_policies) : can(jsondecode(json).Statement[0].Action)])
    error_message = "deployer_policies is ${jsonencode(output.deployer_policies)}"
  }

  assert {
    condition     = output.latest_lambda_function_associations == output.lambda_function_associations && length(output.lambda_function_association_list) == 2
    error_message = "The lists are ${jsonencode(output.lambda_function_association_list)}"
  }

  assert {
    condition     = jsondecode(module.config_refresh.environment.QUEUEIT_SETTINGS) == {}
    error_message = "The snapshot's settings are ${module.config_refresh.environment.QUEUEIT_SETTINGS}, though none is given"
  }

  assert {
    condition     = output.publish_url == null && output.dashboard_name == null
    error_message = "publish_url is ${jsonencode(output.publish_url)}, dashboard_name is ${jsonencode(output.dashboard_name)}"
  }
}

run "what_is_given_is_sent_under_its_own_name_and_pins_are_what_associations_name" {
  command = plan

  variables {
    enabled         = false
    include_body    = true
    pinned_versions = { viewer-request = "3", viewer-response = "4" }
    replica_regions = { eu-west-1 = {}, ap-northeast-1 = {} }
    config_refresh  = { base_url = "https://d111111abcdef8.cloudfront.net" }
    settings = {
      url_matching          = "as_configured"
      own_domain            = "as_sent"
      preflight             = "decide"
      ignored_methods       = []
      session_cookie        = { same_site = "Strict", http_only = false }
      poll_interval_seconds = 10
      truncated_body        = "visible_part"
      allowed_origins       = ["https://www.example.com"]
      enqueue_token         = { x_forwarded_for = true }
      verify                = { url = "https://verify.example.com" }
      direct_pass           = { url = "https://pass.example.com", on_failure = "queue" }
      diagnostics           = false
      decision_log_rate     = 0
    }
  }

  assert {
    condition = jsondecode(module.config_refresh.environment.QUEUEIT_SETTINGS) == {
      enabled               = false
      url_matching          = "as_configured"
      own_domain            = "as_sent"
      preflight             = "decide"
      ignored_methods       = []
      session_cookie        = { same_site = "Strict", http_only = false }
      poll_interval_seconds = 10
      truncated_body        = "visible_part"
      allowed_origins       = ["https://www.example.com"]
      enqueue_token         = { x_forwarded_for = true }
      verify                = { url = "https://verify.example.com" }
      direct_pass           = { url = "https://pass.example.com", on_failure = "queue" }
      diagnostics           = false
      decision_log_rate     = 0
      include_body          = true
      replica_regions       = ["ap-northeast-1", "eu-west-1"]
    }
    error_message = "The snapshot's settings are ${module.config_refresh.environment.QUEUEIT_SETTINGS}"
  }

  assert {
    condition     = module.config_refresh.environment.QUEUEIT_BASE_URL == "https://d111111abcdef8.cloudfront.net"
    error_message = "The configuration is downloaded from ${module.config_refresh.environment.QUEUEIT_BASE_URL}"
  }

  assert {
    condition     = output.lambda_function_associations["viewer-request"].include_body && !output.lambda_function_associations["viewer-response"].include_body
    error_message = "CloudFront shows a body to viewer-request alone, but the associations are ${jsonencode(output.lambda_function_associations)}"
  }

  assert {
    condition = { for event_type, association in output.lambda_function_associations : event_type => association.lambda_arn } == {
      viewer-request  = "arn:aws:lambda:us-east-1:123456789012:function:shop-viewer-request:3"
      viewer-response = "arn:aws:lambda:us-east-1:123456789012:function:shop-viewer-response:4"
    }
    error_message = "The associations are ${jsonencode(output.lambda_function_associations)}"
  }

  assert {
    condition     = output.functions["viewer-request"].version == "7"
    error_message = "functions names version ${output.functions["viewer-request"].version}, not the latest one"
  }
}

run "an_existing_secret_is_read_and_no_other_is_made_and_warnings_of_the_first_run_are_an_output" {
  command = plan

  override_resource {
    target          = module.config_refresh.aws_lambda_invocation.this
    override_during = plan
    values          = { result = "{\"outcome\": \"unchanged\", \"snapshot\": \"5f2b\", \"version\": 12, \"warnings\": [\"a body trigger\"]}" }
  }

  variables {
    credentials = {
      secret_arn  = "arn:aws:secretsmanager:us-east-1:123456789012:secret:queue-it-AbCdEf"
      kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    }
    secret_key = null
    api_key    = null
  }

  assert {
    condition     = length(aws_secretsmanager_secret.this) == 0 && length(aws_secretsmanager_secret_version.this) == 0
    error_message = "There is a secret of the module's own beside the existing one"
  }

  assert {
    condition     = output.secret_arn == var.credentials.secret_arn && module.config_refresh.environment.QUEUEIT_SECRET_ARN == var.credentials.secret_arn
    error_message = "config-refresh reads ${module.config_refresh.environment.QUEUEIT_SECRET_ARN}"
  }

  assert {
    condition     = !strcontains(jsonencode(output.deployer_policies), "secretsmanager")
    error_message = "The deployer may touch secrets, though the module stores none"
  }

  assert {
    condition     = jsonencode(output.body_trigger_warnings) == jsonencode(["a body trigger"])
    error_message = "body_trigger_warnings is ${jsonencode(output.body_trigger_warnings)}"
  }
}

run "the_longest_inputs_fit_into_managed_policies_and_outputs_name_every_part" {
  command = plan

  variables {
    name                 = "a123456789012345678901234567890123456789"
    role_path            = "/applications/waiting-room/"
    permissions_boundary = "arn:aws:iam::123456789012:policy/boundaries/applications"
    kms_key_arn          = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    replica_regions = {
      eu-west-1      = { kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
      ap-northeast-1 = { kms_key_arn = "arn:aws:kms:ap-northeast-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
      ap-southeast-2 = { kms_key_arn = "arn:aws:kms:ap-southeast-2:123456789012:key/11111111-2222-3333-4444-555555555555" }
      ap-northeast-2 = { kms_key_arn = "arn:aws:kms:ap-northeast-2:123456789012:key/11111111-2222-3333-4444-555555555555" }
      ap-southeast-1 = { kms_key_arn = "arn:aws:kms:ap-southeast-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
    }
    publish_endpoint  = {}
    log_retention     = {}
    dashboard         = {}
    distribution_arns = [for number in range(20) : "arn:aws:cloudfront::123456789012:distribution/EDFDVBD6EXAMP${number}"]
  }

  assert {
    condition     = alltrue([for json in values(output.deployer_policies) : length(json) <= 6144])
    error_message = "A managed policy takes 6,144 characters; these are ${jsonencode({ for purpose, json in output.deployer_policies : purpose => length(json) })}"
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(output.deployer_policies["roles"]).Statement :
      statement.Sid == "CreateRoles" && try(statement.Condition.StringEquals["iam:PermissionsBoundary"], "") == var.permissions_boundary
    ])
    error_message = "The deployer may make roles without the boundary"
  }

  assert {
    condition     = output.dashboard_name == "${var.name}-queueit"
    error_message = "dashboard_name is ${jsonencode(output.dashboard_name)}"
  }

  assert {
    condition     = length(setsubtract(["publish", "log_retention", "log_retention_schedule"], keys(output.role_names))) == 0
    error_message = "role_names is ${jsonencode(output.role_names)}"
  }

  assert {
    condition     = output.log_group_names["publish"] == "/aws/lambda/${var.name}-publish" && output.log_group_names["log-retention"] == "/aws/lambda/${var.name}-log-retention"
    error_message = "log_group_names is ${jsonencode(output.log_group_names)}"
  }

  assert {
    condition     = length(setsubtract(["publish-failed", "publish-errors", "publish-throttled", "log-retention"], keys(output.alarm_names))) == 0
    error_message = "alarm_names is ${jsonencode(output.alarm_names)}"
  }

  assert {
    condition     = output.publish_url == "https://mocked.lambda-url.us-east-1.on.aws/"
    error_message = "publish_url is ${jsonencode(output.publish_url)}"
  }
}
