"""The CloudFront in memory over HTTP, so that a deployed function reaches it with an unchanged boto3."""

import http.server
import re
import threading
from types import TracebackType
from typing import Self

from botocore.exceptions import ClientError

from tests.behavior_association.cloudfront import CloudFront
from tests.http_server import Handler, serving

_PATH = re.compile(r"/2020-05-31/distribution/([A-Z0-9]+)/config")


class _Handler(Handler):
    server: "_Server"

    def respond(self) -> None:
        path = _PATH.fullmatch(self.path.split("?")[0])
        etag, cloudfront = "", self.server.cloudfront
        try:
            if path is None or self.command not in ("GET", "PUT"):
                raise LookupError(f"this CloudFront does not know {self.command} {self.path}")
            with self.server.lock:
                if self.command == "PUT":
                    cloudfront.update(path[1], self.body(), self.headers["If-Match"])
                status, (body, etag) = 200, cloudfront.get(path[1])
        except ClientError as error:
            details = error.response["Error"]
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            text = f"<Code>{details['Code']}</Code><Message>{details['Message']}</Message>"
            body = f"<ErrorResponse><Error><Type>Sender</Type>{text}</Error></ErrorResponse>".encode()
        except LookupError as error:
            status, body = 501, str(error).encode()
        self.answer(status, body, **{"Content-Type": "text/xml"}, **({"ETag": etag} if etag else {}))


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, cloudfront: CloudFront) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.cloudfront = cloudfront
        self.lock = threading.Lock()


class CloudFrontServer:
    """Serves `cloudfront` at `url` while the context lasts."""

    def __init__(self) -> None:
        self._server = _Server(CloudFront())

    @property
    def cloudfront(self) -> CloudFront:
        """The CloudFront that it serves; another one can take its place."""
        return self._server.cloudfront

    @cloudfront.setter
    def cloudfront(self, cloudfront: CloudFront) -> None:
        self._server.cloudfront = cloudfront

    @property
    def url(self) -> str:
        """The endpoint for AWS_ENDPOINT_URL_CLOUDFRONT."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._serving = serving(self._server)
        self._serving.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._serving.__exit__(kind, error, trace)
