variable "config_refresh" {
  description = <<-EOT
    The function that keeps the snapshot fresh, its schedule and its alarms.
    - interval_minutes: minutes between two scheduled runs, 1 to 60.
    - memory_size_mb: memory of the function, 128 to 10240 MB.
    - timeout_seconds: time limit of a run, 30 to 900 seconds; the download alone may take 20.
    - runtime: "python3.11", "python3.12", "python3.13" or "python3.14".
    - reserved_concurrency: how many runs may go on at once, 1 to 100, taken from the account's concurrency; -1 for no bound: runs that overlap do not harm each other, as what they write is conditional.
    - dead_letter_queue_arn: SQS queue in us-east-1 that gets the runs that failed or could not start; null for none.
    - snapshot_retention_days: days that a snapshot stays available for a rollback after another one took its place, 1 to 3650.
    - log_retention_days: days that the log group keeps events, a value that CloudWatch Logs takes; 0 for ever.
    - log_kms_key_arn: KMS key in us-east-1 that encrypts the log group; null: CloudWatch Logs' own encryption.
    - base_url: where the configuration is downloaded from instead of the platform, an https URL without a path; for acceptance runs against a stand-in only. null: https://{customer_id}.queue-it.net.
    - alarms: failed_runs (failed runs in a row, 1 to 60), missing_runs (intervals without a run, 2 to 60) and stale_after_minutes (minutes without a successful run, 2 to 1440) after which the three alarms go off.
  EOT
  type = object({
    interval_minutes        = optional(number, 1)
    memory_size_mb          = optional(number, 256)
    timeout_seconds         = optional(number, 60)
    runtime                 = optional(string, "python3.13")
    reserved_concurrency    = optional(number, -1)
    dead_letter_queue_arn   = optional(string)
    snapshot_retention_days = optional(number, 90)
    log_retention_days      = optional(number, 30)
    log_kms_key_arn         = optional(string)
    base_url                = optional(string)
    alarms = optional(object({
      failed_runs         = optional(number, 3)
      missing_runs        = optional(number, 5)
      stale_after_minutes = optional(number, 15)
    }), {})
  })
  nullable = false

  validation {
    condition     = var.config_refresh.interval_minutes >= 1 && var.config_refresh.interval_minutes <= 60 && floor(var.config_refresh.interval_minutes) == var.config_refresh.interval_minutes
    error_message = "config_refresh.interval_minutes is ${var.config_refresh.interval_minutes}; write a whole number from 1 to 60."
  }

  validation {
    condition     = var.config_refresh.memory_size_mb >= 128 && var.config_refresh.memory_size_mb <= 10240 && floor(var.config_refresh.memory_size_mb) == var.config_refresh.memory_size_mb
    error_message = "config_refresh.memory_size_mb is ${var.config_refresh.memory_size_mb}; write a whole number from 128 to 10240."
  }

  validation {
    condition     = var.config_refresh.timeout_seconds >= 30 && var.config_refresh.timeout_seconds <= 900 && floor(var.config_refresh.timeout_seconds) == var.config_refresh.timeout_seconds
    error_message = "config_refresh.timeout_seconds is ${var.config_refresh.timeout_seconds}; write a whole number from 30 to 900: the download alone may take 20 seconds."
  }

  validation {
    condition     = contains(local.runtimes, var.config_refresh.runtime)
    error_message = "config_refresh.runtime is \"${var.config_refresh.runtime}\"; write \"python3.11\", \"python3.12\", \"python3.13\" or \"python3.14\"."
  }

  validation {
    condition     = contains(concat([-1], range(1, 101)), var.config_refresh.reserved_concurrency)
    error_message = "config_refresh.reserved_concurrency is ${var.config_refresh.reserved_concurrency}; write a whole number from 1 to 100, or -1 for no bound: with 0 it would never run."
  }

  validation {
    condition     = var.config_refresh.dead_letter_queue_arn == null ? true : can(regex("^arn:[^:]+:sqs:us-east-1:[0-9]{12}:[A-Za-z0-9_-]+$", var.config_refresh.dead_letter_queue_arn))
    error_message = "config_refresh.dead_letter_queue_arn is \"${coalesce(var.config_refresh.dead_letter_queue_arn, "null")}\"; write the ARN of a standard SQS queue in us-east-1, arn:aws:sqs:us-east-1:123456789012:name."
  }

  validation {
    condition     = var.config_refresh.snapshot_retention_days >= 1 && var.config_refresh.snapshot_retention_days <= 3650 && floor(var.config_refresh.snapshot_retention_days) == var.config_refresh.snapshot_retention_days
    error_message = "config_refresh.snapshot_retention_days is ${var.config_refresh.snapshot_retention_days}; write a whole number from 1 to 3650."
  }

  validation {
    condition     = contains(local.log_retentions, var.config_refresh.log_retention_days)
    error_message = "config_refresh.log_retention_days is ${var.config_refresh.log_retention_days}; write a number of days that CloudWatch Logs takes: ${join(", ", slice(local.log_retentions, 1, length(local.log_retentions)))}, or 0 for ever."
  }

  validation {
    condition     = var.config_refresh.log_kms_key_arn == null ? true : can(regex(local.kms_key_arn_pattern, var.config_refresh.log_kms_key_arn))
    error_message = "config_refresh.log_kms_key_arn is \"${coalesce(var.config_refresh.log_kms_key_arn, "null")}\"; write the ARN of a KMS key in us-east-1, arn:aws:kms:us-east-1:123456789012:key/…."
  }

  validation {
    # The api key goes there. Plain http stays on the machine that runs the function.
    condition     = var.config_refresh.base_url == null ? true : can(regex("^(https://[A-Za-z0-9.-]+|http://127[.]0[.]0[.]1)(:[0-9]{1,5})?$", var.config_refresh.base_url))
    error_message = "config_refresh.base_url is \"${coalesce(var.config_refresh.base_url, "null")}\"; write an https URL without a path, such as \"https://d111111abcdef8.cloudfront.net\", or null: the customer's host at Queue-it."
  }

  validation {
    condition     = contains(range(1, 61), var.config_refresh.alarms.failed_runs) && contains(range(2, 61), var.config_refresh.alarms.missing_runs)
    error_message = "config_refresh.alarms has failed_runs = ${var.config_refresh.alarms.failed_runs} and missing_runs = ${var.config_refresh.alarms.missing_runs}; write whole numbers, failed_runs from 1 to 60 and missing_runs from 2 to 60."
  }

  validation {
    # CloudWatch looks back over a day at most.
    condition     = var.config_refresh.interval_minutes * max(var.config_refresh.alarms.failed_runs, var.config_refresh.alarms.missing_runs) <= 1440
    error_message = "config_refresh.alarms looks back ${var.config_refresh.interval_minutes * max(var.config_refresh.alarms.failed_runs, var.config_refresh.alarms.missing_runs)} minutes, and CloudWatch a day at most; write fewer runs, so that interval_minutes times failed_runs and times missing_runs stay within 1440."
  }

  validation {
    condition     = var.config_refresh.alarms.stale_after_minutes >= max(2, 2 * var.config_refresh.interval_minutes) && var.config_refresh.alarms.stale_after_minutes <= 1440 && floor(var.config_refresh.alarms.stale_after_minutes) == var.config_refresh.alarms.stale_after_minutes
    error_message = "config_refresh.alarms.stale_after_minutes is ${var.config_refresh.alarms.stale_after_minutes}; write a whole number from 2 to 1440, at least twice interval_minutes: one missed run is no alarm."
  }
}
