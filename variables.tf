# What several variables are validated with.
locals {
  runtimes            = ["python3.11", "python3.12", "python3.13", "python3.14"]
  log_retentions      = [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]
  kms_key_arn_pattern = "^arn:[^:]+:kms:us-east-1:[0-9]{12}:key/.+$"

  # The same as in functions/queueit/settings.py.
  host_pattern        = "[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?"
  loopback_pattern    = "(localhost|127\\.0\\.0\\.1)(:[1-9][0-9]{0,4})?"
  service_url_pattern = "^(https://${local.host_pattern}|http://${local.loopback_pattern})(/[!-\"$->@-~]*)?(\\?[!-\"$-~]*)?$"
}

variable "name" {
  description = "Name of the connector, from which all others are derived: the table is {name}, the functions are {name}-viewer-request, {name}-viewer-response and {name}-config-refresh. 3 to 40 letters, digits, hyphens and underscores, beginning with a letter. Changing it replaces everything."
  type        = string
  nullable    = false

  validation {
    # 64, the limit of Lambda and IAM, less what the longest names need: {name}-behavior-association, and room for one more like it.
    condition     = length(var.name) >= 3 && length(var.name) <= 40
    error_message = "name \"${var.name}\" has ${length(var.name)} characters; write 3 to 40, so that the names of functions and roles derived from it stay within AWS's 64."
  }

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_-]*$", var.name))
    error_message = "name \"${var.name}\" has a character that functions, roles or the table do not take; write letters, digits, hyphens and underscores, beginning with a letter, such as \"waiting-room\"."
  }
}

variable "customer_id" {
  description = "Customer id of the account at Queue-it, the first label of its host {customer_id}.queue-it.net: 1 to 100 letters, digits, hyphens and underscores."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,100}$", var.customer_id))
    error_message = "customer_id is \"${substr(var.customer_id, 0, 120)}\"; write the account's id alone, without a host or URL, such as \"acme\" for acme.queue-it.net."
  }
}

# Credentials: an existing secret, or values that the module stores. Which of the two is told by `credentials`, as how many
# resources there are may not depend on ephemeral values.

