"""The account that tests deploy to: starts `aws_process.py` and talks to it."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import boto3
from botocore.config import Config

_SCRIPT = Path(__file__).with_name("aws_process.py")


class Aws:
    """AWS as a context manager; everything lives in account 123456789012."""

    def __init__(self, platforms: Mapping[str, str], cloudfront_url: str = "") -> None:
        """`platforms` says where the waiting room of each customer id is reached, without a path.

        `cloudfront_url` is where deployed functions find CloudFront, if not here.
        """
        self._arguments = [json.dumps(dict(platforms)), cloudfront_url]

    def __enter__(self) -> "Aws":
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(_SCRIPT), *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        stdout: Any = self._process.stdout
        self.url: str = stdout.readline().strip()
        if not self.url:
            raise RuntimeError("moto's server did not start; its error is above")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    @property
    def environment(self) -> dict[str, str]:
        """What makes Terraform's provider and any AWS SDK use it, and nothing of this machine's own AWS settings."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test-access-key-not-real",
            "AWS_SECRET_ACCESS_KEY": "test-secret-access-key-not-real",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_MAX_ATTEMPTS": "2",
        }

    def calls(self) -> list[str]:
        """The calls so far whose order matters, in their order."""
        with urllib.request.urlopen(f"{self.url}/calls", timeout=10) as answer:
            text: str = answer.read().decode()
        return text.splitlines()

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """A boto3 client."""
        connect: Any = boto3.client  # its stubs know each service by name only
        return connect(
            service,
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id=self.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.environment["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"total_max_attempts": 2}, read_timeout=30),
        )
