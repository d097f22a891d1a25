# The variables that behaviors take in versions 2 to 5 of terraform-aws-modules/cloudfront.

variable "comment" {
  description = "Comment of the distribution."
  type        = string
}

variable "origin" {
  description = "Origins by their id."
  type        = any
}

variable "default_cache_behavior" {
  description = "The default behavior."
  type        = any
}

variable "ordered_cache_behavior" {
  description = "The other behaviors, in the order that CloudFront tries them."
  type        = any
  default     = []
}
