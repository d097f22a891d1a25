variable "name" {
  description = "Name of the connector. The dashboard is called {name}-queueit."
  type        = string
  nullable    = false
}

variable "regions" {
  description = "Regions where edge functions run and whose metrics are shown, 1 to 20, such as [\"us-east-1\", \"eu-central-1\"]: those near your visitors. A region without visitors shows nothing and costs nothing."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.regions) >= 1 && length(var.regions) <= 20
    error_message = "List 1 to 20 regions, those near your visitors, such as [\"us-east-1\", \"eu-central-1\"]."
  }

  validation {
    condition     = alltrue([for region in var.regions : can(regex("^[a-z]{2}(-[a-z]+){1,2}-[0-9]{1,2}$", region))])
    error_message = "Each of regions is the code of an AWS region, such as \"eu-central-1\"."
  }

  validation {
    condition     = length(distinct(var.regions)) == length(var.regions)
    error_message = "List each region once."
  }
}

variable "distribution_ids" {
  description = "Ids of the CloudFront distributions behind the connector, such as [\"EDFDVBD6EXAMPLE\"], whose edge-function errors and error rates are shown; none: no such graphs."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.distribution_ids : can(regex("^[A-Z0-9]{8,20}$", id))])
    error_message = "Each of distribution_ids is the id of a distribution, such as \"EDFDVBD6EXAMPLE\"; not its domain name or ARN."
  }
}

variable "alarm_arns" {
  description = "ARNs of alarms whose state is shown on top, such as those of config-refresh; none: no such row."
  type        = list(string)
  default     = []
  nullable    = false
}
