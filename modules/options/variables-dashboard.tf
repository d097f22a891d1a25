variable "dashboard" {
  description = <<-EOT
    A CloudWatch dashboard of the connector, called {name}-queueit. null: none.
    - regions: regions whose edge functions are shown, 1 to 20, such as ["us-east-1", "eu-central-1"]: those near your visitors.
    - distribution_ids: ids of distributions whose edge-function errors are shown, on a second dashboard {name}-queueit-distributions, such as ["EDFDVBD6EXAMPLE"].
  EOT
  type = object({
    regions          = optional(list(string), ["us-east-1"])
    distribution_ids = optional(list(string), [])
  })

  validation {
    condition     = var.dashboard == null ? true : contains(range(1, 21), length(distinct(var.dashboard.regions))) && length(distinct(var.dashboard.regions)) == length(var.dashboard.regions) && alltrue([for region in var.dashboard.regions : can(regex("^[a-z]{2}(-[a-z]+){1,2}-[0-9]{1,2}$", region))])
    error_message = "dashboard.regions is ${jsonencode(try(var.dashboard.regions, null))}; write 1 to 20 codes of AWS regions, each once, such as [\"us-east-1\", \"eu-central-1\"]."
  }

  validation {
    condition     = var.dashboard == null ? true : alltrue([for id in var.dashboard.distribution_ids : can(regex("^[A-Z0-9]{8,20}$", id))])
    error_message = "dashboard.distribution_ids is ${jsonencode(try(var.dashboard.distribution_ids, null))}; write ids of distributions, such as [\"EDFDVBD6EXAMPLE\"], not their domain names or ARNs."
  }
}
