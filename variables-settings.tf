variable "enabled" {
  description = "Whether visitors queue: true or false. false is the kill switch, every request then passes untouched, in force within a refresh and a poll."
  type        = bool
  default     = true
  nullable    = false
}

variable "settings" {
  description = "What the snapshot tells every edge, with no deployment: a change is in force within a refresh and a poll. An object; docs/terraform.md tells its attributes and their defaults."
  type        = any # checked in modules/options, so that a name which it does not have is an error
  default     = {}
  nullable    = false
}

variable "include_body" {
  description = "Whether viewer-request sees request bodies, their first 40 KB: true or false. Triggers on the body need it. Changing it changes the associations."
  type        = bool
  default     = false
  nullable    = false
}
