variable "edge" {
  description = "The two functions at the edge: failure mode, memory, time limit, runtime, deletion and logs. A change of failure_mode, memory_size_mb, timeout_seconds or runtime publishes a new version and so changes the associations. An object; docs/terraform.md tells its attributes and their defaults."
  type        = any # checked in modules/options, so that a name which it does not have is an error
  default     = {}
  nullable    = false
}

variable "pinned_versions" {
  description = "Versions that lambda_function_associations names instead of the latest ones, by event type, such as { viewer-request = \"3\", viewer-response = \"3\" }: a new version of the connector is then published but reaches no distribution before the pin moves. {}: the latest."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for event_type in keys(var.pinned_versions) : contains(["viewer-request", "viewer-response"], event_type)])
    error_message = "pinned_versions has the keys ${join(", ", keys(var.pinned_versions))}; write versions for \"viewer-request\" and \"viewer-response\"."
  }

  validation {
    condition     = alltrue([for version in values(var.pinned_versions) : can(regex("^[1-9][0-9]*$", version))])
    error_message = "pinned_versions has the values ${jsonencode(values(var.pinned_versions))}; write numbers of published versions, such as \"3\": CloudFront takes neither $LATEST nor an alias."
  }

  validation {
    condition     = length(var.pinned_versions) != 1
    error_message = "pinned_versions names ${join("", keys(var.pinned_versions))} alone; the two functions hand over to each other: write versions for both, or for none."
  }
}

variable "distribution_arns" {
  description = "ARNs of the distributions that output deployer_policies lets the deployer point at the functions, such as [\"arn:aws:cloudfront::123456789012:distribution/EDFDVBD6EXAMPLE\"]; null: every distribution of the account."
  type        = list(string)
  default     = null

  validation {
    condition     = var.distribution_arns == null ? true : alltrue([for arn in var.distribution_arns : can(regex("^arn:[^:]+:cloudfront::[0-9]{12}:distribution/[A-Z0-9]+$", arn))])
    error_message = "distribution_arns is ${jsonencode(var.distribution_arns)}; write ARNs of distributions, such as [\"arn:aws:cloudfront::123456789012:distribution/EDFDVBD6EXAMPLE\"]."
  }
}
