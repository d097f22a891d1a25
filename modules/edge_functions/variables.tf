variable "connector" {
  description = "What the functions of one connector share, as modules/lambda_function takes it; here its name, account, role and tags."
  type        = any
  nullable    = false

  validation {
    condition     = var.connector.account.region == "us-east-1"
    error_message = "The region is ${var.connector.account.region}, but Lambda@Edge functions live in us-east-1: pass an aws provider of that region."
  }
}

variable "options" {
  description = "The input edge of the connector, with its defaults."
  type        = any
  nullable    = false
}

variable "zip_path" {
  description = "Path of edge.zip. Another path counts as a change of the code, so it has to be the same wherever the configuration is applied."
  type        = string
  nullable    = false
}

variable "table_arn" {
  description = "ARN of the table in us-east-1; the functions are made after it and destroyed before it."
  type        = string
  nullable    = false
}

variable "replica_regions" {
  description = "Regions beside us-east-1 where the functions may read a replica of the table."
  type        = set(string)
  nullable    = false
}

variable "table_kms_key_arns" {
  description = "ARNs of the KMS keys that encrypt the table and its replicas; the functions may decrypt with them through DynamoDB."
  type        = list(string)
  nullable    = false
}

variable "include_body" {
  description = "Whether viewer-request sees request bodies (their first 40 KB): true or false."
  type        = bool
  nullable    = false
}

variable "pinned_versions" {
  description = "Versions that lambda_function_associations names in place of the latest ones, by event type; {} for the latest."
  type        = map(string)
  nullable    = false
}
