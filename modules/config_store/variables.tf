variable "name" {
  description = "Name of the connector, and so of the table."
  type        = string
  nullable    = false
}

variable "replica_regions" {
  description = "Regions beside us-east-1 that get a replica of the table, each with the KMS key of that region that encrypts it (null: a key that AWS owns)."
  type = map(object({
    kms_key_arn = optional(string)
  }))
  default  = {}
  nullable = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key in us-east-1 that encrypts the table; null: a key that AWS owns."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Whether the table refuses to be deleted: true or false."
  type        = bool
  default     = true
  nullable    = false
}

variable "tags" {
  description = "Tags of the table and its replicas."
  type        = map(string)
  default     = {}
  nullable    = false
}
