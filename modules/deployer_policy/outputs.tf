output "json" {
  description = "The policy: what applying, planning and destroying the connector takes, and pointing distributions at it. Fits into a managed policy, 6,144 characters."
  value       = local.json
}
