# Every validation of the objects among the inputs: what is refused, and beside it what is just accepted; a run without
# expect_failures fails when anything is refused.

variables {
  settings         = {}
  edge             = {}
  config_refresh   = {}
  publish_endpoint = null
  log_retention    = null
  dashboard        = null
  given            = {}
}

run "an_unknown_url_matching_is_refused" {
  command = plan

  variables {
    settings = { url_matching = "normalized" }
  }

  expect_failures = [var.settings]
}

run "an_ignored_method_in_small_letters_is_refused" {
  command = plan

  variables {
    settings = { ignored_methods = ["options"] }
  }

  expect_failures = [var.settings]
}

run "an_unknown_same_site_is_refused" {
  command = plan

  variables {
    settings = { session_cookie = { same_site = "lax" } }
  }

  expect_failures = [var.settings]
}

run "same_site_none_without_secure_is_refused" {
  command = plan

  variables {
    settings = { session_cookie = { same_site = "None" } }
  }

  expect_failures = [var.settings]
}

run "same_site_none_with_secure_is_accepted" {
  command = plan

  variables {
    settings = { session_cookie = { same_site = "None", secure = true } }
  }
}

run "a_poll_interval_of_4_seconds_is_refused" {
  command = plan

  variables {
    settings = { poll_interval_seconds = 4 }
  }

  expect_failures = [var.settings]
}

run "a_poll_interval_of_301_seconds_is_refused" {
  command = plan

  variables {
    settings = { poll_interval_seconds = 301 }
  }

  expect_failures = [var.settings]
}

run "a_poll_interval_of_half_seconds_is_refused" {
  command = plan

  variables {
    settings = { poll_interval_seconds = 5.5 }
  }

  expect_failures = [var.settings]
}

run "poll_intervals_from_5_are_accepted" {
  command = plan

  variables {
    settings = { poll_interval_seconds = 5 }
  }
}

run "poll_intervals_up_to_300_are_accepted" {
  command = plan

  variables {
    settings = { poll_interval_seconds = 300 }
  }
}

run "an_unknown_truncated_body_is_refused" {
  command = plan

  variables {
    settings = { truncated_body = "ignore" }
  }

  expect_failures = [var.settings]
}

run "an_origin_with_a_path_is_refused" {
  command = plan

  variables {
    settings = { allowed_origins = ["https://www.example.com/"] }
  }

  expect_failures = [var.settings]
}

run "an_origin_without_tls_is_refused" {
  command = plan

  variables {
    settings = { allowed_origins = ["http://www.example.com"] }
  }

  expect_failures = [var.settings]
}

run "an_origin_with_the_port_that_browsers_leave_out_is_refused" {
  command = plan

  variables {
    settings = { allowed_origins = ["https://www.example.com:443"] }
  }

  expect_failures = [var.settings]
}

run "origins_as_browsers_send_them_are_accepted" {
  command = plan

  variables {
    settings = { allowed_origins = ["https://www.example.com", "https://www.example.com:8443", "http://localhost:8000"] }
  }
}

run "an_enqueue_token_of_29_seconds_is_refused" {
  command = plan

  variables {
    settings = { enqueue_token = { validity_seconds = 29 } }
  }

  expect_failures = [var.settings]
}

run "an_enqueue_token_of_3601_seconds_is_refused" {
  command = plan

  variables {
    settings = { enqueue_token = { validity_seconds = 3601 } }
  }

  expect_failures = [var.settings]
}

run "an_enqueue_token_with_its_defaults_is_accepted" {
  command = plan

  variables {
    settings = { enqueue_token = {} }
  }
}

run "a_verify_service_without_tls_is_refused" {
  command = plan

  variables {
    settings = { verify = { url = "http://verify.example.com" } }
  }

  expect_failures = [var.settings]
}

run "a_direct_pass_service_with_credentials_in_its_url_is_refused" {
  command = plan

  variables {
    settings = { direct_pass = { url = "https://user:word@pass.example.com/" } }
  }

  expect_failures = [var.settings]
}

