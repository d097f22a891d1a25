variable "name" {
  description = "Name of the connector. The dashboard is called {name}-queueit."
  type        = string
  nullable    = false
}

variable "regions" {
  description = "Regions where edge functions run and whose metrics are shown, 1 to 20, such as [\"us-east-1\", \"eu-central-1\"]: those near your visitors. A region without visitors shows nothing and costs nothing."
  type        = list(string)
  nullable    = false
}

variable "distribution_ids" {
  description = "Ids of the CloudFront distributions behind the connector, such as [\"EDFDVBD6EXAMPLE\"], whose edge-function errors and error rates are shown; none: no such graphs."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "alarm_arns" {
  description = "ARNs of alarms whose state is shown on top, such as those of config-refresh; none: no such row."
  type        = list(string)
  default     = []
  nullable    = false
}
