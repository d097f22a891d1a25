variable "config_refresh" {
  description = "The function that keeps the snapshot fresh, its schedule and its alarms. An object; docs/terraform.md tells its attributes and their defaults."
  type        = any # checked in modules/options, so that a name which it does not have is an error
  default     = {}
  nullable    = false
}

variable "publish_endpoint" {
  description = "A function URL to which the GO Queue-it Platform pushes each configuration that is published there. {}: with the defaults; null: none. An object; docs/terraform.md tells its attributes and their defaults."
  type        = any # checked in modules/options, so that a name which it does not have is an error
  default     = null
}

variable "log_retention" {
  description = "Keeps the edge functions' log groups to edge.log_retention_days in all enabled regions. {}: with the defaults; null: not. An object; docs/terraform.md tells its attributes and their defaults."
  type        = any # checked in modules/options, so that a name which it does not have is an error
  default     = null
}

variable "dashboard" {
  description = "A CloudWatch dashboard of the connector, called {name}-queueit. {}: with the defaults; null: none. An object; docs/terraform.md tells its attributes and their defaults."
  type        = any # checked in modules/options, so that a name which it does not have is an error
  default     = null
}