run "a_verify_timeout_of_99_ms_is_refused" {
  command = plan

  variables {
    settings = { verify = { url = "https://verify.example.com", timeout_ms = 99 } }
  }

  expect_failures = [var.settings]
}

run "a_verify_timeout_of_3001_ms_is_refused" {
  command = plan

  variables {
    settings = { verify = { url = "https://verify.example.com", timeout_ms = 3001 } }
  }

  expect_failures = [var.settings]
}

run "a_direct_pass_timeout_of_799_ms_is_refused" {
  command = plan

  variables {
    settings = { direct_pass = { url = "https://pass.example.com/", timeout_ms = 799 } }
  }

  expect_failures = [var.settings]
}

run "a_direct_pass_timeout_of_4001_ms_is_refused" {
  command = plan

  variables {
    settings = { direct_pass = { url = "https://pass.example.com/", timeout_ms = 4001 } }
  }

  expect_failures = [var.settings]
}

run "an_unknown_on_failure_of_direct_pass_is_refused" {
  command = plan

  variables {
    settings = { direct_pass = { url = "https://pass.example.com/", on_failure = "open" } }
  }

  expect_failures = [var.settings]
}

run "services_with_paths_and_queries_are_accepted" {
  command = plan

  variables {
    settings = { verify = { url = "https://verify.example.com:8443/a/b?c=d" }, direct_pass = { url = "http://localhost:8000/" } }
  }
}

run "a_decision_log_rate_over_1_is_refused" {
  command = plan

  variables {
    settings = { decision_log_rate = 1.1 }
  }

  expect_failures = [var.settings]
}

run "a_decision_log_rate_below_0_is_refused" {
  command = plan

  variables {
    settings = { decision_log_rate = -0.1 }
  }

  expect_failures = [var.settings]
}

run "settings_that_do_not_fit_into_an_environment_are_refused" {
  command = plan

  variables {
    settings = { allowed_origins = [for number in range(100) : "https://www${number}.shop.example.com"] }
  }

  expect_failures = [var.settings]
}

run "an_unknown_failure_mode_is_refused" {
  command = plan

  variables {
    edge = { failure_mode = "close" }
  }

  expect_failures = [var.edge]
}

run "an_edge_function_of_127_mb_is_refused" {
  command = plan

  variables {
    edge = { memory_size_mb = 127 }
  }

  expect_failures = [var.edge]
}

run "an_edge_timeout_of_6_seconds_is_refused" {
  command = plan

  variables {
    edge = { timeout_seconds = 6 }
  }

  expect_failures = [var.edge]
}

run "an_edge_timeout_of_0_seconds_is_refused" {
  command = plan

  variables {
    edge = { timeout_seconds = 0 }
  }

  expect_failures = [var.edge]
}

run "an_edge_runtime_that_is_too_old_is_refused" {
  command = plan

  variables {
    edge = { runtime = "python3.10" }
  }

  expect_failures = [var.edge]
}

run "a_delete_timeout_without_a_unit_is_refused" {
  command = plan

  variables {
    edge = { delete_timeout = "30" }
  }

  expect_failures = [var.edge]
}

run "an_empty_delete_timeout_is_refused" {
  command = plan

  variables {
    edge = { delete_timeout = "" }
  }

  expect_failures = [var.edge]
}

run "an_edge_log_retention_that_cloudwatch_does_not_take_is_refused" {
  command = plan

  variables {
    edge = { log_retention_days = 31 }
  }

  expect_failures = [var.edge]
}

run "an_edge_log_key_that_is_an_id_is_refused" {
  command = plan

  variables {
    edge = { log_kms_key_arn = "11111111-2222-3333-4444-555555555555" }
  }

  expect_failures = [var.edge]
}

run "an_interval_of_0_minutes_is_refused" {
  command = plan

  variables {
    config_refresh = { interval_minutes = 0 }
  }

  expect_failures = [var.config_refresh]
}

