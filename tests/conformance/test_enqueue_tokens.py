"""Our enqueue tokens beside npm's @queue-it/queue-token: the same byte for byte, so that each reads the other's."""

import random
from typing import Any

import pytest

from queueit.enqueue_token import enqueue_key, enqueue_token
from tests.conformance.oracle import Oracle

SECRETS = ("an-obviously-fake-secret", "short", "Ünïcode-€-secret", "x" * 200)
TEXTS = ("acme", "spring", "a b", 'quo"te\\', "é", "€uro", "\n\t\x00\x7f", "\u2028", "a.b-c_d~e", "</script>")
"""Nothing outside the Basic Multilingual Plane: npm's package leaves such characters out when it reads a token."""


def generated(seed: int, count: int) -> list[dict[str, Any]]:
    source = random.Random(seed)

    def text() -> str:
        return "".join(source.choices(TEXTS, k=source.randrange(1, 4)))

    def uuid() -> str:
        digits = f"{source.getrandbits(128):032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    return [
        {
            "customer_id": text(),
            "event_id": text(),
            "issued_at_ms": source.randrange(1_600_000_000_000, 2_000_000_000_000),
            "validity_ms": source.randrange(30_000, 3_600_000),
            "token_id": uuid(),
            "client_ip": source.choice(("", "203.0.113.7", "2001:db8::1")),
            "forwarded_for": source.choice(("", "198.51.100.1, 10.0.0.1", text())),
            "key": source.choice(("", uuid())),
        }
        for _ in range(count)
    ]


def asked_of_npm(fields: dict[str, Any], secret: str) -> dict[str, Any]:
    return {**fields, "now_ms": fields["issued_at_ms"], "secret_key": secret}


@pytest.mark.parametrize("secret", SECRETS)
def test_our_tokens_are_those_of_npm_byte_for_byte(oracle: Oracle, secret: str) -> None:
    everything = generated(10, 100)
    theirs = oracle.make_enqueue_tokens([asked_of_npm(fields, secret) for fields in everything])
    assert [enqueue_token(signing=enqueue_key(secret.encode()), **fields) for fields in everything] == theirs
