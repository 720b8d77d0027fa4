"""`/metrics`, `/livez` and `/readyz` over HTTP, in threads of their own: they answer while the event loop is busy."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET, AF_INET6
from socketserver import TCPServer

import structlog
from prometheus_client.exposition import choose_encoder

from pipeline.edges.health import Health
from pipeline.edges.metrics import LIVE, READY, REGISTRY
from pipeline.errors import UsageError

READ_SECONDS = 10.0
"""Who opens a connection and says nothing is not waited for longer."""

TEXT = "text/plain; charset=utf-8"


@contextmanager
def serving_metrics(address: tuple[str, int], health: Health, refresh: Callable[[], None]) -> Iterator[str]:
    """Serve metrics and health at host and port, for the length of a block; UsageError when it cannot listen.

    Gives the URL to which the three paths are added. `refresh` sets what is only known when somebody asks for metrics;
    it is called once at a time, and never for health.
    """
    host, port = address
    try:
        server = _server(host, port, health, refresh)
    except OSError as error:
        raise UsageError(
            f"NEWSFLOW_METRICS: cannot listen at {host}, port {port}: {error.strerror or error}"
        ) from error
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="metrics", daemon=True)
    thread.start()
    try:
        yield f"http://{f'[{host}]' if ':' in host else host}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _server(host: str, port: int, health: Health, refresh: Callable[[], None]) -> ThreadingHTTPServer:
    turn = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        timeout = READ_SECONDS

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/metrics":
                self._tell_metrics()
            elif path == "/livez":
                self._tell("live", health.live())
            elif path == "/readyz":
                self._tell("ready", health.ready())
            else:
                self.send_error(HTTPStatus.NOT_FOUND, explain="there are /metrics, /livez and /readyz")

        def _tell_metrics(self) -> None:
            encode, content_type = choose_encoder(self.headers.get("Accept", ""))
            with turn:
                refresh()
                LIVE.set(health.live() is None)
                READY.set(health.ready() is None)
                body = encode(REGISTRY)
            self._answer(HTTPStatus.OK, content_type, body)

        def _tell(self, state: str, problem: str | None) -> None:
            if problem is None:
                self._answer(HTTPStatus.OK, TEXT, f"{state}\n".encode())
            else:
                self._answer(HTTPStatus.SERVICE_UNAVAILABLE, TEXT, f"not {state}: {problem}\n".encode())

        def _answer(self, status: HTTPStatus, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        address_family = AF_INET6 if ":" in host else AF_INET
        daemon_threads = True
        block_on_close = False  # a scrape that hangs does not hold up a stop

        def handle_error(self, request: object, client_address: object) -> None:
            error = sys.exception()
            if not isinstance(error, ConnectionError):  # who hangs up needs no answer, and no line
                structlog.get_logger().error("metrics and health: no answer", error=repr(error))

        def server_bind(self) -> None:
            TCPServer.server_bind(self)  # HTTPServer's own asks the DNS for our name, and may wait for it
            self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    return Server((host, port), Handler)
