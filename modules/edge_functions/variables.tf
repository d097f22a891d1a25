variable "name" {
  description = "Name of the connector; the functions are {name}-viewer-request and {name}-viewer-response, the table is {name}."
  type        = string
  nullable    = false
}

variable "zip_path" {
  description = "Path of edge.zip. Another path counts as a change of the code, so it has to be the same wherever the configuration is applied."
  type        = string
  nullable    = false
}

variable "account" {
  description = "Where everything lives: the account's id (12 digits), the partition (aws, aws-us-gov …) and the region, which has to be us-east-1."
  type = object({
    id        = string
    partition = string
    region    = string
  })
  nullable = false

  validation {
    condition     = var.account.region == "us-east-1"
    error_message = "The region is ${var.account.region}, but Lambda@Edge functions live in us-east-1: pass an aws provider of that region."
  }
}

variable "table_arn" {
  description = "ARN of the table in us-east-1; the functions are made after it and destroyed before it."
  type        = string
  nullable    = false
}

variable "replica_regions" {
  description = "Regions beside us-east-1 where the functions may read a replica of the table."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "table_kms_key_arns" {
  description = "ARNs of the KMS keys that encrypt the table and its replicas; the functions may decrypt with them through DynamoDB."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "failure_mode" {
  description = "What a visitor gets when the connector itself is at fault: \"open\", the page, or \"closed\", a 503."
  type        = string
  default     = "open"
  nullable    = false

  validation {
    condition     = contains(["open", "closed"], var.failure_mode)
    error_message = "failure_mode is \"${var.failure_mode}\"; write \"open\" or \"closed\"."
  }
}

variable "include_body" {
  description = "Whether viewer-request sees request bodies (their first 40 KB): true or false. Triggers on the body need it."
  type        = bool
  default     = false
  nullable    = false
}

variable "pinned_versions" {
  description = "Versions that lambda_function_associations names in place of the latest ones, by event type: { viewer-request = \"3\", viewer-response = \"3\" }; {} for the latest."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "memory_size_mb" {
  description = "Memory of each function in MB; CloudFront's quota for viewer events is 128."
  type        = number
  default     = 128
  nullable    = false
}

variable "timeout_seconds" {
  description = "Time limit of each function in seconds, 1 to 5."
  type        = number
  default     = 5
  nullable    = false
}

variable "runtime" {
  description = "Lambda runtime, python3.11 to python3.14."
  type        = string
  default     = "python3.13"
  nullable    = false
}

variable "delete_timeout" {
  description = "How long a destroy tries to delete a function whose replicas are not gone yet, such as \"30m\" or \"3h\"."
  type        = string
  default     = "30m"
  nullable    = false
}

variable "skip_destroy" {
  description = "Whether a destroy leaves the functions in the account and only forgets them: true or false."
  type        = bool
  default     = false
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that the log groups in us-east-1 keep events; one of the values that CloudWatch Logs accepts, 0 for ever."
  type        = number
  default     = 30
  nullable    = false
}

variable "log_kms_key_arn" {
  description = "ARN of the KMS key in us-east-1 that encrypts the log groups; null: encrypted by CloudWatch Logs itself."
  type        = string
  default     = null
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
  description = "Tags of the functions, the role and the log groups."
  type        = map(string)
  default     = {}
  nullable    = false
}