run "an_interval_of_61_minutes_is_refused" {
  command = plan

  variables {
    config_refresh = { interval_minutes = 61, alarms = { stale_after_minutes = 180 } }
  }

  expect_failures = [var.config_refresh]
}

run "a_refresh_function_of_64_mb_is_refused" {
  command = plan

  variables {
    config_refresh = { memory_size_mb = 64 }
  }

  expect_failures = [var.config_refresh]
}

run "a_refresh_timeout_of_20_seconds_is_refused" {
  command = plan

  variables {
    config_refresh = { timeout_seconds = 20 }
  }

  expect_failures = [var.config_refresh]
}

run "a_refresh_runtime_that_is_not_python_is_refused" {
  command = plan

  variables {
    config_refresh = { runtime = "nodejs22.x" }
  }

  expect_failures = [var.config_refresh]
}

run "a_reserved_concurrency_of_0_is_refused" {
  command = plan

  variables {
    config_refresh = { reserved_concurrency = 0 }
  }

  expect_failures = [var.config_refresh]
}

run "no_reserved_concurrency_is_accepted" {
  command = plan

  variables {
    config_refresh = { reserved_concurrency = -1 }
  }
}

run "a_dead_letter_queue_of_another_region_is_refused" {
  command = plan

  variables {
    config_refresh = { dead_letter_queue_arn = "arn:aws:sqs:eu-west-1:123456789012:failed" }
  }

  expect_failures = [var.config_refresh]
}

run "a_dead_letter_queue_that_is_fifo_is_refused" {
  command = plan

  variables {
    config_refresh = { dead_letter_queue_arn = "arn:aws:sqs:us-east-1:123456789012:failed.fifo" }
  }

  expect_failures = [var.config_refresh]
}

run "a_snapshot_retention_of_0_days_is_refused" {
  command = plan

  variables {
    config_refresh = { snapshot_retention_days = 0 }
  }

  expect_failures = [var.config_refresh]
}

run "a_base_url_of_plain_http_elsewhere_is_refused" {
  command = plan

  variables {
    config_refresh = { base_url = "http://stand-in.example.com" }
  }

  expect_failures = [var.config_refresh]
}

run "a_base_url_with_a_path_is_refused" {
  command = plan

  variables {
    config_refresh = { base_url = "https://stand-in.example.com/status" }
  }

  expect_failures = [var.config_refresh]
}

run "an_https_base_url_is_accepted" {
  command = plan

  variables {
    config_refresh = { base_url = "https://d111111abcdef8.cloudfront.net" }
  }
}

run "a_refresh_log_retention_that_cloudwatch_does_not_take_is_refused" {
  command = plan

  variables {
    config_refresh = { log_retention_days = 2 }
  }

  expect_failures = [var.config_refresh]
}

