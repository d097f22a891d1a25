# The dashboard's body, and what its inputs refuse. The provider is mocked, so there is no AWS behind it.

mock_provider "aws" {}

variables {
  name    = "shop"
  regions = ["us-east-1", "eu-central-1"]
}

run "the_edge_functions_are_shown_by_the_names_that_they_have_in_every_region" {
  command = plan

  assert {
    condition     = aws_cloudwatch_dashboard.this.dashboard_name == "shop-queueit"
    error_message = "The dashboard is not called after the connector."
  }

  assert {
    condition = alltrue([
      for region in var.regions : contains(flatten([
        for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : [
          for metric in try(widget.properties.metrics, []) : metric[4].region
          if try(metric[3] == "us-east-1.shop-viewer-request" && metric[1] == "Invocations", false)
        ]
      ]), region)
    ])
    error_message = "Invocations of us-east-1.shop-viewer-request are not shown in every region."
  }

  assert {
    condition = toset(flatten([
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : [
        for metric in try(widget.properties.metrics, []) : metric[0] if length(metric) > 1
      ]
    ])) == toset(["QueueIt/CloudFrontConnector", "AWS/Lambda"])
    error_message = "There are metrics of other namespaces, or one of the two is missing."
  }
}

run "decisions_are_summed_over_the_regions" {
  command = plan

  assert {
    condition = jsonencode([
      for metric in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[1].properties.metrics : metric
      if try(metric[0].id == "sum0", false) || try(startswith(metric[4].id, "d0r"), false)
      ]) == jsonencode([
      [{ expression = "SUM(METRICS(\"d0r\"))", id = "sum0", label = "sent to the waiting room", region = "us-east-1" }],
      ["QueueIt/CloudFrontConnector", "SentToQueue", "Connector", "shop", { id = "d0r0", region = "us-east-1", visible = false }],
      ["QueueIt/CloudFrontConnector", "SentToQueue", "Connector", "shop", { id = "d0r1", region = "eu-central-1", visible = false }],
    ])
    error_message = "Visitors sent to the waiting room are not the sum of both regions."
  }
}

run "no_two_widgets_overlap_and_none_is_wider_than_the_grid" {
  command = plan

  variables {
    distribution_ids = ["EDFDVBD6EXAMPLE"]
    alarm_arns       = ["arn:aws:cloudwatch:us-east-1:123456789012:alarm:shop-config-refresh-failed"]
  }

  assert {
    condition = length(distinct(flatten([
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : [
        for cell in setproduct(range(widget.x, widget.x + widget.width), range(widget.y, widget.y + widget.height)) : "${cell[0]},${cell[1]}"
      ]
      ]))) == sum([
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : widget.width * widget.height
    ])
    error_message = "Two widgets overlap."
  }

  assert {
    condition = alltrue([
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : widget.x + widget.width <= 24
    ])
    error_message = "A widget is wider than the grid."
  }
}

run "distributions_and_alarms_are_shown_where_they_are_named" {
  command = plan

  variables {
    distribution_ids = ["EDFDVBD6EXAMPLE"]
    alarm_arns       = ["arn:aws:cloudwatch:us-east-1:123456789012:alarm:shop-config-refresh-failed"]
  }

  assert {
    condition = toset(flatten([
      for widget in jsondecode(aws_cloudwatch_dashboard.distributions[0].dashboard_body).widgets : [
        for metric in try(widget.properties.metrics, []) : metric[1] if try(metric[0] == "AWS/CloudFront" && metric[3] == "EDFDVBD6EXAMPLE", false)
      ]
    ])) == toset(["LambdaExecutionError", "LambdaValidationError", "LambdaLimitExceededErrors", "5xxErrorRate"])
    error_message = "The distribution's metrics are not the four that matter."
  }

  assert {
    condition     = tolist(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[1].properties.alarms) == tolist(var.alarm_arns)
    error_message = "The alarms are not shown on top."
  }
}

run "without_distributions_nothing_of_cloudfront_is_shown" {
  command = plan

  assert {
    condition     = length(aws_cloudwatch_dashboard.distributions) == 0 && !strcontains(aws_cloudwatch_dashboard.this.dashboard_body, "AWS/CloudFront\"")
    error_message = "CloudFront's metrics are shown without a distribution."
  }
}

run "no_region_is_refused" {
  command = plan

  variables {
    regions = []
  }

  expect_failures = [var.regions]
}

run "a_region_that_is_none_is_refused" {
  command = plan

  variables {
    regions = ["Frankfurt"]
  }

  expect_failures = [var.regions]
}

run "a_region_twice_is_refused" {
  command = plan

  variables {
    regions = ["us-east-1", "us-east-1"]
  }

  expect_failures = [var.regions]
}

run "a_distributions_domain_name_is_refused" {
  command = plan

  variables {
    distribution_ids = ["d111111abcdef8.cloudfront.net"]
  }

  expect_failures = [var.distribution_ids]
}
