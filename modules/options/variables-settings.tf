# null means the default, which is written once: in functions/queueit/settings.py. So are the patterns; a test compares what is
# accepted here with what is accepted there.

locals {
  host_pattern        = "[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?"
  loopback_pattern    = "(localhost|127\\.0\\.0\\.1)(:[1-9][0-9]{0,4})?"
  service_url_pattern = "^(https://${local.host_pattern}|http://${local.loopback_pattern})(/[!-\"$->@-~]*)?(\\?[!-\"$-~]*)?$"
}

variable "settings" {
  description = <<-EOT
    What the snapshot tells every edge, with no deployment: a change is in force within a refresh and a poll. What is left out, or null, has its default.
    - url_matching: "every_form" (a URL is decided on in each form in which an origin may read it) or "as_configured" (in the form that the integration says).
    - own_domain: "queue" (requests to the distribution's own domain name queue like those to the sites behind it) or "as_sent" (they are compared with host triggers as they come).
    - preflight: "pass" (CORS preflights, which anybody can send, pass undecided) or "decide" (they are decided on like any other request).
    - ignored_methods: HTTP methods in capitals, such as ["TRACE"], whose requests pass undecided.
    - session_cookie: same_site ("Lax", "Strict" or "None"), secure and http_only, each overriding the integration's; null leaves the choice to the integration.
    - poll_interval_seconds: how often a running edge asks for a newer snapshot, 5 to 300 seconds.
    - truncated_body: "queue" (a body trigger on a body over 40 KB counts as met for Queue and Cancel, as not met for Ignore) or "visible_part" (what is there is compared).
    - allowed_origins: origins such as "https://shop.example.com" whose scripts may read the answer that sends a background request to the queue.
    - enqueue_token: the token that goes with a visitor to the queue: enabled; validity_seconds, 30 to 3600; key adds a random one to each token; client_ip and x_forwarded_for say whether it holds the visitor's address and that header.
    - verify: the service asked for integrations with a queue-id limit: url, and timeout_ms, 100 to 3000 milliseconds.
    - direct_pass: the service asked before a visitor is queued: url, timeout_ms, 800 to 4000 milliseconds, and on_failure, "pass" or "queue".
    - diagnostics: whether a signed debug token turns on diagnostics for its request.
    - decision_log_rate: share of decisions that get a log line, 0 to 1; errors always get one.
  EOT
  type = object({
    url_matching    = optional(string)
    own_domain      = optional(string)
    preflight       = optional(string)
    ignored_methods = optional(list(string))
    session_cookie = optional(object({
      same_site = optional(string)
      secure    = optional(bool)
      http_only = optional(bool)
    }))
    poll_interval_seconds = optional(number)
    truncated_body        = optional(string)
    allowed_origins       = optional(list(string))
    enqueue_token = optional(object({
      enabled          = optional(bool)
      validity_seconds = optional(number)
      key              = optional(bool)
      client_ip        = optional(bool)
      x_forwarded_for  = optional(bool)
    }))
    verify = optional(object({
      url        = string
      timeout_ms = optional(number)
    }))
    direct_pass = optional(object({
      url        = string
      timeout_ms = optional(number)
      on_failure = optional(string)
    }))
    diagnostics       = optional(bool)
    decision_log_rate = optional(number)
  })
  nullable = false

  validation {
    condition     = var.settings.url_matching == null ? true : contains(["every_form", "as_configured"], var.settings.url_matching)
    error_message = "settings.url_matching is ${jsonencode(var.settings.url_matching)}; write \"every_form\" or \"as_configured\"."
  }

  validation {
    condition     = var.settings.own_domain == null ? true : contains(["queue", "as_sent"], var.settings.own_domain)
    error_message = "settings.own_domain is ${jsonencode(var.settings.own_domain)}; write \"queue\" or \"as_sent\"."
  }

  validation {
    condition     = var.settings.preflight == null ? true : contains(["pass", "decide"], var.settings.preflight)
    error_message = "settings.preflight is ${jsonencode(var.settings.preflight)}; write \"pass\" or \"decide\"."
  }

  validation {
    condition     = var.settings.ignored_methods == null ? true : alltrue([for method in var.settings.ignored_methods : can(regex("^[A-Z]{1,32}$", method))])
    error_message = "settings.ignored_methods is ${jsonencode(var.settings.ignored_methods)}; write HTTP methods in capitals, such as [\"TRACE\"]."
  }

  validation {
    condition     = try(var.settings.session_cookie.same_site, null) == null ? true : contains(["Lax", "Strict", "None"], var.settings.session_cookie.same_site)
    error_message = "settings.session_cookie.same_site is ${jsonencode(try(var.settings.session_cookie.same_site, null))}; write \"Lax\", \"Strict\" or \"None\"."
  }

  validation {
    condition     = try(var.settings.session_cookie.same_site, null) == "None" ? var.settings.session_cookie.secure == true : true
    error_message = "settings.session_cookie.same_site is \"None\" without secure; browsers drop such a cookie: write secure = true as well, or accept \"Lax\"."
  }

  validation {
    condition     = var.settings.poll_interval_seconds == null ? true : contains(range(5, 301), var.settings.poll_interval_seconds)
    error_message = "settings.poll_interval_seconds is ${jsonencode(var.settings.poll_interval_seconds)}; write a whole number from 5 to 300."
  }

  validation {
    condition     = var.settings.truncated_body == null ? true : contains(["queue", "visible_part"], var.settings.truncated_body)
    error_message = "settings.truncated_body is ${jsonencode(var.settings.truncated_body)}; write \"queue\" or \"visible_part\"."
  }

  validation {
    condition     = var.settings.allowed_origins == null ? true : alltrue([for origin in var.settings.allowed_origins : can(regex("^(https://${local.host_pattern}|http://${local.loopback_pattern})$", origin)) && !can(regex("^https:.*:443$", origin))])
    error_message = "settings.allowed_origins is ${jsonencode(var.settings.allowed_origins)}; write https origins as browsers send them, such as [\"https://www.example.com\"]: in small letters, without a path, and a port only if it is not 443 (http for localhost only)."
  }

  validation {
    condition     = try(var.settings.enqueue_token.validity_seconds, null) == null ? true : var.settings.enqueue_token.validity_seconds >= 30 && var.settings.enqueue_token.validity_seconds <= 3600 && floor(var.settings.enqueue_token.validity_seconds) == var.settings.enqueue_token.validity_seconds
    error_message = "settings.enqueue_token.validity_seconds is ${jsonencode(try(var.settings.enqueue_token.validity_seconds, null))}; write a whole number from 30 to 3600."
  }

  validation {
    condition     = alltrue([for service in [var.settings.verify, var.settings.direct_pass] : service == null ? true : length(service.url) <= 1024 && can(regex(local.service_url_pattern, service.url))])
    error_message = "settings.verify.url or settings.direct_pass.url is ${join(" and ", [for service in [var.settings.verify, var.settings.direct_pass] : jsonencode(service.url) if service != null])}; write an https URL of visible ASCII characters, host in small letters, without credentials or fragment (http for localhost only), such as \"https://acme.queue-it.net/path\"."
  }

  validation {
    condition     = try(var.settings.verify.timeout_ms, null) == null ? true : var.settings.verify.timeout_ms >= 100 && var.settings.verify.timeout_ms <= 3000 && floor(var.settings.verify.timeout_ms) == var.settings.verify.timeout_ms
    error_message = "settings.verify.timeout_ms is ${jsonencode(try(var.settings.verify.timeout_ms, null))}; write a whole number from 100 to 3000: the visitor waits for it."
  }

  validation {
    condition     = try(var.settings.direct_pass.timeout_ms, null) == null ? true : var.settings.direct_pass.timeout_ms >= 800 && var.settings.direct_pass.timeout_ms <= 4000 && floor(var.settings.direct_pass.timeout_ms) == var.settings.direct_pass.timeout_ms
    error_message = "settings.direct_pass.timeout_ms is ${jsonencode(try(var.settings.direct_pass.timeout_ms, null))}; write a whole number from 800 to 4000: the function itself has 5 seconds."
  }

  validation {
    condition     = try(var.settings.direct_pass.on_failure, null) == null ? true : contains(["pass", "queue"], var.settings.direct_pass.on_failure)
    error_message = "settings.direct_pass.on_failure is ${jsonencode(try(var.settings.direct_pass.on_failure, null))}; write \"pass\" or \"queue\"."
  }

  validation {
    condition     = var.settings.decision_log_rate == null ? true : var.settings.decision_log_rate >= 0 && var.settings.decision_log_rate <= 1
    error_message = "settings.decision_log_rate is ${jsonencode(var.settings.decision_log_rate)}; write a share from 0, none, to 1, every decision."
  }

  validation {
    # Lambda takes 4 KB of environment, of which what is beside the settings needs less than 1 KB. What is null is not sent.
    condition     = length(replace(jsonencode(var.settings), "/\"[a-z_]+\":null,?/", "")) <= 3072
    error_message = "settings take ${length(replace(jsonencode(var.settings), "/\"[a-z_]+\":null,?/", ""))} characters as JSON, and config-refresh's environment has room for 3072; write fewer allowed_origins, or shorter URLs."
  }
}
