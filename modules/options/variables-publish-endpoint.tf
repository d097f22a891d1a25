variable "publish_endpoint" {
  description = <<-EOT
    The publish endpoint: a function URL to which the GO Queue-it Platform pushes each configuration that is published there, so that it is in force within a poll instead of a minute and a poll. {}: with the defaults; null: none.
    - memory_size_mb: memory of the function, 128 to 10240 MB.
    - timeout_seconds: time limit of a request, 10 to 900 seconds.
    - reserved_concurrency: how many requests are handled at once, 1 to 100, taken from the account's concurrency; -1 for no bound. AWS keeps a part of an account's concurrency unreserved: in a new account with a quota of 10 the apply fails with "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value"; write -1 there, or have the quota raised.
    - is_public: whether anybody may call the URL, as the platform needs it: true or false. false, for accounts that forbid public functions: the URL takes requests that IAM allows, the platform's pushes are refused, and publications come in with the schedule alone.
    - invoke_permission: whether the module lets anybody invoke the function, which a public URL made since October 2025 needs beside the permission on the URL: true or false. false where you write a narrower permission yourself.
  EOT
  type = object({
    memory_size_mb       = optional(number, 256)
    timeout_seconds      = optional(number, 20)
    reserved_concurrency = optional(number, 2)
    is_public            = optional(bool, true)
    invoke_permission    = optional(bool, true)
  })

  validation {
    condition     = var.publish_endpoint == null ? true : var.publish_endpoint.memory_size_mb >= 128 && var.publish_endpoint.memory_size_mb <= 10240 && floor(var.publish_endpoint.memory_size_mb) == var.publish_endpoint.memory_size_mb
    error_message = "publish_endpoint.memory_size_mb is ${try(var.publish_endpoint.memory_size_mb, "null")}; write a whole number from 128 to 10240."
  }

  validation {
    condition     = var.publish_endpoint == null ? true : var.publish_endpoint.timeout_seconds >= 10 && var.publish_endpoint.timeout_seconds <= 900 && floor(var.publish_endpoint.timeout_seconds) == var.publish_endpoint.timeout_seconds
    error_message = "publish_endpoint.timeout_seconds is ${try(var.publish_endpoint.timeout_seconds, "null")}; write a whole number from 10 to 900."
  }

  validation {
    condition     = var.publish_endpoint == null ? true : contains(concat([-1], range(1, 101)), var.publish_endpoint.reserved_concurrency)
    error_message = "publish_endpoint.reserved_concurrency is ${try(var.publish_endpoint.reserved_concurrency, "null")}; write a whole number from 1 to 100, or -1 for no bound."
  }
}
