# Makes of behaviors what version 6 of the module makes of them, as far as functions and policies go.

locals {
  behaviors = [
    for behavior in concat([var.default_cache_behavior], var.ordered_cache_behavior) : merge(behavior, {
      lambda_function_association = {
        for key, association in coalesce(behavior.lambda_function_association, {}) :
        coalesce(association.event_type, key) => association
      }
    })
  ]
}

# Once their types are checked, these make the same distribution of them.
module "distribution" {
  source = "../stand_in_v5"

  comment                = var.comment
  origin                 = var.origin
  default_cache_behavior = local.behaviors[0]
  ordered_cache_behavior = slice(local.behaviors, 1, length(local.behaviors))
}
