# The smallest that has a pair to attach: the module, and two functions that the test made.

variable "pair_version" {
  description = "Version of the pair that the behaviors are to have."
  type        = number
}

variable "distributions" {
  description = "As those of the module."
  type        = any
}

provider "aws" {
  region = "us-east-1"
}

module "behaviors" {
  source = "../../../modules/behavior_association"

  name          = "shop"
  distributions = var.distributions

  lambda_function_associations = {
    for event_type in ["viewer-request", "viewer-response"] : event_type => {
      event_type = event_type
      lambda_arn = "arn:aws:lambda:us-east-1:123456789012:function:shop-${event_type}:${var.pair_version}"
    }
  }
}

output "differences" {
  value = module.behaviors.differences
}

output "problems" {
  value = module.behaviors.problems
}
