# Every name that an option has is known; what is refused is in inputs.tftest.json.

variables {
  settings         = {}
  edge             = {}
  config_refresh   = {}
  publish_endpoint = null
  log_retention    = null
  dashboard        = null
  given            = {}
}

run "every_name_that_there_is_is_accepted" {
  command = plan

  variables {
    settings         = { session_cookie = { secure = true }, enqueue_token = { enabled = false } }
    log_retention    = { kms_key_arns = { eu-west-1 = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555" } }
    publish_endpoint = {}
    given = {
      settings         = ["session_cookie", "session_cookie.secure", "enqueue_token", "enqueue_token.enabled", "preflight"]
      edge             = ["failure_mode", "log_kms_key_arn"]
      config_refresh   = ["alarms", "alarms.failed_runs"]
      log_retention    = ["kms_key_arns", "kms_key_arns.eu-west-1"]
      publish_endpoint = ["timeout_seconds"]
      dashboard        = []
    }
  }

  assert {
    condition     = jsonencode(output.settings) == jsonencode({ enqueue_token = { enabled = false }, session_cookie = { secure = true } })
    error_message = "The settings are ${jsonencode(output.settings)}"
  }
}