variable "credentials" {
  description = "An existing Secrets Manager secret in us-east-1 that holds the credentials as a JSON object of text: secret_key, api_key and, where used, previous_secret_key and proxy_key. secret_arn is the secret's whole ARN; kms_key_arn is the KMS key that encrypts it, null for the one that AWS manages. null: the module stores secret_key and api_key in a secret of its own."
  type = object({
    secret_arn  = string
    kms_key_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.credentials == null ? true : can(regex("^arn:[^:]+:secretsmanager:us-east-1:[0-9]{12}:secret:.+-[A-Za-z0-9]{6}$", var.credentials.secret_arn))
    error_message = "credentials.secret_arn is not the whole ARN of a secret in us-east-1; write it as Secrets Manager shows it, with the six characters at its end: arn:aws:secretsmanager:us-east-1:123456789012:secret:queue-it-AbCdEf."
  }

  validation {
    condition     = try(var.credentials.kms_key_arn, null) == null ? true : can(regex(local.kms_key_arn_pattern, var.credentials.kms_key_arn))
    error_message = "credentials.kms_key_arn is not the ARN of a KMS key in us-east-1; write arn:aws:kms:us-east-1:123456789012:key/…, or leave it out for the key that AWS manages."
  }
}

variable "secret_key" {
  description = "Secret key that signs tokens and session cookies, as the GO Queue-it Platform shows it. Ephemeral: it reaches neither plan nor state. Needed, together with api_key, where credentials is null."
  type        = string
  default     = null
  ephemeral   = true

  validation {
    condition     = (var.secret_key == null) != (var.credentials == null)
    error_message = var.credentials == null ? "There are no credentials; write either credentials = { secret_arn = … } for an existing secret, or secret_key and api_key for one that the module stores." : "There are credentials and a secret_key; keep one of the two: credentials for an existing secret, secret_key and api_key for one that the module stores."
  }

  validation {
    condition     = var.secret_key == null ? true : length(trimspace(var.secret_key)) > 0 && trimspace(var.secret_key) == var.secret_key
    error_message = "secret_key is empty, or begins or ends with white space; write the key alone, as the GO Queue-it Platform shows it."
  }
}

variable "api_key" {
  description = "API key with which the integration configuration is downloaded, as the GO Queue-it Platform shows it. Ephemeral: it reaches neither plan nor state. Needed, together with secret_key, where credentials is null."
  type        = string
  default     = null
  ephemeral   = true

  validation {
    condition     = (var.api_key == null) != (var.credentials == null)
    error_message = var.credentials == null ? "There is no api_key; write secret_key and api_key for a secret that the module stores, or credentials = { secret_arn = … } for an existing one." : "There are credentials and an api_key; keep one of the two: credentials for an existing secret, secret_key and api_key for one that the module stores."
  }

  validation {
    condition     = var.api_key == null ? true : length(trimspace(var.api_key)) > 0 && trimspace(var.api_key) == var.api_key
    error_message = "api_key is empty, or begins or ends with white space; write the key alone, as the GO Queue-it Platform shows it."
  }
}

variable "previous_secret_key" {
  description = "Secret key before the present one: while a rotation lasts, tokens and session cookies that it signed stay valid. Ephemeral: it reaches neither plan nor state. null: no rotation is going on, or credentials holds it."
  type        = string
  default     = null
  ephemeral   = true

  validation {
    condition     = var.previous_secret_key == null ? true : var.credentials == null
    error_message = "There are credentials and a previous_secret_key; put \"previous_secret_key\" into the secret that credentials names."
  }

  validation {
    condition     = var.previous_secret_key == null ? true : length(trimspace(var.previous_secret_key)) > 0 && var.previous_secret_key != var.secret_key
    error_message = "previous_secret_key is empty or the same as secret_key; write the key before the present one, or leave it out when no rotation is going on."
  }
}

variable "proxy_key" {
  description = "Key of the direct-pass service. Ephemeral: it reaches neither plan nor state. null: settings.direct_pass is not used, or credentials holds it."
  type        = string
  default     = null
  ephemeral   = true

  validation {
    condition     = var.proxy_key == null ? true : var.credentials == null
    error_message = "There are credentials and a proxy_key; put \"proxy_key\" into the secret that credentials names."
  }

  validation {
    condition     = var.proxy_key == null ? true : length(trimspace(var.proxy_key)) > 0
    error_message = "proxy_key is empty; write the key of the direct-pass service, or leave it out."
  }
}

variable "credentials_version" {
  description = "Number of the credentials, a whole number from 1. Terraform cannot see that an ephemeral value has changed: raise it with each new secret_key, api_key, previous_secret_key or proxy_key, and they are stored and in force with that apply. With an existing secret, raising it refreshes at once instead of within a minute."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.credentials_version >= 1 && floor(var.credentials_version) == var.credentials_version
    error_message = "credentials_version is ${var.credentials_version}; write a whole number from 1, one more with each change of the credentials."
  }
}

