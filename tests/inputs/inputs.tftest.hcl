# Every validation of the inputs that are no objects: what is refused, and beside it what is just accepted; a run without
# expect_failures fails when anything is refused. This folder is the variables alone, without the provider: a run takes milliseconds.

variables {
  name        = "shop"
  customer_id = "acme"
  secret_key  = "not-a-real-secret-key"
  api_key     = "not-a-real-api-key"
}

run "a_name_of_2_characters_is_refused" {
  command = plan

  variables {
    name = "ab"
  }

  expect_failures = [var.name]
}

run "a_name_of_41_characters_is_refused" {
  command = plan

  variables {
    name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.name]
}

run "a_name_with_a_dot_is_refused" {
  command = plan

  variables {
    name = "shop.example"
  }

  expect_failures = [var.name]
}

run "a_name_that_begins_with_a_digit_is_refused" {
  command = plan

  variables {
    name = "1shop"
  }

  expect_failures = [var.name]
}

run "a_name_of_3_characters_is_accepted" {
  command = plan

  variables {
    name = "a-1"
  }
}

run "a_name_of_40_characters_is_accepted" {
  command = plan

  variables {
    name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }
}

run "a_customer_id_that_is_a_host_is_refused" {
  command = plan

  variables {
    customer_id = "acme.queue-it.net"
  }

  expect_failures = [var.customer_id]
}

run "an_empty_customer_id_is_refused" {
  command = plan

  variables {
    customer_id = ""
  }

  expect_failures = [var.customer_id]
}

run "no_credentials_at_all_are_refused" {
  command = plan

  variables {
    secret_key = null
    api_key    = null
  }

  expect_failures = [var.secret_key, var.api_key]
}

run "a_secret_key_without_an_api_key_is_refused" {
  command = plan

  variables {
    api_key = null
  }

  expect_failures = [var.api_key]
}

run "an_api_key_without_a_secret_key_is_refused" {
  command = plan

  variables {
    secret_key = null
  }

  expect_failures = [var.secret_key]
}

