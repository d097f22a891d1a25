"""The commands there are, each with what it does: a module of the same name holds it, loaded when it is asked for."""

from typing import Final

COMMANDS: Final = {
    "explain": "say which integration a request matches or why none does, part by part, and what the connector does",
    "validate": "check an integration configuration: errors that would be refused, and what is probably a mistake",
    "test": "run a file of cases against a configuration (integration, decision, redirect), or record one",
    "get": "print the live configuration, or its settings, as JSON",
    "diff": "say how a configuration in a file differs from the live one",
    "schema": "print the JSON Schema of a configuration, for editors",
    "status": "say what the connector's table serves: version, age, switches, and whether every replica is up to date",
    "publish": "take the platform's configuration, the settings and the credentials now, without waiting for the "
    "schedule",
    "rollback": "bring an earlier configuration back; it stays until the platform has a higher version than any that "
    "was in force",
    "history": "list publications, rollbacks and switches: when, version, who, why, and what changed",
    "freeze": "stop taking configurations from the platform, until unfreeze",
    "unfreeze": "take configurations from the platform again",
    "kill": "switch the connector off: within a poll every request passes without queueing",
    "enable": "lift the kill switch: Terraform's setting `enabled` holds again",
    "doctor": "check a live site as a visitor would see it: redirect, headers, cookies, caching, forgeries",
    "tail": "show a line for each decision that the live connector logs, from all its regions",
    "token": "make test tokens and session cookies, and show what is in a token or cookie",
}