variable "settings" {
  description = <<-EOT
    What the snapshot tells every edge, with no deployment: a change is in force within a refresh and a poll.
    - enabled: false is the kill switch, every request then passes untouched.
    - url_matching: "raw_or_normalized" (URL triggers see the URL as sent and normalized) or "as_configured" (the one that the integration says).
    - ignored_methods: HTTP methods in capitals whose requests pass untouched.
    - session_cookie: same_site ("Lax", "Strict" or "None"), secure and http_only, each overriding the integration's; null leaves the choice to the integration.
    - poll_interval_seconds: how often a running edge asks for a newer snapshot, 5 to 300 seconds.
    - truncated_body: "queue" (a body trigger on a body over 40 KB counts as met for Queue and Cancel, as not met for Ignore) or "visible_part" (what is there is compared).
    - allowed_origins: origins such as "https://shop.example.com" whose scripts may read the answer that sends a background request to the queue.
    - enqueue_token: null, or the token that goes with a visitor to the queue: validity_seconds, 30 to 3600; key adds a random one to each token; client_ip and x_forwarded_for say whether it holds the visitor's address and that header.
    - verify: null, or the service asked for integrations with a queue-id limit: url, and timeout_ms, 100 to 3000 milliseconds.
    - direct_pass: null, or the service asked before a visitor is queued: url, timeout_ms, 800 to 4000 milliseconds, and on_failure, "pass" or "queue".
    - diagnostics: whether a signed debug token turns on diagnostics for its request.
    - decision_log_rate: share of decisions that get a log line, 0 to 1; errors always get one.
  EOT
  type = object({
    enabled         = optional(bool, true)
    url_matching    = optional(string, "raw_or_normalized")
    ignored_methods = optional(list(string), ["OPTIONS"])
    session_cookie = optional(object({
      same_site = optional(string)
      secure    = optional(bool)
      http_only = optional(bool)
    }), {})
    poll_interval_seconds = optional(number, 30)
    truncated_body        = optional(string, "queue")
    allowed_origins       = optional(list(string), [])
    enqueue_token = optional(object({
      validity_seconds = optional(number, 240)
      key              = optional(bool, false)
      client_ip        = optional(bool, true)
      x_forwarded_for  = optional(bool, true)
    }))
    verify = optional(object({
      url        = string
      timeout_ms = optional(number, 1000)
    }))
    direct_pass = optional(object({
      url        = string
      timeout_ms = optional(number, 3000)
      on_failure = optional(string, "pass")
    }))
    diagnostics       = optional(bool, true)
    decision_log_rate = optional(number, 0.01)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["raw_or_normalized", "as_configured"], var.settings.url_matching)
    error_message = "settings.url_matching is \"${var.settings.url_matching}\"; write \"raw_or_normalized\" or \"as_configured\"."
  }

  validation {
    condition     = alltrue([for method in var.settings.ignored_methods : can(regex("^[A-Z]{1,32}$", method))])
    error_message = "settings.ignored_methods is ${jsonencode(var.settings.ignored_methods)}; write HTTP methods in capitals, such as [\"OPTIONS\"]."
  }

  validation {
    condition     = var.settings.session_cookie.same_site == null ? true : contains(["Lax", "Strict", "None"], var.settings.session_cookie.same_site)
    error_message = "settings.session_cookie.same_site is \"${coalesce(var.settings.session_cookie.same_site, "null")}\"; write \"Lax\", \"Strict\" or \"None\"."
  }

  validation {
    condition     = var.settings.session_cookie.same_site == "None" ? var.settings.session_cookie.secure == true : true
    error_message = "settings.session_cookie.same_site is \"None\" without secure; browsers drop such a cookie: write secure = true as well, or accept \"Lax\"."
  }

  validation {
    condition     = var.settings.poll_interval_seconds >= 5 && var.settings.poll_interval_seconds <= 300 && floor(var.settings.poll_interval_seconds) == var.settings.poll_interval_seconds
    error_message = "settings.poll_interval_seconds is ${var.settings.poll_interval_seconds}; write a whole number from 5 to 300."
  }

  validation {
    condition     = contains(["queue", "visible_part"], var.settings.truncated_body)
    error_message = "settings.truncated_body is \"${var.settings.truncated_body}\"; write \"queue\" or \"visible_part\"."
  }

  validation {
    condition     = alltrue([for origin in var.settings.allowed_origins : can(regex("^(https://${local.host_pattern}|http://${local.loopback_pattern})$", origin)) && !can(regex("^https:.*:443$", origin))])
    error_message = "settings.allowed_origins is ${jsonencode(var.settings.allowed_origins)}; write https origins as browsers send them, such as [\"https://www.example.com\"]: in small letters, without a path, and a port only if it is not 443 (http for localhost only)."
  }

  validation {
    condition     = var.settings.enqueue_token == null ? true : var.settings.enqueue_token.validity_seconds >= 30 && var.settings.enqueue_token.validity_seconds <= 3600 && floor(var.settings.enqueue_token.validity_seconds) == var.settings.enqueue_token.validity_seconds
    error_message = "settings.enqueue_token.validity_seconds is ${try(var.settings.enqueue_token.validity_seconds, 240)}; write a whole number from 30 to 3600."
  }

  validation {
    condition     = alltrue([for service in [var.settings.verify, var.settings.direct_pass] : service == null ? true : length(service.url) <= 1024 && can(regex(local.service_url_pattern, service.url))])
    error_message = "settings.verify.url or settings.direct_pass.url is ${join(" and ", [for service in [var.settings.verify, var.settings.direct_pass] : jsonencode(service.url) if service != null])}; write an https URL of visible ASCII characters, host in small letters, without credentials or fragment (http for localhost only), such as \"https://acme.queue-it.net/path\"."
  }

  validation {
    condition     = var.settings.verify == null ? true : var.settings.verify.timeout_ms >= 100 && var.settings.verify.timeout_ms <= 3000 && floor(var.settings.verify.timeout_ms) == var.settings.verify.timeout_ms
    error_message = "settings.verify.timeout_ms is ${try(var.settings.verify.timeout_ms, 1000)}; write a whole number from 100 to 3000: the visitor waits for it."
  }

  validation {
    condition     = var.settings.direct_pass == null ? true : var.settings.direct_pass.timeout_ms >= 800 && var.settings.direct_pass.timeout_ms <= 4000 && floor(var.settings.direct_pass.timeout_ms) == var.settings.direct_pass.timeout_ms
    error_message = "settings.direct_pass.timeout_ms is ${try(var.settings.direct_pass.timeout_ms, 3000)}; write a whole number from 800 to 4000: the function itself has 5 seconds."
  }

  validation {
    condition     = var.settings.direct_pass == null ? true : contains(["pass", "queue"], var.settings.direct_pass.on_failure)
    error_message = "settings.direct_pass.on_failure is \"${try(var.settings.direct_pass.on_failure, "pass")}\"; write \"pass\" or \"queue\"."
  }

  validation {
    condition     = var.settings.decision_log_rate >= 0 && var.settings.decision_log_rate <= 1
    error_message = "settings.decision_log_rate is ${var.settings.decision_log_rate}; write a share from 0, none, to 1, every decision."
  }

  validation {
    # Lambda takes 4 KB of environment, of which what is beside the settings needs less than 1 KB.
    condition     = length(jsonencode(var.settings)) <= 3072
    error_message = "settings take ${length(jsonencode(var.settings))} characters as JSON, and config-refresh's environment has room for 3072; write fewer allowed_origins, or shorter URLs."
  }
}

