variable "customer_id" {
  description = "Customer id at Queue-it, such as acme for acme.queue-it.net."
  type        = string
}

variable "queue_it" {
  description = "The account's secret key and API key, as the GO Queue-it Platform shows them."
  type        = object({ secret_key = string, api_key = string })
  ephemeral   = true
}

variable "sites" {
  description = "The sites, by name: the domain name of each one's web server, that of the server of its files, which answers with nothing else, both on HTTPS, and the path patterns that have the waiting room in front of them, \"*\" for the whole site."
  type = map(object({
    origin_domain_name = string
    files_domain_name  = string
    protected_paths    = list(string)
  }))
  default = {
    tickets = { origin_domain_name = "tickets.example.com", files_domain_name = "files.tickets.example.com", protected_paths = ["*"] }
    shop    = { origin_domain_name = "shop.example.com", files_domain_name = "files.shop.example.com", protected_paths = ["/drops/*", "/checkout/*"] }
    members = { origin_domain_name = "members.example.com", files_domain_name = "files.members.example.com", protected_paths = ["/presale/*"] }
  }
}
