variable "name" {
  description = "Name of the connector, and the beginning of every other name."
  type        = string
}

variable "customer_id" {
  description = "Customer id, an invented one."
  type        = string
}

variable "secret_arn" {
  description = "ARN of the secret that the program made."
  type        = string
}

variable "integration_config" {
  description = "The integration configuration that is published first, as JSON."
  type        = string
}

variable "pages" {
  description = "The site: the text of each page by its path without a leading slash."
  type        = map(string)
}

variable "poll_interval_seconds" {
  description = "Seconds between two polls of an edge."
  type        = number
}

variable "platform_url" {
  description = "Where config-refresh finds the configuration; null: at the distribution that stands in for the platform."
  type        = string
  default     = null
}
