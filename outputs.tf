output "lambda_function_associations" {
  description = "What a behavior's lambda_function_association takes, by event type (viewer-request, viewer-response): event_type, lambda_arn (of a numbered version) and include_body. Fits terraform-aws-modules/cloudfront and one dynamic block alike."
  value       = module.edge_functions.lambda_function_associations

  # A behavior must not point at the functions before the first snapshot is in the table: they would fail open, or closed.
  depends_on = [module.config_refresh]
}

output "latest_lambda_function_associations" {
  description = "As lambda_function_associations, but always of the latest versions: for a canary, while the other distributions are pinned."
  value       = module.edge_functions.latest_lambda_function_associations

  depends_on = [module.config_refresh]
}

output "lambda_function_association_list" {
  description = "lambda_function_associations as a list, for modules that take one, such as cloudposse's cloudfront-s3-cdn."
  value       = values(module.edge_functions.lambda_function_associations)

  depends_on = [module.config_refresh]
}

output "functions" {
  description = "The functions at the edge, by event type: name, arn, version (the latest published one) and qualified_arn (of that version)."
  value       = module.edge_functions.functions
}

output "config_refresh_function" {
  description = "The config-refresh function: name and arn. Invoke it with {\"action\": \"refresh\"}, {\"action\": \"history\"} or, with an actor, the operators' actions of docs/publishing.md."
  value = {
    name = module.config_refresh.function_name
    arn  = module.config_refresh.function_arn
  }
}

output "table_name" {
  description = "Name of the table that edges read snapshots from."
  value       = module.config_store.table_name
}

output "table_arn" {
  description = "ARN of the table in us-east-1."
  value       = module.config_store.table_arn
}

output "secret_arn" {
  description = "ARN of the secret that holds the credentials: the one that the module stores, or the existing one."
  value       = local.credentials.secret_arn
}

output "role_names" {
  description = "Names of the roles: edge, config_refresh and schedule, and of what there is: publish, log_retention and log_retention_schedule."
  value = merge(
    module.config_refresh.role_names,
    { edge = module.edge_functions.role_name },
    { for endpoint in module.publish_endpoint : "publish" => endpoint.role_name },
    { for retention in module.log_retention : "log_retention" => retention.role_names.log_retention },
    { for retention in module.log_retention : "log_retention_schedule" => retention.role_names.schedule },
  )
}

output "log_group_names" {
  description = "Log groups in us-east-1, by function: viewer-request, viewer-response, config-refresh and, where there are, publish and log-retention. Every other region that runs the edge functions has groups of the same names."
  value = merge(
    module.edge_functions.log_group_names,
    { config-refresh = module.config_refresh.log_group_name },
    { for endpoint in module.publish_endpoint : "publish" => endpoint.log_group_name },
    { for retention in module.log_retention : "log-retention" => retention.log_group_name },
  )
}

output "alarm_names" {
  description = "Names of the alarms, by what they watch: failed, missing and configuration-age; publish-failed, publish-errors and publish-throttled with publish_endpoint; log-retention with log_retention."
  value = merge(
    module.config_refresh.alarm_names,
    merge([for endpoint in module.publish_endpoint : { for alarm, name in endpoint.alarm_names : "publish-${alarm}" => name }]...),
    { for retention in module.log_retention : "log-retention" => retention.alarm_name },
  )
}

output "snapshot" {
  description = "What the run of the last apply did: outcome (published or unchanged), snapshot (its digest) and version (of the integration configuration). The schedule goes on from there."
  value = {
    outcome  = try(local.refreshed.outcome, null)
    snapshot = try(local.refreshed.snapshot, null)
    version  = try(local.refreshed.version, null)
  }
}

output "deployer_policies" {
  description = "Least-privilege policies, as JSON by purpose (functions, roles, data, distributions), of whoever applies this module with these inputs and points distributions at the functions. Each fits into a managed policy. modules/deployer_policy gives the same before anything exists."
  value       = module.deployer_policy.policies
}

output "body_trigger_warnings" {
  description = "What the run of the last apply warned of: triggers on the request body while include_body is false, which then cannot be met. [] when all is well."
  value       = try(local.refreshed.warnings, [])
}

output "publish_url" {
  description = "URL to paste into the GO Queue-it Platform as the publish web endpoint; null without publish_endpoint."
  value       = one(module.publish_endpoint[*].url)
}

output "dashboard_name" {
  description = "Name of the dashboard; null without dashboard."
  value       = one(module.dashboard[*].dashboard_name)
}
