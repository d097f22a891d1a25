variable "name" {
  description = "Name of the connector."
  type        = string
  nullable    = false
}

variable "account" {
  description = "Where everything lives: the account's id (12 digits), the partition (aws) and the region, us-east-1."
  type = object({
    id        = string
    partition = optional(string, "aws")
    region    = optional(string, "us-east-1")
  })
  nullable = false
}

variable "stores_secret" {
  description = "Whether the connector's module stores the credentials in a secret of its own, instead of taking an existing one: true or false."
  type        = bool
  default     = true
  nullable    = false
}

variable "has_replicas" {
  description = "Whether the table has replicas in other regions: true or false."
  type        = bool
  default     = false
  nullable    = false
}

variable "has_publish_endpoint" {
  description = "Whether the connector has the publish endpoint: true or false."
  type        = bool
  default     = false
  nullable    = false
}

variable "has_log_retention" {
  description = "Whether the connector has log retention in all regions: true or false."
  type        = bool
  default     = false
  nullable    = false
}

variable "has_dashboard" {
  description = "Whether the connector has a dashboard: true or false."
  type        = bool
  default     = false
  nullable    = false
}

variable "kms_key_arns" {
  description = "ARNs of the KMS keys that encrypt the table, its replicas, config-refresh's environment and the stored secret."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "distribution_arns" {
  description = "ARNs of the distributions that the deployer may point at the functions; null: every distribution of the account."
  type        = list(string)
  default     = null
}

variable "role_path" {
  description = "IAM path of the connector's roles, beginning and ending with a slash."
  type        = string
  default     = "/"
  nullable    = false
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds the connector's roles: with it, the deployer can make no role without. null for none."
  type        = string
  default     = null
}