variable "include_body" {
  description = "Whether viewer-request sees request bodies, their first 40 KB: true or false. Triggers on the body need it. Changing it changes the associations."
  type        = bool
  default     = false
  nullable    = false
}

variable "pinned_versions" {
  description = "Versions that lambda_function_associations names instead of the latest ones, by event type, such as { viewer-request = \"3\", viewer-response = \"3\" }: a new version of the connector is then published but reaches no distribution before the pin moves. {}: the latest."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for event_type in keys(var.pinned_versions) : contains(["viewer-request", "viewer-response"], event_type)])
    error_message = "pinned_versions has the keys ${join(", ", keys(var.pinned_versions))}; write versions for \"viewer-request\" and \"viewer-response\"."
  }

  validation {
    condition     = alltrue([for version in values(var.pinned_versions) : can(regex("^[1-9][0-9]*$", version))])
    error_message = "pinned_versions has the values ${jsonencode(values(var.pinned_versions))}; write numbers of published versions, such as \"3\": CloudFront takes neither $LATEST nor an alias."
  }

  validation {
    condition     = length(var.pinned_versions) != 1
    error_message = "pinned_versions names ${join("", keys(var.pinned_versions))} alone; the two functions hand over to each other: write versions for both, or for none."
  }
}

variable "edge" {
  description = <<-EOT
    The two functions at the edge. A change of failure_mode, memory_size_mb, timeout_seconds or runtime publishes a new version and so changes the associations.
    - failure_mode: what a visitor gets when the connector itself is at fault: "open", the page, or "closed", a 503.
    - memory_size_mb: memory of each function: 128 MB, both Lambda's least and CloudFront's quota for viewer events.
    - timeout_seconds: time limit of each function, 1 to 5 seconds.
    - runtime: "python3.11", "python3.12", "python3.13" or "python3.14".
    - delete_timeout: how long a destroy goes on trying to delete a function whose replicas are not gone yet, such as "30m" or "3h".
    - skip_destroy: whether a destroy leaves the functions in the account and only forgets them.
    - log_retention_days: days that the log groups in us-east-1 keep events, a value that CloudWatch Logs takes; 0 for ever.
    - log_kms_key_arn: KMS key in us-east-1 that encrypts these log groups; null: CloudWatch Logs' own encryption.
  EOT
  type = object({
    failure_mode       = optional(string, "open")
    memory_size_mb     = optional(number, 128)
    timeout_seconds    = optional(number, 5)
    runtime            = optional(string, "python3.13")
    delete_timeout     = optional(string, "30m")
    skip_destroy       = optional(bool, false)
    log_retention_days = optional(number, 30)
    log_kms_key_arn    = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["open", "closed"], var.edge.failure_mode)
    error_message = "edge.failure_mode is \"${var.edge.failure_mode}\"; write \"open\" or \"closed\"."
  }

  validation {
    condition     = var.edge.memory_size_mb == 128
    error_message = "edge.memory_size_mb is ${var.edge.memory_size_mb}; write 128: it is both Lambda's least and CloudFront's quota for functions of viewer events."
  }

  validation {
    condition     = contains([1, 2, 3, 4, 5], var.edge.timeout_seconds)
    error_message = "edge.timeout_seconds is ${var.edge.timeout_seconds}; write a whole number from 1 to 5, CloudFront's quota for functions of viewer events."
  }

  validation {
    condition     = contains(local.runtimes, var.edge.runtime)
    error_message = "edge.runtime is \"${var.edge.runtime}\"; write \"python3.11\", \"python3.12\", \"python3.13\" or \"python3.14\"."
  }

  validation {
    condition     = can(regex("^([0-9]+h)?([0-9]+m)?([0-9]+s)?$", var.edge.delete_timeout)) && var.edge.delete_timeout != ""
    error_message = "edge.delete_timeout is \"${var.edge.delete_timeout}\"; write a duration of hours, minutes and seconds, such as \"30m\" or \"3h\"."
  }

  validation {
    condition     = contains(local.log_retentions, var.edge.log_retention_days)
    error_message = "edge.log_retention_days is ${var.edge.log_retention_days}; write a number of days that CloudWatch Logs takes: ${join(", ", slice(local.log_retentions, 1, length(local.log_retentions)))}, or 0 for ever."
  }

  validation {
    condition     = var.edge.log_kms_key_arn == null ? true : can(regex(local.kms_key_arn_pattern, var.edge.log_kms_key_arn))
    error_message = "edge.log_kms_key_arn is \"${coalesce(var.edge.log_kms_key_arn, "null")}\"; write the ARN of a KMS key in us-east-1, arn:aws:kms:us-east-1:123456789012:key/…."
  }
}

