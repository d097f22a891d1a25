variable "log_retention" {
  description = <<-EOT
    Keeps the edge functions' log groups, which Lambda makes in the region that runs a function, to edge.log_retention_days in all enabled regions; in us-east-1 the module does so in any case. {}: with the defaults; null: not.
    - interval_hours: hours between two runs, 1 to 168.
    - kms_key_arns: KMS keys that encrypt the log groups, by region, such as { eu-west-1 = "arn:aws:kms:eu-west-1:123456789012:key/…" }; their policies have to let CloudWatch Logs of their region use them.
  EOT
  type = object({
    interval_hours = optional(number, 6)
    kms_key_arns   = optional(map(string), {})
  })

  validation {
    condition     = var.log_retention == null ? true : contains(range(1, 169), var.log_retention.interval_hours)
    error_message = "log_retention.interval_hours is ${try(var.log_retention.interval_hours, "null")}; write a whole number from 1 to 168."
  }

  validation {
    condition     = var.log_retention == null ? true : alltrue([for region, arn in var.log_retention.kms_key_arns : can(regex("^arn:[a-z-]+:kms:${region}:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))])
    error_message = "log_retention.kms_key_arns has a key that is not in its region; write eu-west-1 = \"arn:aws:kms:eu-west-1:123456789012:key/…\"."
  }
}
