"""Signatures are those that botocore, AWS's own library, makes for the same request."""

from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from edge.signature_v4 import Credentials, sign

SIGNED_AT = 1_790_000_000
HEADERS = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810.GetItem"}
TEMPORARY = Credentials("ASIAIOSFODNN7EXAMPLE", "not/a+real/key", "not+a/real/token==")
LONG_LIVED = Credentials("AKIAIOSFODNN7EXAMPLE", "not/a+real/key")


def botocore_headers(
    url: str, headers: dict[str, str], body: bytes, credentials: Credentials, region: str
) -> dict[str, str]:
    """What botocore sends, its clock set to the tests'."""
    request: Any = AWSRequest("POST", url, dict(headers), body)
    shown = BotocoreCredentials(
        credentials.access_key_id, credentials.secret_access_key, credentials.session_token or None
    )
    signer = SigV4Auth(shown, "dynamodb", region)
    moment = datetime.fromtimestamp(SIGNED_AT, UTC)
    with patch("botocore.auth.get_current_datetime", return_value=moment.replace(tzinfo=None)):
        signer.add_auth(request)
    return dict(request.headers.items())


def our_headers(
    host: str, path: str, headers: dict[str, str], body: bytes, credentials: Credentials, region: str
) -> dict[str, str]:
    return sign(
        "POST",
        host,
        path,
        headers,
        body,
        credentials=credentials,
        region=region,
        service="dynamodb",
        signed_at=SIGNED_AT,
    )


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-3", "ap-southeast-4", "cn-north-1"])
@pytest.mark.parametrize("credentials", [TEMPORARY, LONG_LIVED], ids=["temporary", "long-lived"])
@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"Key":{"pk":{"S":"current"}}}', bytes(range(256)), "ü🎟".encode(), b"\r\n" * 9999]
)
def test_signs_as_botocore_does(region: str, credentials: Credentials, body: bytes) -> None:
    host = f"dynamodb.{region}.amazonaws.com"
    theirs = botocore_headers(f"https://{host}/", HEADERS, body, credentials, region)
    ours = our_headers(host, "/", HEADERS, body, credentials, region)
    assert ours["Authorization"] == theirs["Authorization"]
    assert ours["X-Amz-Date"] == theirs["X-Amz-Date"]
    assert ours.get("X-Amz-Security-Token") == theirs.get("X-Amz-Security-Token")


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("localhost:5000", "/"),
        ("127.0.0.1:8000", "/a/prefix/"),
        ("127.0.0.1:8000", "/a%20b/"),
        ("127.0.0.1:8000", "/a+b(c)~d=e,f/"),
    ],
)
def test_signs_other_endpoints_as_botocore_does(host: str, path: str) -> None:
    theirs = botocore_headers(f"http://{host}{path}", HEADERS, b"{}", TEMPORARY, "us-east-1")
    ours = our_headers(host, path, HEADERS, b"{}", TEMPORARY, "us-east-1")
    assert ours["Authorization"] == theirs["Authorization"]


def test_signs_headers_with_odd_spaces_as_botocore_does() -> None:
    headers = {**HEADERS, "X-Odd": "  two  words\tand a tab "}
    theirs = botocore_headers("https://example.com/", headers, b"", LONG_LIVED, "us-east-1")
    ours = our_headers("example.com", "/", headers, b"", LONG_LIVED, "us-east-1")
    assert ours["Authorization"] == theirs["Authorization"]


def test_leaves_the_given_headers_as_they_are() -> None:
    headers = dict(HEADERS)
    our_headers("example.com", "/", headers, b"{}", TEMPORARY, "us-east-1")
    assert headers == HEADERS
