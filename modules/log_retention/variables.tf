variable "connector" {
  description = "What the functions of one connector share, as modules/lambda_function takes it."
  type        = any
  nullable    = false
}

variable "options" {
  description = "The input log_retention of the connector, with its defaults."
  type        = any
  nullable    = false
}

variable "zip_path" {
  description = "Path of log_retention.zip."
  type        = string
  nullable    = false
}

variable "retention_days" {
  description = "Days that the edge functions' log groups keep events, 0 for ever."
  type        = number
  nullable    = false
}
