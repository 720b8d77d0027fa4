"""`newsflow health`: asks a process of newsflow whether it is live or ready, in bounded time."""

import urllib.error
import urllib.request
from http.client import HTTPException
from urllib.parse import urlsplit

from pipeline.errors import Failure, UsageError
from pipeline.settings import Settings, address_text, read_address
from pipeline.text import printable

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - nothing listens here: it is asked
MAX_ANSWER_BYTES = 4096


class NothingListens(Failure):
    """There is no process, or it is starting."""


def health_url(url: str | None, settings: Settings) -> str:
    """Where to ask: the URL, or where the settings let a process of this machine serve; UsageError for neither."""
    if url is not None:
        try:
            parts = urlsplit(url)
            is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_good = False
        if not is_good:
            raise UsageError(f"{url}: must be a URL such as http://127.0.0.1:9464")
        return url.rstrip("/")
    if settings.metrics is None:
        raise UsageError("nobody to ask: name a URL with --url, or set NEWSFLOW_METRICS as the process has it")
    host, port = read_address(settings.metrics)
    return f"http://{address_text(EVERYWHERE.get(host, host), port)}"


def ask(url: str, path: str, *, seconds: float) -> str:
    """The answer of a healthy process; Failure says what is wrong, also when there is no answer in time."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        return _answer(opener, url + path, seconds)
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, TimeoutError):
            raise Failure(f"{url} does not answer within {seconds:g} s: its process stands still") from None
        if isinstance(reason, ConnectionRefusedError):
            raise NothingListens(f"nothing listens at {url}: the process is not there, or is starting") from None
        raise Failure(f"{url} cannot be asked: {getattr(reason, 'strerror', None) or reason}") from None


def _answer(opener: urllib.request.OpenerDirector, url: str, seconds: float) -> str:
    """What is answered, or as a Failure what is wrong; what stops the reading is raised as it is."""
    try:
        with opener.open(url, timeout=seconds) as answer:
            return _text(answer.read(MAX_ANSWER_BYTES))
    except urllib.error.HTTPError as error:
        with error:
            text = _text(error.read(MAX_ANSWER_BYTES)) if error.code == 503 else f"{url} answers {error.code}"
        raise Failure(text) from None


def _text(body: bytes) -> str:
    return printable(" ".join(body.decode("utf-8", "replace").split()))
