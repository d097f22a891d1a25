variable "connector" {
  description = "What the functions of one connector share; used here: the account (id, partition and region), the roles' path and permissions boundary, tags."
  type = object({
    account = object({ id = string, partition = string, region = string })
    role    = object({ path = string, permissions_boundary = string })
    tags    = map(string)
  })
  nullable = false
}

variable "function_name" {
  description = "Name of the function, and of the schedule."
  type        = string
  nullable    = false
}

variable "function_arn" {
  description = "ARN of the function."
  type        = string
  nullable    = false
}

variable "role_name" {
  description = "Name of the schedule's role."
  type        = string
  nullable    = false
}

variable "expression" {
  description = "When it runs, such as \"rate(1 minute)\"."
  type        = string
  nullable    = false
}

variable "input" {
  description = "The event, as JSON; null for that of EventBridge Scheduler."
  type        = string
  default     = null
}

variable "window_minutes" {
  description = "Minutes within which a run may begin; null: on time."
  type        = number
  default     = null
}

variable "retry_attempts" {
  description = "How often EventBridge Scheduler tries again to hand the event to Lambda."
  type        = number
  default     = 0
  nullable    = false
}

variable "retry_for_seconds" {
  description = "Seconds for which it does so."
  type        = number
  default     = 60
  nullable    = false
}

variable "dead_letter_queue_arn" {
  description = "ARN of the SQS queue that gets events that could not be handed to Lambda; null for none."
  type        = string
  default     = null
}

variable "after" {
  description = "What has to be there before the schedule is made."
  type        = any
  default     = null
}
