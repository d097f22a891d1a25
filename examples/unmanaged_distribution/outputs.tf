output "differences" {
  description = "What a plan changes on the distribution, to be read before it is applied."
  value       = module.behaviors.differences
}

output "problems" {
  description = "What is in the way of the associations, each with the way out."
  value       = module.behaviors.problems
}
