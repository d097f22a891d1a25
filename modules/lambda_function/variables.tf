variable "connector" {
  description = "What the functions of one connector share: its name; the account (id, partition and region); the runtime; the roles' path and permissions boundary; days and KMS key of the log groups; the KMS key of the environment; the topics that alarms tell; tags."
  type = object({
    name             = string
    account          = object({ id = string, partition = string, region = string })
    runtime          = string
    role             = object({ path = string, permissions_boundary = string })
    logs             = object({ days = number, kms_key_arn = string })
    kms_key_arn      = string
    alarm_topic_arns = list(string)
    tags             = map(string)
  })
  nullable = false
}

variable "name" {
  description = "Name of the function, its role and its log group."
  type        = string
  nullable    = false
}

variable "description" {
  description = "What the function does."
  type        = string
  nullable    = false
}

variable "zip_path" {
  description = "Path of the zip. Another path counts as a change of the code, so it has to be the same wherever the configuration is applied."
  type        = string
  nullable    = false
}

variable "handler" {
  description = "The handler in the zip."
  type        = string
  nullable    = false
}

variable "memory_size_mb" {
  description = "Memory in MB."
  type        = number
  nullable    = false
}

variable "timeout_seconds" {
  description = "Time limit of a run in seconds."
  type        = number
  nullable    = false
}

variable "environment" {
  description = "Environment variables; null for none."
  type        = map(string)
  default     = null
}

variable "reserved_concurrency" {
  description = "How many runs may go on at once; -1 for no bound of its own."
  type        = number
  default     = -1
  nullable    = false
}

variable "dead_letter_queue_arn" {
  description = "ARN of the SQS queue that gets asynchronous runs that failed or were given up; null for none."
  type        = string
  default     = null
}

variable "statements" {
  description = "Statements of the role's policy beside those that every function needs."
  type        = any
  nullable    = false
}

variable "alarms" {
  description = "Alarms by the end of their name: description, namespace and metric_name; below, the sum under which they go off, null for any sum over 0; period_seconds and how many periods; and how missing data counts."
  type = map(object({
    description    = string
    namespace      = optional(string, "AWS/Lambda")
    metric_name    = string
    below          = optional(number)
    period_seconds = number
    periods        = optional(number, 1)
    missing_data   = optional(string, "notBreaching")
  }))
  default  = {}
  nullable = false
}

variable "alarms_after" {
  description = "What has to be there before the alarms are made."
  type        = any
  default     = null
}
