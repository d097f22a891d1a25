variable "name" {
  description = "Name of the connector; the function is {name}-config-refresh, the table is {name}."
  type        = string
  nullable    = false
}

variable "zip_path" {
  description = "Path of config_refresh.zip. Another path counts as a change of the code, so it has to be the same wherever the configuration is applied."
  type        = string
  nullable    = false
}

variable "account" {
  description = "Where everything lives: the account's id (12 digits), the partition (aws, aws-us-gov …) and the region."
  type = object({
    id        = string
    partition = string
    region    = string
  })
  nullable = false
}

variable "table_arn" {
  description = "ARN of the table; the first run waits for it."
  type        = string
  nullable    = false
}

variable "customer_id" {
  description = "Customer id at Queue-it."
  type        = string
  nullable    = false
}

variable "secret_arn" {
  description = "ARN of the Secrets Manager secret that holds the credentials as JSON: {\"secret_key\": …, \"api_key\": …} and, while a rotation lasts, \"next_secret_key\" or \"previous_secret_key\"."
  type        = string
  nullable    = false
}

variable "secret_arn_pattern" {
  description = "ARN of the secret as the role's policy names it, where that is known sooner than secret_arn; null: secret_arn."
  type        = string
  default     = null
}

variable "secret_version" {
  description = "Anything that changes when the module has stored other credentials; a change refreshes at once."
  type        = string
  default     = ""
  nullable    = false
}

variable "secret_kms_key_arn" {
  description = "ARN of the KMS key that encrypts the secret; null when it is the key that AWS manages for Secrets Manager."
  type        = string
  default     = null
}

variable "settings" {
  description = "Settings of the snapshot, to be sent to the function as JSON."
  type        = any
  default     = {}
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the table and the function's environment; null: keys of AWS."
  type        = string
  default     = null
}

variable "interval_minutes" {
  description = "Minutes between two scheduled runs, 1 to 60."
  type        = number
  default     = 1
  nullable    = false
}

variable "memory_size_mb" {
  description = "Memory of the function in MB, 128 to 10240."
  type        = number
  default     = 256
  nullable    = false
}

variable "timeout_seconds" {
  description = "Time limit of the function in seconds, 30 to 900."
  type        = number
  default     = 60
  nullable    = false
}

variable "runtime" {
  description = "Lambda runtime, python3.11 to python3.14."
  type        = string
  default     = "python3.13"
  nullable    = false
}

variable "reserved_concurrency" {
  description = "How many runs may go on at once, 1 to 100, or -1 for no bound of its own."
  type        = number
  default     = 2
  nullable    = false
}

variable "retry_attempts" {
  description = "How often a scheduled run that failed is repeated, 0 to 2."
  type        = number
  default     = 0
  nullable    = false
}

variable "max_event_age_seconds" {
  description = "Seconds after which a scheduled run that could not start is given up, 60 to 21600."
  type        = number
  default     = 60
  nullable    = false
}

variable "dead_letter_queue_arn" {
  description = "ARN of the SQS queue in us-east-1 that gets the runs that were given up; null for none."
  type        = string
  default     = null
}

variable "snapshot_retention_days" {
  description = "Days that a snapshot is kept after another one took its place, 1 to 3650."
  type        = number
  default     = 90
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that the log group keeps events; one of the values that CloudWatch Logs accepts, 0 for ever."
  type        = number
  default     = 30
  nullable    = false
}

variable "log_kms_key_arn" {
  description = "ARN of the KMS key in us-east-1 that encrypts the log group; null: encrypted by CloudWatch Logs itself."
  type        = string
  default     = null
}

variable "alarms" {
  description = "When the alarms go off: after failed_runs failed runs in a row, after missing_runs intervals without a run, and after stale_after_minutes minutes without a successful run."
  type = object({
    failed_runs         = optional(number, 3)
    missing_runs        = optional(number, 5)
    stale_after_minutes = optional(number, 15)
  })
  default  = {}
  nullable = false
}

variable "alarm_topic_arns" {
  description = "ARNs of the SNS topics that alarms tell when they go off and when they are over."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "role_path" {
  description = "Path of the roles, beginning and ending with a slash."
  type        = string
  default     = "/"
  nullable    = false
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds the roles; null for none."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of everything that takes tags."
  type        = map(string)
  default     = {}
  nullable    = false
}
