variable "connector" {
  description = "What the functions of one connector share, as modules/lambda_function takes it."
  type        = any
  nullable    = false
}

variable "options" {
  description = "The input config_refresh of the connector, with its defaults."
  type        = any
  nullable    = false
}

variable "zip_path" {
  description = "Path of config_refresh.zip."
  type        = string
  nullable    = false
}

variable "table_arn" {
  description = "ARN of the table; the first run waits for it."
  type        = string
  nullable    = false
}

variable "customer_id" {
  description = "Customer id at Queue-it."
  type        = string
  nullable    = false
}

variable "secret_id" {
  description = "ARN or name of the secret that holds the credentials."
  type        = string
  nullable    = false
}

variable "secret_version" {
  description = "Version of the credentials; another one refreshes with the apply."
  type        = string
  nullable    = false
}

variable "settings" {
  description = "What the snapshot tells every edge."
  type        = any
  nullable    = false
}

variable "statements" {
  description = "Statements of the role's policy: the table and the credentials."
  type        = any
  nullable    = false
}
