variable "replica_regions" {
  description = "Regions beside us-east-1 that get a replica of the table, so that edges near them read near by, such as { eu-west-1 = {}, ap-northeast-1 = {} }. kms_key_arn is the KMS key of that region which encrypts the replica; each replica needs one where the table has kms_key_arn."
  type = map(object({
    kms_key_arn = optional(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for region in keys(var.replica_regions) : can(regex("^[a-z]{2}(-[a-z]+){1,2}-[0-9]{1,2}$", region)) && region != "us-east-1"])
    error_message = "replica_regions has the keys ${join(", ", keys(var.replica_regions))}; write regions beside us-east-1, where the table itself is, such as { eu-west-1 = {} }."
  }

  validation {
    condition     = alltrue([for region, replica in var.replica_regions : replica.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:${region}:[0-9]{12}:key/.+$", replica.kms_key_arn))])
    error_message = "replica_regions has a kms_key_arn that is not a KMS key of its replica's region; write eu-west-1 = { kms_key_arn = \"arn:aws:kms:eu-west-1:123456789012:key/…\" }."
  }

  validation {
    condition     = alltrue([for replica in values(var.replica_regions) : (replica.kms_key_arn == null) == (var.kms_key_arn == null)])
    error_message = "DynamoDB takes keys of the customer's for a table and all its replicas or for none; write kms_key_arn for the table and for each of replica_regions, or for none of them."
  }
}

variable "deletion_protection" {
  description = "Whether the table refuses to be deleted: true or false. While true a destroy stops at the table; write false and apply before you remove the connector."
  type        = bool
  default     = true
  nullable    = false
}
