output "dashboard_name" {
  description = "Name of the dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}

output "dashboard_url" {
  description = "Address of the dashboard in the console."
  value       = "https://${local.home}.console.aws.amazon.com/cloudwatch/home?region=${local.home}#dashboards/dashboard/${aws_cloudwatch_dashboard.this.dashboard_name}"
}
