# The objects among the connector's inputs: their types, defaults and limits. The root module declares them as `any`, as Terraform
# drops an attribute that an object's type does not know before a module can see it: a mistyped name would be no error.

locals {
  runtimes            = ["python3.11", "python3.12", "python3.13", "python3.14"]
  log_retentions      = [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]
  kms_key_arn_pattern = "^arn:[^:]+:kms:us-east-1:[0-9]{12}:key/.+$"

  options = {
    settings         = var.settings
    edge             = var.edge
    config_refresh   = var.config_refresh
    publish_endpoint = var.publish_endpoint
    log_retention    = var.log_retention
    dashboard        = var.dashboard
  }

  # By option, its attributes and those of the objects in it, such as "session_cookie.secure".
  known = {
    for option, value in local.options : option => try(flatten([
      for name in keys(value) : concat([name], try([for inner in keys(value[name]) : "${name}.${inner}"], []))
    ]), [])
  }
}

variable "given" {
  description = "The names of what was given, by option: attributes, and those of objects in it as \"session_cookie.secure\"."
  type        = map(list(string))
  nullable    = false

  validation {
    condition = alltrue([for option, names in var.given : length(setsubtract(names, local.known[option])) == 0])
    error_message = join("\n", [
      for option, names in var.given :
      "${option} has no ${join(", ", sort(setsubtract(names, local.known[option])))}; write what it has: ${join(", ", sort(local.known[option]))}."
      if length(setsubtract(names, local.known[option])) > 0
    ])
  }
}
