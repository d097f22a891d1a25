# Every validation of the inputs: what is refused. This folder is the variables alone, without the provider: a run takes milliseconds.

variables {
  name = "shop"
  lambda_function_associations = {
    viewer-request = {
      event_type   = "viewer-request"
      lambda_arn   = "arn:aws:lambda:us-east-1:123456789012:function:shop-viewer-request:3"
      include_body = true
    }
    viewer-response = {
      event_type = "viewer-response"
      lambda_arn = "arn:aws:lambda:us-east-1:123456789012:function:shop-viewer-response:3"
    }
  }
  distributions = {
    shop = { distribution_id = "ESHOP", path_patterns = [null, "/tickets/*"] }
    fans = { distribution_id = "EFANS", path_patterns = ["*"], on_conflict = "replace", remember_previous = true }
  }
}

run "a_name_that_functions_do_not_take_is_refused" {
  command = plan

  variables {
    name = "a b"
  }

  expect_failures = [var.name]
}

run "one_function_alone_is_refused" {
  command = plan

  variables {
    lambda_function_associations = {
      viewer-request = { event_type = "viewer-request", lambda_arn = "arn:aws:lambda:us-east-1:123456789012:function:shop-viewer-request:3" }
    }
  }

  expect_failures = [var.lambda_function_associations]
}

run "an_unqualified_arn_is_refused" {
  command = plan

  variables {
    lambda_function_associations = {
      viewer-request  = { event_type = "viewer-request", lambda_arn = "arn:aws:lambda:us-east-1:123456789012:function:shop-viewer-request" }
      viewer-response = { event_type = "viewer-response", lambda_arn = "arn:aws:lambda:us-east-1:123456789012:function:shop-viewer-response:3" }
    }
  }

  expect_failures = [var.lambda_function_associations]
}

run "latest_is_refused" {
  command = plan

  variables {
    lambda_function_associations = {
      viewer-request  = { event_type = "viewer-request", lambda_arn = "arn:aws:lambda:us-east-1:123456789012:function:shop-viewer-request:$LATEST" }
      viewer-response = { event_type = "viewer-response", lambda_arn = "arn:aws:lambda:us-east-1:123456789012:function:shop-viewer-response:3" }
    }
  }

  expect_failures = [var.lambda_function_associations]
}

run "a_function_of_another_region_is_refused" {
  command = plan

  variables {
    lambda_function_associations = {
      viewer-request  = { event_type = "viewer-request", lambda_arn = "arn:aws:lambda:eu-west-1:123456789012:function:shop-viewer-request:3" }
      viewer-response = { event_type = "viewer-response", lambda_arn = "arn:aws:lambda:us-east-1:123456789012:function:shop-viewer-response:3" }
    }
  }

  expect_failures = [var.lambda_function_associations]
}

run "functions_of_another_connector_are_refused" {
  command = plan

  variables {
    name = "club"
  }

  expect_failures = [var.lambda_function_associations]
}

run "a_body_for_a_response_is_refused" {
  command = plan

  variables {
    lambda_function_associations = {
      viewer-request  = { event_type = "viewer-request", lambda_arn = "arn:aws:lambda:us-east-1:123456789012:function:shop-viewer-request:3" }
      viewer-response = { event_type = "viewer-response", lambda_arn = "arn:aws:lambda:us-east-1:123456789012:function:shop-viewer-response:3", include_body = true }
    }
  }

  expect_failures = [var.lambda_function_associations]
}

run "a_domain_name_is_no_distribution_id" {
  command = plan

  variables {
    distributions = { shop = { distribution_id = "d111111abcdef8.cloudfront.net", path_patterns = ["*"] } }
  }

  expect_failures = [var.distributions]
}

run "a_distribution_named_twice_is_refused" {
  command = plan

  variables {
    distributions = {
      shop  = { distribution_id = "ESHOP", path_patterns = ["*"] }
      again = { distribution_id = "ESHOP", path_patterns = ["/tickets/*"] }
    }
  }

  expect_failures = [var.distributions]
}

run "no_path_patterns_are_refused" {
  command = plan

  variables {
    distributions = { shop = { distribution_id = "ESHOP", path_patterns = [] } }
  }

  expect_failures = [var.distributions]
}

run "an_unknown_on_conflict_is_refused" {
  command = plan

  variables {
    distributions = { shop = { distribution_id = "ESHOP", path_patterns = ["*"], on_conflict = "ask" } }
  }

  expect_failures = [var.distributions]
}

run "a_quota_that_is_none_is_refused" {
  command = plan

  variables {
    distributions = { shop = { distribution_id = "ESHOP", path_patterns = ["*"], association_quota = 0 } }
  }

  expect_failures = [var.distributions]
}

run "an_unknown_runtime_is_refused" {
  command = plan

  variables {
    runtime = "python3.9"
  }

  expect_failures = [var.runtime]
}
