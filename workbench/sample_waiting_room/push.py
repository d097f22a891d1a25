"""The platform's publish web endpoint: each published configuration is pushed, signed, to a URL of the customer's."""

import hmac
import json
from dataclasses import dataclass
from typing import Any

import requests

_SECONDS = 20


@dataclass(frozen=True)
class Pushed:
    """What became of a push; `status` is None when nobody answered."""

    version: int
    status: int | None
    answer: str

    def __str__(self) -> str:
        return f"{self.status} {self.answer}" if self.status else self.answer


def signed_body(configuration: dict[str, Any], secret_key: str) -> str:
    """The body of the PUT: the configuration's JSON as hexadecimal text, and the MAC of that text."""
    hex_text = json.dumps(configuration, ensure_ascii=False).encode().hex()
    mac = hmac.new(secret_key.encode(), hex_text.encode(), "sha256").hexdigest()
    return json.dumps({"integrationInfo": hex_text, "hash": mac})


def push(url: str, configuration: dict[str, Any], secret_key: str) -> Pushed:
    """Send a configuration to the endpoint at `url`; a failure is told, not raised."""
    version = configuration["Version"]
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.put(
                url,
                data=signed_body(configuration, secret_key),
                headers={"content-type": "application/json"},
                timeout=_SECONDS,
                allow_redirects=False,
            )
    except requests.RequestException as error:
        return Pushed(version, None, f"no answer ({type(error).__name__})")
    return Pushed(version, answer.status_code, answer.text[:200])