variable "config_refresh" {
  description = <<-EOT
    The function that keeps the snapshot fresh, its schedule and its alarms.
    - interval_minutes: minutes between two scheduled runs, 1 to 60.
    - memory_size_mb: memory of the function, 128 to 10240 MB.
    - timeout_seconds: time limit of a run, 30 to 900 seconds; the download alone may take 20.
    - runtime: "python3.11", "python3.12", "python3.13" or "python3.14".
    - reserved_concurrency: how many runs may go on at once, 1 to 100, taken from the account's concurrency; -1 for no bound, as a new account with a limit of 10 needs it.
    - retry_attempts: how often Scheduler and Lambda repeat a run that failed, 0 to 2; the next scheduled run comes anyway.
    - max_event_age_seconds: seconds after which a run that could not start is given up, 60 to 21600.
    - dead_letter_queue_arn: SQS queue in us-east-1 that gets the runs that were given up; null for none.
    - snapshot_retention_days: days that a snapshot stays available for a rollback after another one took its place, 1 to 3650.
    - log_retention_days: days that the log group keeps events, a value that CloudWatch Logs takes; 0 for ever.
    - log_kms_key_arn: KMS key in us-east-1 that encrypts the log group; null: CloudWatch Logs' own encryption.
    - alarms: failed_runs (failed runs in a row, 1 to 60), missing_runs (intervals without a run, 2 to 60) and stale_after_minutes (minutes without a successful run, 2 to 1440) after which the three alarms go off.
  EOT
  type = object({
    interval_minutes        = optional(number, 1)
    memory_size_mb          = optional(number, 256)
    timeout_seconds         = optional(number, 60)
    runtime                 = optional(string, "python3.13")
    reserved_concurrency    = optional(number, 2)
    retry_attempts          = optional(number, 0)
    max_event_age_seconds   = optional(number, 60)
    dead_letter_queue_arn   = optional(string)
    snapshot_retention_days = optional(number, 90)
    log_retention_days      = optional(number, 30)
    log_kms_key_arn         = optional(string)
    alarms = optional(object({
      failed_runs         = optional(number, 3)
      missing_runs        = optional(number, 5)
      stale_after_minutes = optional(number, 15)
    }), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.config_refresh.interval_minutes >= 1 && var.config_refresh.interval_minutes <= 60 && floor(var.config_refresh.interval_minutes) == var.config_refresh.interval_minutes
    error_message = "config_refresh.interval_minutes is ${var.config_refresh.interval_minutes}; write a whole number from 1 to 60."
  }

  validation {
    condition     = var.config_refresh.memory_size_mb >= 128 && var.config_refresh.memory_size_mb <= 10240 && floor(var.config_refresh.memory_size_mb) == var.config_refresh.memory_size_mb
    error_message = "config_refresh.memory_size_mb is ${var.config_refresh.memory_size_mb}; write a whole number from 128 to 10240."
  }

  validation {
    condition     = var.config_refresh.timeout_seconds >= 30 && var.config_refresh.timeout_seconds <= 900 && floor(var.config_refresh.timeout_seconds) == var.config_refresh.timeout_seconds
    error_message = "config_refresh.timeout_seconds is ${var.config_refresh.timeout_seconds}; write a whole number from 30 to 900: the download alone may take 20 seconds."
  }

  validation {
    condition     = contains(local.runtimes, var.config_refresh.runtime)
    error_message = "config_refresh.runtime is \"${var.config_refresh.runtime}\"; write \"python3.11\", \"python3.12\", \"python3.13\" or \"python3.14\"."
  }

  validation {
    condition     = contains(concat([-1], range(1, 101)), var.config_refresh.reserved_concurrency)
    error_message = "config_refresh.reserved_concurrency is ${var.config_refresh.reserved_concurrency}; write a whole number from 1 to 100, or -1 for no bound: with 0 it would never run."
  }

  validation {
    condition     = contains([0, 1, 2], var.config_refresh.retry_attempts)
    error_message = "config_refresh.retry_attempts is ${var.config_refresh.retry_attempts}; write 0, 1 or 2."
  }

  validation {
    condition     = var.config_refresh.max_event_age_seconds >= 60 && var.config_refresh.max_event_age_seconds <= 21600 && floor(var.config_refresh.max_event_age_seconds) == var.config_refresh.max_event_age_seconds
    error_message = "config_refresh.max_event_age_seconds is ${var.config_refresh.max_event_age_seconds}; write a whole number from 60 to 21600."
  }

  validation {
    condition     = var.config_refresh.dead_letter_queue_arn == null ? true : can(regex("^arn:[^:]+:sqs:us-east-1:[0-9]{12}:[A-Za-z0-9_-]+$", var.config_refresh.dead_letter_queue_arn))
    error_message = "config_refresh.dead_letter_queue_arn is \"${coalesce(var.config_refresh.dead_letter_queue_arn, "null")}\"; write the ARN of a standard SQS queue in us-east-1, arn:aws:sqs:us-east-1:123456789012:name."
  }

  validation {
    condition     = var.config_refresh.snapshot_retention_days >= 1 && var.config_refresh.snapshot_retention_days <= 3650 && floor(var.config_refresh.snapshot_retention_days) == var.config_refresh.snapshot_retention_days
    error_message = "config_refresh.snapshot_retention_days is ${var.config_refresh.snapshot_retention_days}; write a whole number from 1 to 3650."
  }

  validation {
    condition     = contains(local.log_retentions, var.config_refresh.log_retention_days)
    error_message = "config_refresh.log_retention_days is ${var.config_refresh.log_retention_days}; write a number of days that CloudWatch Logs takes: ${join(", ", slice(local.log_retentions, 1, length(local.log_retentions)))}, or 0 for ever."
  }

  validation {
    condition     = var.config_refresh.log_kms_key_arn == null ? true : can(regex(local.kms_key_arn_pattern, var.config_refresh.log_kms_key_arn))
    error_message = "config_refresh.log_kms_key_arn is \"${coalesce(var.config_refresh.log_kms_key_arn, "null")}\"; write the ARN of a KMS key in us-east-1, arn:aws:kms:us-east-1:123456789012:key/…."
  }

  validation {
    condition     = contains(range(1, 61), var.config_refresh.alarms.failed_runs) && contains(range(2, 61), var.config_refresh.alarms.missing_runs)
    error_message = "config_refresh.alarms has failed_runs = ${var.config_refresh.alarms.failed_runs} and missing_runs = ${var.config_refresh.alarms.missing_runs}; write whole numbers, failed_runs from 1 to 60 and missing_runs from 2 to 60."
  }

  validation {
    # CloudWatch looks back over a day at most.
    condition     = var.config_refresh.interval_minutes * max(var.config_refresh.alarms.failed_runs, var.config_refresh.alarms.missing_runs) <= 1440
    error_message = "config_refresh.alarms looks back ${var.config_refresh.interval_minutes * max(var.config_refresh.alarms.failed_runs, var.config_refresh.alarms.missing_runs)} minutes, and CloudWatch a day at most; write fewer runs, so that interval_minutes times failed_runs and times missing_runs stay within 1440."
  }

  validation {
    condition     = var.config_refresh.alarms.stale_after_minutes >= max(2, 2 * var.config_refresh.interval_minutes) && var.config_refresh.alarms.stale_after_minutes <= 1440 && floor(var.config_refresh.alarms.stale_after_minutes) == var.config_refresh.alarms.stale_after_minutes
    error_message = "config_refresh.alarms.stale_after_minutes is ${var.config_refresh.alarms.stale_after_minutes}; write a whole number from 2 to 1440, at least twice interval_minutes: one missed run is no alarm."
  }
}

variable "replica_regions" {
  description = "Regions beside us-east-1 that get a replica of the table, so that edges near them read near by, such as { eu-west-1 = {}, ap-northeast-1 = {} }. kms_key_arn is the KMS key of that region which encrypts the replica; each replica needs one where the table has kms_key_arn."
  type = map(object({
    kms_key_arn = optional(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for region in keys(var.replica_regions) : can(regex("^[a-z]{2}(-[a-z]+){1,2}-[0-9]{1,2}$", region)) && region != "us-east-1"])
    error_message = "replica_regions has the keys ${join(", ", keys(var.replica_regions))}; write regions beside us-east-1, where the table itself is, such as { eu-west-1 = {} }."
  }

  validation {
    condition     = alltrue([for region, replica in var.replica_regions : replica.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:${region}:[0-9]{12}:key/.+$", replica.kms_key_arn))])
    error_message = "replica_regions has a kms_key_arn that is not a KMS key of its replica's region; write eu-west-1 = { kms_key_arn = \"arn:aws:kms:eu-west-1:123456789012:key/…\" }."
  }

  validation {
    condition     = alltrue([for replica in values(var.replica_regions) : (replica.kms_key_arn == null) == (var.kms_key_arn == null)])
    error_message = "DynamoDB takes keys of the customer's for a table and all its replicas or for none; write kms_key_arn for the table and for each of replica_regions, or for none of them."
  }
}

variable "deletion_protection" {
  description = "Whether the table refuses to be deleted: true or false. While true a destroy stops at the table; write false and apply before you remove the connector."
  type        = bool
  default     = true
  nullable    = false
}

variable "permissions_boundary" {
  description = "ARN of the IAM policy that bounds the roles; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null ? true : can(regex("^arn:[^:]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary))
    error_message = "permissions_boundary is \"${coalesce(var.permissions_boundary, "null")}\"; write the ARN of an IAM policy, arn:aws:iam::123456789012:policy/name."
  }
}

variable "role_path" {
  description = "IAM path of the roles, beginning and ending with a slash, up to 512 characters."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/([A-Za-z0-9+=,.@_-]+/)*$", var.role_path)) && length(var.role_path) <= 512
    error_message = "role_path is \"${var.role_path}\"; write a path that begins and ends with a slash, such as \"/edge/\"."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key in us-east-1 that encrypts the table, config-refresh's environment and the secret that the module stores; null: keys of AWS. Replicas have keys of their own, see replica_regions."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex(local.kms_key_arn_pattern, var.kms_key_arn))
    error_message = "kms_key_arn is \"${coalesce(var.kms_key_arn, "null")}\"; write the ARN of a KMS key in us-east-1, arn:aws:kms:us-east-1:123456789012:key/…: no alias, no id."
  }
}

variable "alarm_topic_arns" {
  description = "ARNs of the SNS topics in us-east-1 that alarms tell when they go off and when they are over; []: alarms are shown in CloudWatch alone."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:[^:]+:sns:us-east-1:[0-9]{12}:[A-Za-z0-9_-]+$", arn))])
    error_message = "alarm_topic_arns is ${jsonencode(var.alarm_topic_arns)}; write ARNs of standard SNS topics in us-east-1, such as [\"arn:aws:sns:us-east-1:123456789012:on-call\"]: CloudWatch tells topics of its own region only."
  }
}

