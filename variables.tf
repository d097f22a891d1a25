locals {
  kms_key_arn_pattern = "^arn:[^:]+:kms:us-east-1:[0-9]{12}:key/.+$"
}

variable "name" {
  description = "Name of the connector, from which all others are derived: the table is {name}, the functions are {name}-viewer-request, {name}-viewer-response and {name}-config-refresh. 3 to 40 letters, digits, hyphens and underscores, beginning with a letter. Changing it replaces everything."
  type        = string
  nullable    = false

  validation {
    # 64, the limit of Lambda and IAM, less what the longest names need: {name}-behavior-association, and room for one more like it.
    condition     = length(var.name) >= 3 && length(var.name) <= 40
    error_message = "name \"${var.name}\" has ${length(var.name)} characters; write 3 to 40, so that the names of functions and roles derived from it stay within AWS's 64."
  }

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_-]*$", var.name))
    error_message = "name \"${var.name}\" has a character that functions, roles or the table do not take; write letters, digits, hyphens and underscores, beginning with a letter, such as \"waiting-room\"."
  }
}

variable "customer_id" {
  description = "Customer id of the account at Queue-it, the first label of its host {customer_id}.queue-it.net: 1 to 100 letters, digits, hyphens and underscores."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,100}$", var.customer_id))
    error_message = "customer_id is \"${substr(var.customer_id, 0, 120)}\"; write the account's id alone, without a host or URL, such as \"acme\" for acme.queue-it.net."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key in us-east-1 that encrypts the table, config-refresh's environment and the secret that the module stores; null: keys of AWS. Replicas have keys of their own, see replica_regions."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex(local.kms_key_arn_pattern, var.kms_key_arn))
    error_message = "kms_key_arn is \"${coalesce(var.kms_key_arn, "null")}\"; write the ARN of a KMS key in us-east-1, arn:aws:kms:us-east-1:123456789012:key/…: no alias, no id."
  }
}

variable "permissions_boundary" {
  description = "ARN of the IAM policy that bounds the roles; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null ? true : can(regex("^arn:[^:]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary))
    error_message = "permissions_boundary is \"${coalesce(var.permissions_boundary, "null")}\"; write the ARN of an IAM policy, arn:aws:iam::123456789012:policy/name."
  }
}

variable "role_path" {
  description = "IAM path of the roles, beginning and ending with a slash, up to 512 characters."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/([A-Za-z0-9+=,.@_-]+/)*$", var.role_path)) && length(var.role_path) <= 512
    error_message = "role_path is \"${var.role_path}\"; write a path that begins and ends with a slash, such as \"/edge/\"."
  }
}

variable "alarm_topic_arns" {
  description = "ARNs of the SNS topics in us-east-1 that alarms tell when they go off and when they are over; []: alarms are shown in CloudWatch alone."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:[^:]+:sns:us-east-1:[0-9]{12}:[A-Za-z0-9_-]+$", arn))])
    error_message = "alarm_topic_arns is ${jsonencode(var.alarm_topic_arns)}; write ARNs of standard SNS topics in us-east-1, such as [\"arn:aws:sns:us-east-1:123456789012:on-call\"]: CloudWatch tells topics of its own region only."
  }
}

variable "tags" {
  description = "Tags of everything that takes tags, up to 50; keys do not begin with aws:."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 50 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "tags has more than 50 tags, a key that is empty, longer than 128 characters or begins with aws:, or a value longer than 256 characters; write tags such as { team = \"web\" }."
  }
}
