variable "name" {
  description = "Name of the connector; the function is {name}-publish, the table is {name}."
  type        = string
  nullable    = false
}

variable "zip_path" {
  description = "Path of config_refresh.zip, relative to where Terraform runs."
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

variable "customer_id" {
  description = "Customer id at Queue-it."
  type        = string
  nullable    = false
}

variable "secret_arn" {
  description = "ARN of the Secrets Manager secret that holds the credentials, with one of whose secret keys a push is signed."
  type        = string
  nullable    = false
}

variable "secret_arn_pattern" {
  description = "ARN of the secret as the role's policy names it, where that is known sooner than secret_arn; null: secret_arn."
  type        = string
  default     = null
}

variable "secret_kms_key_arn" {
  description = "ARN of the KMS key that encrypts the secret; null when it is the key that AWS manages for Secrets Manager."
  type        = string
  default     = null
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the table and the function's environment; null: keys of AWS."
  type        = string
  default     = null
}

variable "memory_size_mb" {
  description = "Memory of the function in MB, 128 to 10240."
  type        = number
  default     = 256
  nullable    = false
}

variable "timeout_seconds" {
  description = "Time limit of the function in seconds, 10 to 900."
  type        = number
  default     = 20
  nullable    = false
}

variable "runtime" {
  description = "Lambda runtime, python3.11 to python3.14."
  type        = string
  default     = "python3.13"
  nullable    = false
}

variable "reserved_concurrency" {
  description = "How many requests are handled at once, 1 to 100, or -1 for no bound of its own; what comes beyond is answered with 429."
  type        = number
  default     = 2
  nullable    = false
}

variable "snapshot_retention_days" {
  description = "Days that a snapshot is kept after another one took its place, 1 to 3650; as for config-refresh."
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

variable "alarm_topic_arns" {
  description = "ARNs of the SNS topics that alarms tell when they go off and when they are over."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "role_path" {
  description = "Path of the role, beginning and ending with a slash."
  type        = string
  default     = "/"
  nullable    = false
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds the role; null for none."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of everything that takes tags."
  type        = map(string)
  default     = {}
  nullable    = false
}
