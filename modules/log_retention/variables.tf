variable "name" {
  description = "Name of the connector; the function is {name}-log-retention."
  type        = string
  nullable    = false
}

variable "zip_path" {
  description = "Path of log_retention.zip, relative to where Terraform runs."
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

variable "retention_days" {
  description = "Days that the edge functions' log groups keep events in all regions but us-east-1, where the edge functions' module sets it; one of the values that CloudWatch Logs accepts, 0 for ever."
  type        = number
  nullable    = false
}

variable "kms_key_arns" {
  description = "ARNs of the KMS keys that encrypt the edge functions' log groups, by region, such as { eu-west-1 = \"arn:aws:kms:eu-west-1:123456789012:key/…\" }. A key's policy has to let CloudWatch Logs of its region use it. In a region without a key a log group stays encrypted by CloudWatch Logs itself."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for region, arn in var.kms_key_arns : can(regex("^arn:[a-z-]+:kms:${region}:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))])
    error_message = "kms_key_arns has a key that is not in its region; write eu-west-1 = \"arn:aws:kms:eu-west-1:123456789012:key/…\"."
  }
}

variable "interval_hours" {
  description = "Hours between two runs, 1 to 168: a log group that has just appeared is out of order for so long."
  type        = number
  default     = 6
  nullable    = false
}

variable "memory_size_mb" {
  description = "Memory of the function in MB, 128 to 10240."
  type        = number
  default     = 256
  nullable    = false
}

variable "timeout_seconds" {
  description = "Time limit of the function in seconds, 60 to 900."
  type        = number
  default     = 300
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
  default     = 1
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the function's environment; null: a key of AWS."
  type        = string
  default     = null
}

variable "log_retention_days" {
  description = "Days that the function's own log group keeps events; one of the values that CloudWatch Logs accepts, 0 for ever."
  type        = number
  default     = 30
  nullable    = false
}

variable "log_kms_key_arn" {
  description = "ARN of the KMS key in us-east-1 that encrypts the function's own log group; null: encrypted by CloudWatch Logs itself."
  type        = string
  default     = null
}

variable "alarm_topic_arns" {
  description = "ARNs of the SNS topics that the alarm tells when it goes off and when it is over."
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