run "a_refresh_log_key_in_another_region_is_refused" {
  command = plan

  variables {
    config_refresh = { log_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
  }

  expect_failures = [var.config_refresh]
}

run "an_alarm_after_0_failed_runs_is_refused" {
  command = plan

  variables {
    config_refresh = { alarms = { failed_runs = 0 } }
  }

  expect_failures = [var.config_refresh]
}

run "an_alarm_after_1_missing_run_is_refused" {
  command = plan

  variables {
    config_refresh = { alarms = { missing_runs = 1 } }
  }

  expect_failures = [var.config_refresh]
}

run "an_alarm_that_looks_back_over_more_than_a_day_is_refused" {
  command = plan

  variables {
    config_refresh = { interval_minutes = 60, alarms = { missing_runs = 25, stale_after_minutes = 180 } }
  }

  expect_failures = [var.config_refresh]
}

run "an_alarm_for_age_sooner_than_two_runs_is_refused" {
  command = plan

  variables {
    config_refresh = { interval_minutes = 10 }
  }

  expect_failures = [var.config_refresh]
}

run "an_alarm_for_age_after_more_than_a_day_is_refused" {
  command = plan

  variables {
    config_refresh = { alarms = { stale_after_minutes = 1441 } }
  }

  expect_failures = [var.config_refresh]
}

run "a_slow_schedule_with_alarms_to_match_is_accepted" {
  command = plan

  variables {
    config_refresh = { interval_minutes = 60, alarms = { failed_runs = 24, missing_runs = 2, stale_after_minutes = 1440 } }
  }
}

run "a_publish_endpoint_with_64_megabytes_is_refused" {
  command = plan

  variables {
    publish_endpoint = { memory_size_mb = 64 }
  }

  expect_failures = [var.publish_endpoint]
}

run "a_publish_endpoint_with_5_seconds_is_refused" {
  command = plan

  variables {
    publish_endpoint = { timeout_seconds = 5 }
  }

  expect_failures = [var.publish_endpoint]
}

run "a_publish_endpoint_that_may_never_run_is_refused" {
  command = plan

  variables {
    publish_endpoint = { reserved_concurrency = 0 }
  }

  expect_failures = [var.publish_endpoint]
}

run "a_publish_endpoint_with_its_defaults_is_accepted" {
  command = plan

  variables {
    publish_endpoint = {}
  }
}

run "log_retention_every_0_hours_is_refused" {
  command = plan

  variables {
    log_retention = { interval_hours = 0 }
  }

  expect_failures = [var.log_retention]
}

run "a_log_retention_key_of_another_region_is_refused" {
  command = plan

  variables {
    log_retention = { kms_key_arns = { eu-west-1 = "arn:aws:kms:eu-west-2:123456789012:key/0a1b" } }
  }

  expect_failures = [var.log_retention]
}

run "a_log_retention_key_of_its_region_is_accepted" {
  command = plan

  variables {
    log_retention = { kms_key_arns = { eu-west-1 = "arn:aws:kms:eu-west-1:123456789012:key/0a1b" } }
  }
}

run "a_dashboard_of_no_region_is_refused" {
  command = plan

  variables {
    dashboard = { regions = [] }
  }

  expect_failures = [var.dashboard]
}

run "a_dashboard_of_a_region_twice_is_refused" {
  command = plan

  variables {
    dashboard = { regions = ["us-east-1", "us-east-1"] }
  }

  expect_failures = [var.dashboard]
}

run "a_dashboard_of_a_city_is_refused" {
  command = plan

  variables {
    dashboard = { regions = ["Frankfurt"] }
  }

  expect_failures = [var.dashboard]
}

run "a_dashboard_of_a_domain_name_is_refused" {
  command = plan

  variables {
    dashboard = { distribution_ids = ["d111111abcdef8.cloudfront.net"] }
  }

  expect_failures = [var.dashboard]
}

run "a_dashboard_of_two_regions_is_accepted" {
  command = plan

  variables {
    dashboard = { regions = ["us-east-1", "eu-west-1"], distribution_ids = ["EDFDVBD6EXAMPLE"] }
  }
}

run "an_unknown_own_domain_is_refused" {
  command = plan

  variables {
    settings = { own_domain = "pass" }
  }

  expect_failures = [var.settings]
}

run "an_unknown_preflight_is_refused" {
  command = plan

  variables {
    settings = { preflight = "ignore" }
  }

  expect_failures = [var.settings]
}

run "a_setting_that_there_is_not_is_refused" {
  command = plan

  variables {
    given = { settings = ["preflights"] }
  }

  expect_failures = [var.given]
}

run "a_setting_that_there_is_not_in_an_object_is_refused" {
  command = plan

  variables {
    given = { settings = ["session_cookie", "session_cookie.samesite"] }
  }

  expect_failures = [var.given]
}

run "an_attribute_of_another_option_is_refused" {
  command = plan

  variables {
    given = { edge = ["interval_minutes"] }
  }

  expect_failures = [var.given]
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

run "an_edge_function_of_10240_mb_is_accepted" {
  command = plan

  variables {
    edge = { memory_size_mb = 10240 }
  }
}