variable "tags" {
  description = "Tags of everything that takes tags, up to 50; keys do not begin with aws:."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 50 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "tags has more than 50 tags, a key that is empty, longer than 128 characters or begins with aws:, or a value longer than 256 characters; write tags such as { team = \"web\" }."
  }
}

variable "publish_endpoint" {
  description = <<-EOT
    The publish endpoint: a function URL to which the GO Queue-it Platform pushes each configuration that is published there, so that it is in force within a poll instead of a minute and a poll. {}: with the defaults; null: none.
    - memory_size_mb: memory of the function, 128 to 10240 MB.
    - timeout_seconds: time limit of a request, 10 to 900 seconds.
    - reserved_concurrency: how many requests are handled at once, 1 to 100, taken from the account's concurrency; -1 for no bound, as a new account with a limit of 10 needs it.
  EOT
  type = object({
    memory_size_mb       = optional(number, 256)
    timeout_seconds      = optional(number, 20)
    reserved_concurrency = optional(number, 2)
  })
  default = null

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

variable "log_retention" {
  description = <<-EOT
    Keeps the edge functions' log groups, which Lambda makes in the region that runs a function, to edge.log_retention_days in all enabled regions; in us-east-1 the module does so in any case. {}: with the defaults; null: not.
    - interval_hours: hours between two runs, 1 to 168.
    - kms_key_arns: KMS keys that encrypt the log groups, by region, such as { eu-west-1 = "arn:aws:kms:eu-west-1:123456789012:key/…" }; their policies have to let CloudWatch Logs of their region use them.
  EOT
  type = object({
    interval_hours = optional(number, 6)
    kms_key_arns   = optional(map(string), {})
  })
  default = null

  validation {
    condition     = var.log_retention == null ? true : contains(range(1, 169), var.log_retention.interval_hours)
    error_message = "log_retention.interval_hours is ${try(var.log_retention.interval_hours, "null")}; write a whole number from 1 to 168."
  }

  validation {
    condition     = var.log_retention == null ? true : alltrue([for region, arn in var.log_retention.kms_key_arns : can(regex("^arn:[a-z-]+:kms:${region}:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))])
    error_message = "log_retention.kms_key_arns has a key that is not in its region; write eu-west-1 = \"arn:aws:kms:eu-west-1:123456789012:key/…\"."
  }
}

variable "dashboard" {
  description = <<-EOT
    A CloudWatch dashboard of the connector, called {name}-queueit. null: none.
    - regions: regions whose edge functions are shown, 1 to 20, such as ["us-east-1", "eu-central-1"]: those near your visitors.
    - distribution_ids: ids of distributions whose edge-function errors are shown, such as ["EDFDVBD6EXAMPLE"].
  EOT
  type = object({
    regions          = optional(list(string), ["us-east-1"])
    distribution_ids = optional(list(string), [])
  })
  default = null

  validation {
    condition     = var.dashboard == null ? true : contains(range(1, 21), length(distinct(var.dashboard.regions))) && length(distinct(var.dashboard.regions)) == length(var.dashboard.regions) && alltrue([for region in var.dashboard.regions : can(regex("^[a-z]{2}(-[a-z]+){1,2}-[0-9]{1,2}$", region))])
    error_message = "dashboard.regions is ${jsonencode(try(var.dashboard.regions, null))}; write 1 to 20 codes of AWS regions, each once, such as [\"us-east-1\", \"eu-central-1\"]."
  }

  validation {
    condition     = var.dashboard == null ? true : alltrue([for id in var.dashboard.distribution_ids : can(regex("^[A-Z0-9]{8,20}$", id))])
    error_message = "dashboard.distribution_ids is ${jsonencode(try(var.dashboard.distribution_ids, null))}; write ids of distributions, such as [\"EDFDVBD6EXAMPLE\"], not their domain names or ARNs."
  }
}
