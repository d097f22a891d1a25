variable "customer_id" {
  description = "Customer id at Queue-it, such as acme for acme.queue-it.net."
  type        = string
}

variable "secret_arn" {
  description = "ARN of the Secrets Manager secret in us-east-1 that holds {\"secret_key\": …, \"api_key\": …}."
  type        = string
}

variable "application_domain_name" {
  description = "Domain name of the shop's web servers."
  type        = string
  default     = "application.shop.example.com"
}

variable "assets_domain_name" {
  description = "Domain name of the server of the shop's files."
  type        = string
  default     = "assets.shop.example.com"
}