run "an_existing_secret_beside_keys_is_refused" {
  command = plan

  variables {
    credentials = { secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:queue-it-AbCdEf" }
  }

  expect_failures = [var.secret_key, var.api_key]
}

run "an_existing_secret_beside_a_previous_secret_key_is_refused" {
  command = plan

  variables {
    credentials         = { secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:queue-it-AbCdEf" }
    secret_key          = null
    api_key             = null
    previous_secret_key = "not-a-real-old-key"
  }

  expect_failures = [var.previous_secret_key]
}

run "an_existing_secret_beside_a_proxy_key_is_refused" {
  command = plan

  variables {
    credentials = { secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:queue-it-AbCdEf" }
    secret_key  = null
    api_key     = null
    proxy_key   = "not-a-real-proxy-key"
  }

  expect_failures = [var.proxy_key]
}

run "an_existing_secret_alone_is_accepted" {
  command = plan

  variables {
    credentials = { secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:queue-it-AbCdEf", kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
    secret_key  = null
    api_key     = null
  }
}

run "a_secret_arn_without_its_last_six_characters_is_refused" {
  command = plan

  variables {
    credentials = { secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:queueit" }
    secret_key  = null
    api_key     = null
  }

  expect_failures = [var.credentials]
}

run "a_secret_in_another_region_is_refused" {
  command = plan

  variables {
    credentials = { secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:queue-it-AbCdEf" }
    secret_key  = null
    api_key     = null
  }

  expect_failures = [var.credentials]
}

run "a_secrets_key_that_is_an_alias_is_refused" {
  command = plan

  variables {
    credentials = { secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:queue-it-AbCdEf", kms_key_arn = "arn:aws:kms:us-east-1:123456789012:alias/queue-it" }
    secret_key  = null
    api_key     = null
  }

  expect_failures = [var.credentials]
}

run "an_empty_secret_key_is_refused" {
  command = plan

  variables {
    secret_key = ""
  }

  expect_failures = [var.secret_key]
}

run "a_secret_key_with_a_line_break_at_its_end_is_refused" {
  command = plan

  variables {
    secret_key = "not-a-real-secret-key\n"
  }

  expect_failures = [var.secret_key]
}

run "an_empty_api_key_is_refused" {
  command = plan

  variables {
    api_key = ""
  }

  expect_failures = [var.api_key]
}

run "an_api_key_with_a_blank_before_it_is_refused" {
  command = plan

  variables {
    api_key = " not-a-real-api-key"
  }

  expect_failures = [var.api_key]
}

run "a_previous_secret_key_that_is_the_present_one_is_refused" {
  command = plan

  variables {
    previous_secret_key = "not-a-real-secret-key"
  }

  expect_failures = [var.previous_secret_key]
}

run "a_next_secret_key_that_is_the_present_one_is_refused" {
  command = plan

  variables {
    next_secret_key = "not-a-real-secret-key"
  }

  expect_failures = [var.next_secret_key]
}

run "an_existing_secret_beside_a_next_secret_key_is_refused" {
  command = plan

  variables {
    credentials     = { secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:queue-it-AbCdEf" }
    secret_key      = null
    api_key         = null
    next_secret_key = "not-a-real-key-to-come"
  }

  expect_failures = [var.next_secret_key]
}

run "an_empty_previous_secret_key_is_refused" {
  command = plan

  variables {
    previous_secret_key = ""
  }

  expect_failures = [var.previous_secret_key]
}

run "an_empty_proxy_key_is_refused" {
  command = plan

  variables {
    proxy_key = ""
  }

  expect_failures = [var.proxy_key]
}

run "all_five_keys_are_accepted" {
  command = plan

  variables {
    next_secret_key     = "not-a-real-key-to-come"
    previous_secret_key = "not-a-real-old-key"
    proxy_key           = "not-a-real-proxy-key"
  }
}

run "credentials_version_0_is_refused" {
  command = plan

  variables {
    credentials_version = 0
  }

  expect_failures = [var.credentials_version]
}

run "credentials_version_1_and_a_half_is_refused" {
  command = plan

  variables {
    credentials_version = 1.5
  }

  expect_failures = [var.credentials_version]
}

run "a_pinned_version_of_another_event_is_refused" {
  command = plan

  variables {
    pinned_versions = { viewer-request = "1", origin-request = "1" }
  }

  expect_failures = [var.pinned_versions]
}

run "a_pinned_latest_is_refused" {
  command = plan

  variables {
    pinned_versions = { viewer-request = "$LATEST", viewer-response = "$LATEST" }
  }

  expect_failures = [var.pinned_versions]
}

run "one_pinned_function_alone_is_refused" {
  command = plan

  variables {
    pinned_versions = { viewer-request = "1" }
  }

  expect_failures = [var.pinned_versions]
}

run "a_replica_in_us_east_1_is_refused" {
  command = plan

  variables {
    replica_regions = { us-east-1 = {} }
  }

  expect_failures = [var.replica_regions]
}

run "a_replica_in_a_place_that_is_no_region_is_refused" {
  command = plan

  variables {
    replica_regions = { ireland = {} }
  }

  expect_failures = [var.replica_regions]
}

run "a_replicas_key_of_another_region_is_refused" {
  command = plan

  variables {
    kms_key_arn     = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    replica_regions = { eu-west-1 = { kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555" } }
  }

  expect_failures = [var.replica_regions]
}

run "a_replica_without_a_key_beside_a_table_with_one_is_refused" {
  command = plan

  variables {
    kms_key_arn     = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    replica_regions = { eu-west-1 = {} }
  }

  expect_failures = [var.replica_regions]
}

run "a_replica_with_a_key_beside_a_table_without_one_is_refused" {
  command = plan

  variables {
    replica_regions = { eu-west-1 = { kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555" } }
  }

  expect_failures = [var.replica_regions]
}

run "a_table_and_replicas_with_keys_of_their_regions_are_accepted" {
  command = plan

  variables {
    kms_key_arn     = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    replica_regions = { eu-west-1 = { kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555" } }
  }
}

run "a_key_that_is_an_alias_is_refused" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:alias/shop"
  }

  expect_failures = [var.kms_key_arn]
}

run "a_boundary_that_is_a_role_is_refused" {
  command = plan

  variables {
    permissions_boundary = "arn:aws:iam::123456789012:role/boundary"
  }

  expect_failures = [var.permissions_boundary]
}

run "a_role_path_without_its_last_slash_is_refused" {
  command = plan

  variables {
    role_path = "/edge"
  }

  expect_failures = [var.role_path]
}

run "a_topic_of_another_region_is_refused" {
  command = plan

  variables {
    alarm_topic_arns = ["arn:aws:sns:eu-west-1:123456789012:on-call"]
  }

  expect_failures = [var.alarm_topic_arns]
}

run "a_topic_that_is_a_name_is_refused" {
  command = plan

  variables {
    alarm_topic_arns = ["on-call"]
  }

  expect_failures = [var.alarm_topic_arns]
}

run "a_tag_that_begins_with_aws_is_refused" {
  command = plan

  variables {
    tags = { "aws:team" = "web" }
  }

  expect_failures = [var.tags]
}

run "a_tag_with_an_empty_key_is_refused" {
  command = plan

  variables {
    tags = { "" = "web" }
  }

  expect_failures = [var.tags]
}

run "a_secret_key_with_a_letter_outside_ascii_is_refused" {
  command = plan

  variables {
    secret_key = "not-a-réal-secret-key"
  }

  expect_failures = [var.secret_key]
}

run "an_api_key_with_a_tab_in_it_is_refused" {
  command = plan

  variables {
    api_key = "not-a-real\tapi-key"
  }

  expect_failures = [var.api_key]
}

run "a_proxy_key_with_a_line_break_is_refused" {
  command = plan

  variables {
    proxy_key = "not-a-real-proxy-key\n"
  }

  expect_failures = [var.proxy_key]
}

run "a_previous_secret_key_with_a_blank_before_it_is_refused" {
  command = plan

  variables {
    previous_secret_key = " not-a-real-old-key"
  }

  expect_failures = [var.previous_secret_key]
}

run "a_secret_that_can_be_restored_for_3_days_is_refused" {
  command = plan

  variables {
    secret_recovery_window_days = 3
  }

  expect_failures = [var.secret_recovery_window_days]
}

run "a_distribution_that_is_an_id_is_refused" {
  command = plan

  variables {
    distribution_arns = ["EDFDVBD6EXAMPLE"]
  }

  expect_failures = [var.distribution_arns]
}
