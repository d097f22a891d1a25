variable "customer_id" {
  description = "Customer id at Queue-it, such as acme for acme.queue-it.net."
  type        = string
}

variable "queue_it" {
  description = "The account's secret key and API key, as the GO Queue-it Platform shows them."
  type        = object({ secret_key = string, api_key = string })
  ephemeral   = true
}

variable "shop_origin" {
  description = "Domain name of the shop's web server; it answers on HTTPS."
  type        = string
  default     = "shop.example.com"
}

variable "fans_origin" {
  description = "Domain name of the fan site's web server; it answers on HTTPS."
  type        = string
  default     = "fans.example.com"
}

variable "files_origin" {
  description = "Domain name of the server of both sites' files, which answers with nothing else, on HTTPS."
  type        = string
  default     = "files.example.com"
}
