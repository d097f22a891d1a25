variable "connector" {
  description = "What the functions of one connector share, as modules/lambda_function takes it."
  type        = any
  nullable    = false
}

variable "options" {
  description = "The input publish_endpoint of the connector, with its defaults."
  type        = any
  nullable    = false
}

variable "zip_path" {
  description = "Path of config_refresh.zip."
  type        = string
  nullable    = false
}

variable "customer_id" {
  description = "Customer id at Queue-it."
  type        = string
  nullable    = false
}

variable "secret_id" {
  description = "ARN or name of the secret that holds the credentials, with one of whose secret keys a push is signed."
  type        = string
  nullable    = false
}

variable "snapshot_retention_days" {
  description = "Days that a snapshot is kept after another one took its place; as for config-refresh."
  type        = number
  nullable    = false
}

variable "statements" {
  description = "Statements of the role's policy: the table and the credentials."
  type        = any
  nullable    = false
}
