variable "customers" {
  description = "The accounts at Queue-it, by a name that becomes part of each connector's: customer id, the domain name of their web server, which answers on HTTPS with their pages alone, and the path patterns that are theirs."
  type = map(object({
    customer_id        = string
    origin_domain_name = string
    protected_paths    = list(string)
  }))

  validation {
    condition     = length(distinct(flatten(values(var.customers)[*].protected_paths))) == length(flatten(values(var.customers)[*].protected_paths))
    error_message = "A path pattern is listed twice in customers; a behavior runs the functions of one customer: list each pattern once."
  }
}

variable "queue_it" {
  description = "Secret key and API key of each account, by the same names as customers."
  type        = map(object({ secret_key = string, api_key = string }))
  ephemeral   = true
}

variable "origin_domain_name" {
  description = "Domain name of the venue's own web server, which has no page of the customers'; it answers on HTTPS."
  type        = string
  default     = "www.venue.example.com"
}
