"""`/metrics` over HTTP, in threads of its own: it answers while the process is busy, or waits for a store."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET, AF_INET6
from socketserver import TCPServer

from prometheus_client.exposition import choose_encoder

from pipeline.edges.metrics import REGISTRY
from pipeline.errors import UsageError

READ_SECONDS = 10.0
"""Who opens a connection and says nothing is not waited for longer."""


@contextmanager
def serving_metrics(address: tuple[str, int], refresh: Callable[[], None]) -> Iterator[str]:
    """Serve the metrics at host and port, for the length of a block; gives the URL. UsageError when it cannot listen.

    `refresh` sets what is only known when somebody asks; it is called once at a time.
    """
    host, port = address
    try:
        server = _server(host, port, refresh)
    except OSError as error:
        raise UsageError(
            f"NEWSFLOW_METRICS: cannot listen at {host}, port {port}: {error.strerror or error}"
        ) from error
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="metrics", daemon=True)
    thread.start()
    try:
        yield f"http://{f'[{host}]' if ':' in host else host}:{server.server_port}/metrics"
    finally:
        server.shutdown()
        server.server_close()


def _server(host: str, port: int, refresh: Callable[[], None]) -> ThreadingHTTPServer:
    turn = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        timeout = READ_SECONDS

        def do_GET(self) -> None:
            if self.path.partition("?")[0] != "/metrics":
                self.send_error(HTTPStatus.NOT_FOUND, explain="there is only /metrics")
                return
            encode, content_type = choose_encoder(self.headers.get("Accept", ""))
            with turn:
                refresh()
                body = encode(REGISTRY)
            self.send_response(HTTPStatus.OK)
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

        def server_bind(self) -> None:
            TCPServer.server_bind(self)  # HTTPServer's own asks the DNS for our name, and may wait for it
            self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    return Server((host, port), Handler)
