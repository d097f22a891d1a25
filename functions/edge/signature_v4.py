"""AWS Signature Version 4 for one request whose body is at hand."""

from __future__ import annotations

import hmac
from hashlib import sha256
from time import gmtime, strftime

from queueit.light_typing import Struct

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


class Credentials(Struct):
    """An access key; `session_token` is empty for one that does not expire."""

    access_key_id: str
    secret_access_key: str
    session_token: str = ""


def _mac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def _canonical_path(path: str) -> str:
    """The path encoded once more, as every service but S3 wants it."""
    return "".join(
        [chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in (path or "/").encode("utf-8")]
    )


def sign(
    method: str,
    host: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    *,
    credentials: Credentials,
    region: str,
    service: str,
    signed_at: float,
) -> dict[str, str]:
    """All headers to send: `headers` with host, date, session token if any, and the signature over all of them.

    `host` is the Host header's value, with a port unless it is the scheme's own. `path` is as sent, without a query
    string and without dot segments. `headers` have each name once, in any case, and none of those added here.
    `signed_at` is in Unix seconds; AWS refuses a request some minutes away from its own clock.
    """
    timestamp = strftime("%Y%m%dT%H%M%SZ", gmtime(signed_at))
    scope = f"{timestamp[:8]}/{region}/{service}/aws4_request"
    sent = {**headers, "Host": host, "X-Amz-Date": timestamp}
    if credentials.session_token:
        sent["X-Amz-Security-Token"] = credentials.session_token
    canonical = {name.lower(): " ".join(value.split()) for name, value in sent.items()}
    names = sorted(canonical)
    signed_names = ";".join(names)
    canonical_request = "\n".join(
        [
            method,
            _canonical_path(path),
            "",
            *[f"{name}:{canonical[name]}" for name in names],
            "",
            signed_names,
            sha256(body).hexdigest(),
        ]
    )
    to_sign = f"AWS4-HMAC-SHA256\n{timestamp}\n{scope}\n{sha256(canonical_request.encode()).hexdigest()}"
    key = _mac(f"AWS4{credentials.secret_access_key}".encode(), timestamp[:8])
    for part in (region, service, "aws4_request"):
        key = _mac(key, part)
    sent["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials.access_key_id}/{scope}, "
        f"SignedHeaders={signed_names}, Signature={_mac(key, to_sign).hex()}"
    )
    return sent
