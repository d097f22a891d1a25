variable "edge" {
  description = <<-EOT
    The two functions at the edge. A change of failure_mode, memory_size_mb, timeout_seconds or runtime publishes a new version and so changes the associations.
    - failure_mode: what a visitor gets when the connector itself is at fault: "open", the page, or "closed", a 503.
    - memory_size_mb: memory of each function, 128 to 10240 MB; AWS documents 128 MB as the quota for functions of viewer events, so that more is for accounts whose quota is another.
    - timeout_seconds: time limit of each function, 1 to 5 seconds.
    - runtime: "python3.11", "python3.12", "python3.13" or "python3.14".
    - delete_timeout: how long a destroy goes on trying to delete a function whose replicas are not gone yet, such as "30m" or "3h".
    - skip_destroy: whether a destroy leaves the functions in the account and only forgets them.
    - log_retention_days: days that the log groups in us-east-1 keep events, a value that CloudWatch Logs takes; 0 for ever.
    - log_kms_key_arn: KMS key in us-east-1 that encrypts these log groups; null: CloudWatch Logs' own encryption.
  EOT
  type = object({
    failure_mode       = optional(string, "open")
    memory_size_mb     = optional(number, 128)
    timeout_seconds    = optional(number, 5)
    runtime            = optional(string, "python3.13")
    delete_timeout     = optional(string, "30m")
    skip_destroy       = optional(bool, false)
    log_retention_days = optional(number, 30)
    log_kms_key_arn    = optional(string)
  })
  nullable = false

  validation {
    condition     = contains(["open", "closed"], var.edge.failure_mode)
    error_message = "edge.failure_mode is \"${var.edge.failure_mode}\"; write \"open\" or \"closed\"."
  }

  validation {
    condition     = var.edge.memory_size_mb >= 128 && var.edge.memory_size_mb <= 10240 && floor(var.edge.memory_size_mb) == var.edge.memory_size_mb
    error_message = "edge.memory_size_mb is ${var.edge.memory_size_mb}; write a whole number from 128 to 10240."
  }

  validation {
    condition     = contains([1, 2, 3, 4, 5], var.edge.timeout_seconds)
    error_message = "edge.timeout_seconds is ${var.edge.timeout_seconds}; write a whole number from 1 to 5, CloudFront's quota for functions of viewer events."
  }

  validation {
    condition     = contains(local.runtimes, var.edge.runtime)
    error_message = "edge.runtime is \"${var.edge.runtime}\"; write \"python3.11\", \"python3.12\", \"python3.13\" or \"python3.14\"."
  }

  validation {
    condition     = can(regex("^([0-9]+h)?([0-9]+m)?([0-9]+s)?$", var.edge.delete_timeout)) && var.edge.delete_timeout != ""
    error_message = "edge.delete_timeout is \"${var.edge.delete_timeout}\"; write a duration of hours, minutes and seconds, such as \"30m\" or \"3h\"."
  }

  validation {
    condition     = contains(local.log_retentions, var.edge.log_retention_days)
    error_message = "edge.log_retention_days is ${var.edge.log_retention_days}; write a number of days that CloudWatch Logs takes: ${join(", ", slice(local.log_retentions, 1, length(local.log_retentions)))}, or 0 for ever."
  }

  validation {
    condition     = var.edge.log_kms_key_arn == null ? true : can(regex(local.kms_key_arn_pattern, var.edge.log_kms_key_arn))
    error_message = "edge.log_kms_key_arn is \"${coalesce(var.edge.log_kms_key_arn, "null")}\"; write the ARN of a KMS key in us-east-1, arn:aws:kms:us-east-1:123456789012:key/…."
  }
}
