variable "name" {
  description = "Name of the connector whose functions are attached, {name}-viewer-request and {name}-viewer-response; this module's function is {name}-behavior-association. 3 to 40 letters, digits, hyphens and underscores, beginning with a letter."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_-]{2,39}$", var.name))
    error_message = "name is \"${var.name}\"; write the connector's name: 3 to 40 letters, digits, hyphens and underscores, beginning with a letter, such as \"waiting-room\"."
  }
}

variable "lambda_function_associations" {
  description = "The pair, by event type (viewer-request and viewer-response): event_type, lambda_arn (of a numbered version) and include_body (whether viewer-request sees request bodies). The connector's output of the same name fits as it is."
  type = map(object({
    event_type   = string
    lambda_arn   = string
    include_body = optional(bool, false)
  }))
  nullable = false

  validation {
    condition     = toset(keys(var.lambda_function_associations)) == toset(["viewer-request", "viewer-response"]) && alltrue([for key, association in var.lambda_function_associations : association.event_type == key])
    error_message = "lambda_function_associations has the keys ${join(", ", keys(var.lambda_function_associations))}; write \"viewer-request\" and \"viewer-response\", each with that event_type: the two functions hand over to each other."
  }

  validation {
    condition     = alltrue([for association in values(var.lambda_function_associations) : can(regex("^arn:[^:]+:lambda:us-east-1:[0-9]{12}:function:[^:]+:[0-9]+$", association.lambda_arn))])
    error_message = "lambda_function_associations has ${join(" and ", [for association in values(var.lambda_function_associations) : association.lambda_arn])}; write ARNs of numbered versions in us-east-1, such as arn:aws:lambda:us-east-1:123456789012:function:waiting-room-viewer-request:3: CloudFront takes neither $LATEST nor an alias."
  }

  validation {
    condition     = alltrue([for key, association in var.lambda_function_associations : can(regex(":function:${var.name}-${key}(:|$)", association.lambda_arn))])
    error_message = "lambda_function_associations has functions that are not ${var.name}-viewer-request and ${var.name}-viewer-response; write the name of the connector that they belong to as name: the role may replicate only that connector's functions."
  }

  validation {
    condition     = !try(var.lambda_function_associations["viewer-response"].include_body, false)
    error_message = "lambda_function_associations.viewer-response.include_body is true; write it for viewer-request alone: CloudFront shows a body to request events only."
  }
}

variable "distributions" {
  description = <<-EOT
    The distributions, each under a name of your own:
    - distribution_id: such as "EDFDVBD6EXAMPLE"; another id takes the pair off the first distribution and puts it on the second.
    - path_patterns: the behaviors that get the pair, each by its path pattern as the distribution has it; "*" or null is the default behavior. A behavior that is no longer named loses the pair.
    - on_conflict: what to do about another function on a viewer event of these behaviors: "fail", or "replace" it.
    - remember_previous: whether a destroy puts back what "replace" took away.
    - dry_run: true writes nothing and only shows the difference.
    - association_quota: how many Lambda@Edge associations a distribution may have, 100 unless AWS has raised it for your account.
  EOT
  type = map(object({
    distribution_id   = string
    path_patterns     = list(string)
    on_conflict       = optional(string, "fail")
    remember_previous = optional(bool, false)
    dry_run           = optional(bool, false)
    association_quota = optional(number, 100)
  }))
  nullable = false

  validation {
    condition     = alltrue([for distribution in values(var.distributions) : can(regex("^[A-Z0-9]{1,64}$", distribution.distribution_id))])
    error_message = "distributions has the ids ${join(", ", [for distribution in values(var.distributions) : distribution.distribution_id])}; write ids of distributions, such as \"EDFDVBD6EXAMPLE\", not their domain names or ARNs."
  }

  validation {
    condition     = length(distinct([for distribution in values(var.distributions) : distribution.distribution_id])) == length(var.distributions)
    error_message = "distributions has an id twice; write each distribution once, with all its path_patterns."
  }

  validation {
    condition     = alltrue([for distribution in values(var.distributions) : length(distribution.path_patterns) > 0])
    error_message = "distributions has empty path_patterns at ${join(", ", [for key, distribution in var.distributions : key if length(distribution.path_patterns) == 0])}; write [\"*\"] for the default behavior, or leave the distribution out."
  }

  validation {
    condition     = alltrue([for distribution in values(var.distributions) : contains(["fail", "replace"], distribution.on_conflict)])
    error_message = "distributions has on_conflict ${join(", ", distinct([for distribution in values(var.distributions) : distribution.on_conflict]))}; write \"fail\" or \"replace\"."
  }

  validation {
    condition     = alltrue([for distribution in values(var.distributions) : distribution.association_quota >= 1 && floor(distribution.association_quota) == distribution.association_quota])
    error_message = "distributions has an association_quota that is no whole number from 1; write the quota that Service Quotas shows for your account."
  }
}

variable "create_service_linked_roles" {
  description = "Whether the function may create the two service-linked roles that Lambda@Edge needs once an account: true for an account that has never used Lambda@Edge."
  type        = bool
  default     = false
  nullable    = false
}

variable "runtime" {
  description = "Lambda runtime: \"python3.11\", \"python3.12\", \"python3.13\" or \"python3.14\"."
  type        = string
  default     = "python3.13"
  nullable    = false

  validation {
    condition     = contains(["python3.11", "python3.12", "python3.13", "python3.14"], var.runtime)
    error_message = "runtime is \"${var.runtime}\"; write \"python3.11\", \"python3.12\", \"python3.13\" or \"python3.14\"."
  }
}

variable "log_retention_days" {
  description = "Days that the log group keeps events; one of the values that CloudWatch Logs accepts, 0 for ever."
  type        = number
  default     = 90
  nullable    = false
}

variable "log_kms_key_arn" {
  description = "ARN of the KMS key in us-east-1 that encrypts the log group; null: encrypted by CloudWatch Logs itself."
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
  description = "Tags of everything that takes tags."
  type        = map(string)
  default     = {}
  nullable    = false
}
