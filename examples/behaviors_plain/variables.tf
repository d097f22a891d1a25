variable "customer_id" {
  description = "Customer id at Queue-it, such as acme for acme.queue-it.net."
  type        = string
}

variable "queue_it" {
  description = "The account's secret key and API key, as the GO Queue-it Platform shows them."
  type        = object({ secret_key = string, api_key = string })
  ephemeral   = true
}

variable "origin_domain_name" {
  description = "Domain name of the web server to protect; it answers on HTTPS."
  type        = string
  default     = "www.example.com"
}

variable "files_domain_name" {
  description = "Domain name of the server of the site's files, which answers with nothing else, on HTTPS."
  type        = string
  default     = "files.example.com"
}
