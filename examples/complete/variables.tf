variable "customer_id" {
  description = "Customer id at Queue-it, such as acme for acme.queue-it.net."
  type        = string
}

variable "queue_it" {
  description = "The account's keys, as the GO Queue-it Platform shows them; next_secret_key and previous_secret_key only while a rotation lasts, proxy_key only with direct pass."
  type = object({
    secret_key          = string
    api_key             = string
    next_secret_key     = optional(string)
    previous_secret_key = optional(string)
    proxy_key           = optional(string)
  })
  ephemeral = true
}

variable "queue_it_version" {
  description = "Number of these keys; raise it by one with each change of them."
  type        = number
  default     = 1
}

variable "origin_domain_name" {
  description = "Domain name of the web server to protect; it answers on HTTPS."
  type        = string
  default     = "www.example.com"
}
