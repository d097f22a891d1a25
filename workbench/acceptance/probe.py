"""The probe: a function that tells what Lambda's runtime has, for what the connector takes for granted.

It runs from a zip of its own, beside the edge's module `trust` and the root certificates that ship with it.
"""

import socket
import ssl
import sys
import zipfile
from pathlib import Path
from typing import Any, Final

from edge.trust import amazon_authorities, system_authorities

_HOST: Final = "dynamodb.us-east-1.amazonaws.com"
_SECONDS: Final = 1.5


def _verifies(context: ssl.SSLContext) -> str:
    """What a handshake with DynamoDB comes to: "yes", or what was wrong."""
    try:
        with (
            socket.create_connection((_HOST, 443), timeout=_SECONDS) as connected,
            context.wrap_socket(connected, server_hostname=_HOST),
        ):
            return "yes"
    except OSError as error:
        return f"{type(error).__name__}: {error}"


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry point."""
    system = system_authorities()
    paths = ssl.get_default_verify_paths()
    return {
        "python": sys.version.split()[0],
        "openssl": ssl.OPENSSL_VERSION,
        "store": paths.cafile or paths.capath,
        "authorities": system.cert_store_stats()["x509_ca"],
        "system_store_verifies_dynamodb": _verifies(system),
        "shipped_roots_verify_dynamodb": _verifies(amazon_authorities()),
    }


def write_zip(path: Path) -> None:
    """Write the probe's zip, the same bytes each time."""
    edge = Path(__file__).parents[2] / "functions" / "edge"
    files = {
        "probe.py": Path(__file__),
        **{f"edge/{name}": edge / name for name in ("__init__.py", "trust.py", "amazon_roots.pem")},
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in files.items():
            archive.writestr(zipfile.ZipInfo(name), file.read_bytes())
