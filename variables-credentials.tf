# Credentials: an existing secret, or values that the module stores. Which of the two is told by `credentials`, as how many
# resources there are may not depend on ephemeral values.

locals {
  key_pattern = "^[!-~]([ -~]*[!-~])?$"
}

variable "credentials" {
  description = "An existing Secrets Manager secret in us-east-1 that holds the credentials as a JSON object of text: secret_key, api_key and, where used, next_secret_key, previous_secret_key and proxy_key. secret_arn is the secret's whole ARN; kms_key_arn is the KMS key that encrypts it, null for the one that AWS manages. null: the module stores secret_key and api_key in a secret of its own."
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
  description = "Secret key that the platform holds now: it signs tokens and session cookies. Ephemeral: it reaches neither plan nor state. Needed, together with api_key, where credentials is null."
  type        = string
  default     = null
  ephemeral   = true

  validation {
    condition     = (var.secret_key == null) != (var.credentials == null)
    error_message = var.credentials == null ? "There are no credentials; write either credentials = { secret_arn = … } for an existing secret, or secret_key and api_key for one that the module stores." : "There are credentials and a secret_key; keep one of the two: credentials for an existing secret, secret_key and api_key for one that the module stores."
  }

  validation {
    condition     = var.secret_key == null ? true : can(regex(local.key_pattern, var.secret_key))
    error_message = "secret_key is empty, begins or ends with white space, or has a character that is not visible ASCII; write the key alone, as the GO Queue-it Platform shows it."
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
    condition     = var.api_key == null ? true : can(regex(local.key_pattern, var.api_key))
    error_message = "api_key is empty, begins or ends with white space, or has a character that is not visible ASCII; write the key alone, as the GO Queue-it Platform shows it."
  }
}

variable "next_secret_key" {
  description = "Secret key that the platform is going to hold: announced while a rotation lasts, so that every edge accepts it before the platform uses it. Ephemeral: it reaches neither plan nor state. null: none is announced, or credentials holds it."
  type        = string
  default     = null
  ephemeral   = true

  validation {
    condition     = var.next_secret_key == null ? true : var.credentials == null
    error_message = "There are credentials and a next_secret_key; put \"next_secret_key\" into the secret that credentials names."
  }

  validation {
    condition     = var.next_secret_key == null ? true : can(regex(local.key_pattern, var.next_secret_key)) && var.next_secret_key != var.secret_key
    error_message = "next_secret_key is empty, the same as secret_key, begins or ends with white space, or has a character that is not visible ASCII; write the key that the platform will hold, or leave it out when it holds it already."
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
    condition     = var.previous_secret_key == null ? true : can(regex(local.key_pattern, var.previous_secret_key)) && var.previous_secret_key != var.secret_key
    error_message = "previous_secret_key is empty, the same as secret_key, begins or ends with white space, or has a character that is not visible ASCII; write the key before the present one, or leave it out when no rotation is going on."
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
    condition     = var.proxy_key == null ? true : can(regex(local.key_pattern, var.proxy_key))
    error_message = "proxy_key is empty, begins or ends with white space, or has a character that is not visible ASCII; write the key of the direct-pass service, or leave it out."
  }
}

variable "credentials_version" {
  description = "Number of the credentials, a whole number from 1. Terraform cannot see that an ephemeral value has changed: raise it with each new secret_key, api_key, next_secret_key, previous_secret_key or proxy_key, and they are stored and in force with that apply. With an existing secret, raising it refreshes at once instead of within a minute."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.credentials_version >= 1 && floor(var.credentials_version) == var.credentials_version
    error_message = "credentials_version is ${var.credentials_version}; write a whole number from 1, one more with each change of the credentials."
  }
}

variable "secret_recovery_window_days" {
  description = "Days for which a destroyed secret of the module can still be restored: 0 or 7 to 30. 0: it is gone at once, and its name free for the next apply; the platform keeps the keys. Another number keeps the name from being used again for so long."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = contains(concat([0], range(7, 31)), var.secret_recovery_window_days)
    error_message = "secret_recovery_window_days is ${var.secret_recovery_window_days}; write 0, or a whole number from 7 to 30."
  }
}
