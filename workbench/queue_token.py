"""Mint queue tokens as the waiting room does (protocol section 3).

Written apart from the engine in `functions/queueit`, which only reads tokens: two pieces of code that agree
on the format are a better check than one that agrees with itself.
"""

import hashlib
import hmac

QUEUE_TOKEN_PARAMETER = "queueittoken"

_SEPARATORS = ("~", "_")


def mint_queue_token(
    secret_key: str,
    event_id: str,
    *,
    queue_id: str | None = None,
    expires_at: int,
    redirect_type: str = "queue",
    extendable: bool = True,
    validity_minutes: int | None = None,
    client_ip: str | None = None,
) -> str:
    """Return the signed token that lets a visitor of the waiting room `event_id` in.

    `expires_at` is in Unix seconds; `validity_minutes` fixes the length of the session; a token with
    `client_ip` is good for that address only. Raises ValueError for a value that the format cannot carry.
    """
    fields = [("e", event_id)]
    if queue_id is not None:
        fields.append(("q", queue_id))
    fields.append(("ts", str(expires_at)))
    fields.append(("ce", "true" if extendable else "false"))
    if validity_minutes is not None:
        fields.append(("cv", str(validity_minutes)))
    fields.append(("rt", redirect_type))
    if client_ip is not None:
        fields.append(("hip", _mac(secret_key, client_ip)))
    for key, value in fields:
        if not value or any(separator in value for separator in _SEPARATORS):
            raise ValueError(f"queue token field {key} is {value!r}; it must not be empty, nor hold ~ or _")
    unsigned = "~".join(f"{key}_{value}" for key, value in fields)
    return f"{unsigned}~h_{_mac(secret_key, unsigned)}"


def add_queue_token(url: str, token: str) -> str:
    """Return `url` with the token as its last query parameter: after any query, before any fragment."""
    address, hash_sign, fragment = url.partition("#")
    has_query = "?" in address
    separator = "" if has_query and address[-1] in "?&" else "&" if has_query else "?"
    return f"{address}{separator}{QUEUE_TOKEN_PARAMETER}={token}{hash_sign}{fragment}"


def _mac(secret_key: str, text: str) -> str:
    return hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()
