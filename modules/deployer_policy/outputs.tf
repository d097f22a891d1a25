output "policies" {
  description = "By purpose, a policy as JSON: functions (with schedules, logs and alarms), roles, data (table, secret, keys) and distributions. Together they allow to plan, apply and destroy the connector and to point distributions at it. Each fits into a managed policy, 6,144 characters."
  value       = { for purpose, statements in local.statements : purpose => jsonencode({ Version = "2012-10-17", Statement = statements }) }
}
