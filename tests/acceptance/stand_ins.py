"""The account of a local run: Terraform before moto, and the local edge with what Terraform deployed."""

import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from flask import Flask, Response

from tests.terraform.aws import Aws
from tests.terraform.deployed_functions import deployed_edge
from workbench.acceptance.account import Account
from workbench.acceptance.site import CUSTOMER_ID
from workbench.demo.web_server import WebServer

NOT_SHOWN: Final = {
    "push": "moto makes function URLs that lead nowhere",
    "logs and metrics": "the stand-ins have no CloudWatch that functions write to",
    "certificate store": "this machine's interpreter has this machine's store, and reaches no DynamoDB",
    "memory": "moto checks no quota of Lambda@Edge",
}

_SCHEDULE_SECONDS: Final = 3.0


@contextmanager
def stand_ins() -> Iterator[Account]:
    """The account, for as long as its servers run."""
    with WebServer("127.0.0.1", 0) as platform, Aws({CUSTOMER_ID: platform.url}) as aws:
        platform.start(_platform(aws))

        @contextmanager
        def site(outputs: Mapping[str, Any]) -> Iterator[str]:
            edge = deployed_edge(
                aws, outputs["site_distribution_id"], {"bucket": aws.url}, workers_per_function=8
            )
            with edge as running, _schedule(aws, outputs["config_refresh_function"]):
                yield running.url

        yield Account(
            what="stand-ins on this machine",
            environment=aws.environment | _kept(),
            client=aws.client,
            regions=lambda: ["us-east-1"],
            site=site,
            platform_url=platform.url,
            not_shown=NOT_SHOWN,
            visitors_at_once=24,
            pause_seconds=1.0,
        )


def _kept() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {"TF_CLI_CONFIG_FILE": os.devnull}


def _platform(aws: Aws) -> Flask:
    """The distribution that stands in for the platform: the bucket over HTTP."""
    app = Flask("platform")

    @app.get("/<path:key>")
    def object_of_bucket(key: str) -> Response:
        s3 = aws.client("s3")
        (bucket,) = s3.list_buckets()["Buckets"]
        return Response(s3.get_object(Bucket=bucket["Name"], Key=key)["Body"].read())

    return app


@contextmanager
def _schedule(aws: Aws, function: str) -> Iterator[None]:
    """Invoke config-refresh again and again, as EventBridge's scheduler does by the minute."""
    stop = threading.Event()
    event = json.dumps({"action": "refresh", "source": "schedule"}).encode()

    def invoke() -> None:
        while not stop.wait(_SCHEDULE_SECONDS):
            aws.client("lambda").invoke(FunctionName=function, Payload=event)

    thread = threading.Thread(target=invoke, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
