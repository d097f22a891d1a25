"""The CloudFront in memory over HTTP, so that a deployed function reaches it with an unchanged boto3."""

import http.server
import re
import threading
from types import TracebackType
from typing import Any, Self

from botocore.exceptions import ClientError

from tests.behavior_association.cloudfront import CloudFront

_PATH = re.compile(r"/2020-05-31/distribution/([A-Z0-9]+)/config")


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_PUT(self) -> None:
        self._answer(self._put)

    def _get(self, distribution_id: str) -> tuple[bytes, str]:
        return self.server.cloudfront.get(distribution_id)

    def _put(self, distribution_id: str) -> tuple[bytes, str]:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.cloudfront.update(distribution_id, body, self.headers["If-Match"])
        return self.server.cloudfront.get(distribution_id)

    def _answer(self, operation: Any) -> None:
        path = _PATH.fullmatch(self.path.split("?")[0])
        status, etag = 200, ""
        try:
            if path is None:
                raise LookupError(f"this CloudFront does not know {self.command} {self.path}")
            with self.server.lock:
                body, etag = operation(path[1])
        except ClientError as error:
            details = error.response["Error"]
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            text = f"<Code>{details['Code']}</Code><Message>{details['Message']}</Message>"
            body = f"<ErrorResponse><Error><Type>Sender</Type>{text}</Error></ErrorResponse>".encode()
        except LookupError as error:
            status, body = 501, str(error).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        if etag:
            self.send_header("ETag", etag)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


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
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
