locals {
  namespace = "QueueIt/CloudFrontConnector"
  home      = "us-east-1"

  # In every region, us-east-1 included, Lambda@Edge reports under this name.
  viewer_request  = "us-east-1.${var.name}-viewer-request"
  viewer_response = "us-east-1.${var.name}-viewer-response"
  config_refresh  = "${var.name}-config-refresh"

  # What the edge counts, in the order of the stack: metric and label.
  decisions = [
    ["SentToQueue", "sent to the waiting room"],
    ["PassedWithToken", "let in with a token"],
    ["PassedWithSession", "browsing on with a session"],
    ["PassedDirectly", "let in by direct pass"],
    ["DirectPassFailed", "let in, direct pass failed"],
    ["PassedUntouched", "no business of the connector"],
    ["Refused", "token or session refused"],
    ["Cancelled", "session ended"],
    ["SwitchedOff", "passed, switched off"],
    ["OtherDecisions", "others"],
  ]

  # One line for each kind of decision: the sum over the regions, whose own lines are not shown.
  decision_lines = concat([
    for index, decision in local.decisions : concat(
      [[{ expression = "SUM(METRICS(\"d${index}r\"))", id = "sum${index}", label = decision[1], region = local.home }]],
      [
        for number, region in var.regions : [
          local.namespace, decision[0], "Connector", var.name,
          { id = "d${index}r${number}", region = region, visible = false },
        ]
      ],
    )
  ]...)

  edge_graphs = [
    {
      title   = "Failed open or closed"
      stat    = "Sum"
      metrics = [for pair in setproduct(var.regions, ["FailedOpen", "FailedClosed"]) : [local.namespace, pair[1], "Connector", var.name, { region = pair[0], label = "${pair[1]} ${pair[0]}" }]]
    },
    {
      title   = "Snapshot last confirmed, seconds ago (worst worker)"
      stat    = "Maximum"
      metrics = [for region in var.regions : [local.namespace, "SnapshotAge", "Connector", var.name, { region = region, label = region }]]
    },
    {
      title   = "Failed polls of the table"
      stat    = "Sum"
      metrics = [for region in var.regions : [local.namespace, "PollFailures", "Connector", var.name, { region = region, label = region }]]
    },
    {
      title   = "Viewer-request: invocations"
      stat    = "Sum"
      metrics = [for region in var.regions : ["AWS/Lambda", "Invocations", "FunctionName", local.viewer_request, { region = region, label = region }]]
    },
    {
      title   = "Viewer-request: duration in ms, 99th percentile"
      stat    = "p99"
      metrics = [for region in var.regions : ["AWS/Lambda", "Duration", "FunctionName", local.viewer_request, { region = region, label = region }]]
    },
    {
      title   = "Viewer-request: concurrent executions"
      stat    = "Maximum"
      metrics = [for region in var.regions : ["AWS/Lambda", "ConcurrentExecutions", "FunctionName", local.viewer_request, { region = region, label = region }]]
    },
    {
      title   = "Errors and throttles of both edge functions"
      stat    = "Sum"
      metrics = [for each in setproduct(var.regions, [local.viewer_request, local.viewer_response], ["Errors", "Throttles"]) : ["AWS/Lambda", each[2], "FunctionName", each[1], { region = each[0], label = "${each[2]} ${trimprefix(each[1], "us-east-1.${var.name}-")} ${each[0]}" }]]
    },
  ]

  refresh_graphs = [
    {
      title   = "Config-refresh: runs"
      stat    = "Sum"
      metrics = [for metric in ["RefreshSucceeded", "RefreshFailed", "Published"] : [local.namespace, metric, "Connector", var.name, { region = local.home }]]
    },
    {
      title   = "Version in force, switched off (1), frozen (1)"
      stat    = "Maximum"
      metrics = [for metric in ["ConfigurationVersion", "Killed", "Frozen"] : [local.namespace, metric, "Connector", var.name, { region = local.home, yAxis = metric == "ConfigurationVersion" ? "left" : "right" }]]
    },
    {
      title   = "Publish endpoint"
      stat    = "Sum"
      metrics = [for metric in ["PublishAccepted", "PublishRefused", "PublishFailed"] : [local.namespace, metric, "Connector", var.name, { region = local.home }]]
    },
    {
      title   = "Config-refresh: errors and duration in ms"
      stat    = "Maximum"
      metrics = [for metric in ["Errors", "Duration"] : ["AWS/Lambda", metric, "FunctionName", local.config_refresh, { region = local.home, yAxis = metric == "Errors" ? "right" : "left" }]]
    },
  ]

  distribution_graphs = [for graph in [
    {
      title   = "CloudFront: edge functions that failed, were invalid or over the limit"
      stat    = "Sum"
      metrics = [for pair in setproduct(var.distribution_ids, ["LambdaExecutionError", "LambdaValidationError", "LambdaLimitExceededErrors"]) : ["AWS/CloudFront", pair[1], "DistributionId", pair[0], "Region", "Global", { region = local.home, label = "${pair[1]} ${pair[0]}" }]]
    },
    {
      title   = "CloudFront: 5xx error rate in %"
      stat    = "Average"
      metrics = [for id in var.distribution_ids : ["AWS/CloudFront", "5xxErrorRate", "DistributionId", id, "Region", "Global", { region = local.home, label = id }]]
    },
  ] : graph if length(var.distribution_ids) > 0]

  # Three graphs a row, below the text, the alarms if any, and the decisions.
  graphs     = concat(local.edge_graphs, local.refresh_graphs)
  graphs_top = length(var.alarm_arns) == 0 ? 9 : 12

  text_widget = {
    type   = "text"
    x      = 0
    y      = 0
    width  = 24
    height = 2
    properties = {
      markdown = "# ${var.name}: Queue-it waiting room\nEdge counts are written once a minute by each busy worker, so they are up to a minute late, and those of a worker that ended are missing. What to do when something looks wrong: docs/operations.md of the module."
    }
  }

  alarm_widgets = length(var.alarm_arns) == 0 ? [] : [{
    type       = "alarm"
    x          = 0
    y          = 2
    width      = 24
    height     = 3
    properties = { title = "Alarms", alarms = var.alarm_arns }
  }]

  decision_widget = {
    type   = "metric"
    x      = 0
    y      = local.graphs_top - 7
    width  = 24
    height = 7
    properties = {
      title   = "Decisions a minute, all listed regions"
      view    = "timeSeries"
      stacked = true
      stat    = "Sum"
      period  = 60
      region  = local.home
      metrics = local.decision_lines
    }
  }

  placed_graphs = concat(
    [for index, graph in local.graphs : merge(graph, { x = index % 3 * 8, y = local.graphs_top + floor(index / 3) * 6 })],
    [for index, graph in local.distribution_graphs : merge(graph, { x = index * 8, y = 0 })],
  )
  widgets = [
    for graph in local.placed_graphs : {
      type   = "metric"
      x      = graph.x
      y      = graph.y
      width  = 8
      height = 6
      properties = {
        title   = graph.title
        view    = "timeSeries"
        stacked = false
        stat    = graph.stat
        period  = 60
        region  = local.home
        metrics = graph.metrics
        yAxis   = { left = { min = 0 } }
      }
    }
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = "${var.name}-queueit"

  # Encoded one by one, because the widgets differ in their types.
  dashboard_body = "{\"widgets\":[${join(",", concat(
    [jsonencode(local.text_widget)],
    [for widget in local.alarm_widgets : jsonencode(widget)],
    [jsonencode(local.decision_widget)],
    [for widget in slice(local.widgets, 0, length(local.graphs)) : jsonencode(widget)],
  ))}]}"
}

# Of its own, as ids of distributions are known after a first apply alone: the other one can be read in the plan.
resource "aws_cloudwatch_dashboard" "distributions" {
  count = length(var.distribution_ids) > 0 ? 1 : 0

  dashboard_name = "${var.name}-queueit-distributions"
  dashboard_body = "{\"widgets\":[${join(",", [for widget in slice(local.widgets, length(local.graphs), length(local.widgets)) : jsonencode(widget)])}]}"
}
