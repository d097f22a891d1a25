"""The platform's publish web endpoint: each published configuration is pushed, signed, to a URL of the customer's."""

import hmac
import json
from dataclasses import dataclass
from typing import Any

import requests

_SECONDS = 20


_REFUSALS = {
    "frozen": "The connector is frozen by an operator and keeps what it serves until it is unfrozen.",
    "held": "An operator has brought an earlier version back; the connector keeps it until a version above all others.",
    "conflict": "The connector serves a newer version and keeps it.",
    "invalid": "The connector refused it as invalid; its log says why. Visitors keep what was live before.",
    "refused": "The connector refused the push: the secret key of this account is not one that it knows.",
}
"""By the word that the publish endpoint answers with."""


@dataclass(frozen=True)
class Pushed:
    """The outcome of a push; `status` is None when nobody answered."""

    version: int
    status: int | None
    answer: str

    def __str__(self) -> str:
        return f"{self.status} {self.answer}" if self.status else self.answer

    @property
    def sentence(self) -> str:
        """What that means for the site, in one sentence."""
        try:
            word = json.loads(self.answer)["status"]
        except (KeyError, TypeError, ValueError):
            word = ""
        if self.status == 200:
            return "The connector has taken it, and every edge follows at its next poll."
        if self.status is None:
            return "The connector did not answer the push; it fetches the configuration at its next refresh."
        return _REFUSALS.get(
            word, f"The connector did not take the push (status {self.status}); its log says why."
        )


def signed_body(configuration: dict[str, Any], secret_key: str) -> str:
    """The body of the PUT: the configuration's JSON as hexadecimal text, and the MAC of that text."""
    hex_text = json.dumps(configuration, ensure_ascii=False).encode().hex()
    mac = hmac.new(secret_key.encode(), hex_text.encode(), "sha256").hexdigest()
    return json.dumps({"integrationInfo": hex_text, "hash": mac})


def push(url: str, configuration: dict[str, Any], secret_key: str) -> Pushed:
    """Send a configuration to the endpoint at `url`; never raises, a failure is in the outcome."""
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
