"""What may come in and how it must end, the same in every shell and on every store."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from pipeline.codec import Message, raw_message
from pipeline.errors import Code, Reason
from pipeline.handle import handle
from pipeline.records import RawPage
from pipeline.topology import CLEAN, MAX_BODY_BYTES, TOPOLOGY
from pipeline.verdicts import trace_id_of
from tests.cleaning.kind_pages import KIND_PAGES
from tests.cleaning.walls import ROWS as WALLS
from tests.cleaning.walls import page as wall

SEEDS = Path(__file__).parents[2] / "seeds" / "articles"
NOW = "2026-03-01T12:00:00Z"
STORY = (SEEDS / "update-first-en.html").read_bytes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Messages in the order of their arrival, each with its end: an outcome, its cause or revision, its change."""

    name: str
    arrivals: tuple[tuple[Message, str], ...]

    @property
    def messages(self) -> list[Message]:
        """Without their ends."""
        return [message for message, _ in self.arrivals]


def trace_of(message: Message) -> str:
    """As the stage that takes it names it."""
    stage = next(stage for stage in TOPOLOGY.stages if stage.source.name == message.topic)
    return trace_id_of(message, stage.source.record)


def _page(name: str, body: bytes = STORY, minute: int | None = 0, **fields: Any) -> Message:
    fetched_at = None if minute is None else f"2026-03-01T08:{minute:02}:00Z"
    fields = {"content_type": "text/html", "fetched_at": fetched_at, **fields}
    fields = {"url": f"https://{name.replace(' ', '-')}.example/story", **fields}
    return raw_message(RawPage(body=body, **fields))


def _text(number: int) -> bytes:
    return STORY.replace(b"<p>", f"<p>Take {number}: ".encode())


def _clean(message: Message, **changes: Any) -> Message:
    """What the clean stage makes of a page, with some values of its record changed."""
    (clean,) = handle(TOPOLOGY.stage("clean"), message, now=NOW).messages
    return replace(clean, value=orjson.dumps(orjson.loads(clean.value or b"") | changes))


def _one(name: str, message: Message, end: str) -> Scenario:
    return Scenario(name=name, arrivals=((message, end),))


def _fetches(name: str, *arrivals: tuple[int, int | None, str]) -> Scenario:
    """Fetches of one page: number of the text, minute of the fetch, end."""
    return Scenario(
        name=name, arrivals=tuple((_page(name, _text(text), minute), end) for text, minute, end in arrivals)
    )


def _page_histories() -> list[Scenario]:
    other_id = _clean(_page("reprocessed"), id="0123456789abcdef" * 2)
    return [
        _fetches("new", (1, 0, "enriched 1 new")),
        _fetches("unchanged", (1, 0, "enriched 1 new"), (1, 5, "unchanged")),
        _fetches("updated", (1, 0, "enriched 1 new"), (2, 5, "enriched 2 updated")),
        _fetches("swapped", (2, 5, "enriched 1 new"), (1, 0, "dropped superseded")),
        _fetches("back", (1, 0, "enriched 1 new"), (2, 5, "enriched 2 updated"), (1, 9, "enriched 3 updated")),
        _fetches("repeat", *[(1, 0, "enriched 1 new")] * 3),
        _fetches("repeat unchanged", (1, 0, "enriched 1 new"), *[(1, 5, "unchanged")] * 2),
        _fetches("replaced", (1, 0, "enriched 1 new"), (2, 5, "enriched 2 updated"), (1, 0, "enriched 1 new")),
        _fetches("late", (2, 5, "enriched 1 new"), *[(1, 0, "dropped superseded")] * 2),
        _fetches("no time", (1, None, "enriched 1 new"), (2, None, "enriched 2 updated")),
        Scenario(
            name="withdrawn",
            arrivals=(
                (_page("withdrawn", _text(1), 0), "enriched 1 new"),
                (_page("withdrawn", b"", 5, status=410), "enriched 2 updated"),
                (_page("withdrawn", _text(2), 9), "dropped withdrawn"),
            ),
        ),
        Scenario(
            name="reprocessed",
            arrivals=((_clean(_page("reprocessed")), "enriched 1 new"), (other_id, "enriched 2 reprocessed")),
        ),
    ]


_WALLS = {
    "consent-wall-en": Reason.CONSENT_WALL,
    "index-page-en": Reason.INDEX_PAGE,
    "redirect-stub-en": Reason.REDIRECT_STUB,
    "login-page-en": Reason.LOGIN_PAGE,
}


_ROWS = {Reason(reason): row for reason, *row in WALLS}


def _drops() -> list[Scenario]:
    walls = [
        _one(reason, _page(reason.replace("_", " "), (SEEDS / f"{seed}.html").read_bytes()), f"dropped {reason}")
        for seed, reason in _WALLS.items()
    ]
    others = [
        *((reason, _page(reason.replace("_", " "), wall(*_ROWS[reason]))) for reason in _ROWS),
        *((reason, _page("x", body, url=url)) for reason, (url, body) in KIND_PAGES.items()),
    ]
    walls += [_one(reason, page, f"dropped {reason}") for reason, page in others if reason not in _WALLS.values()]
    return [
        *walls,
        _one("empty", _page("empty", b""), "dropped empty"),
        _one("error page", _page("error page", status=404), "dropped http_error"),
        _one("image", _page("image", b"\x89PNG\r\n\x1a\n" + bytes(100), content_type="image/png"), "dropped not_html"),
    ]


def _deaths() -> list[Scenario]:
    words = {
        "hang": Code.TIME_LIMIT,
        "segfault": Code.WORKER_DIED,
        "eat": Code.MEMORY_LIMIT,
        "grow": Code.OUTPUT_TOO_LARGE,
        "invalid": Code.INVALID_OUTPUT,
        "raise": Code.STAGE_FAILED,
    }
    poison = [_one(word, _page(word, f"{word} poison 1".encode()), f"dead {code}") for word, code in words.items()]
    return [
        *poison,
        _one("no url", replace(_page("no url"), headers=()), "dead bad_url"),
        _one("bad url", replace(_page("x"), headers=(("url", b"gopher://x.example/"),)), "dead bad_url"),
        _one("bad status", _with(_page("bad status"), "status", b"fine"), "dead bad_headers"),
        _one("header no UTF-8", _with(_page("header no UTF-8"), "source", b"\xff"), "dead bad_headers"),
        _one("null value", replace(_page("null value"), value=None), "dead undecodable"),
        _one("random bytes", _page("random bytes", bytes(range(256)) * 9), "dead undecodable"),
        _one("too large", _page("too large", b"x" * (MAX_BODY_BYTES + 1)), "dead input_too_large"),
        _one("no JSON", replace(_clean(_page("no JSON")), value=b"{"), "dead bad_json"),
        _one("no record", replace(_clean(_page("no record")), value=b"{}"), "dead bad_record"),
        _one("next major", _clean(_page("next major"), schema="clean_article/2.0"), "dead unsupported_version"),
        _one("null record", Message(topic=CLEAN.name, key=b"null", value=None), "dead bad_json"),
    ]


def _oddities() -> list[Scenario]:
    return [
        _one("no key", replace(_page("no key"), key=None), "enriched 1 new"),
        _one("unreadable key", replace(_page("unreadable key"), key=b"\xff\x00\xfe"), "enriched 1 new"),
        _one("odd headers", _with(_page("odd headers"), "x", None), "enriched 1 new"),
        _one("next minor", _clean(_page("next minor"), schema="clean_article/1.99", tone=3), "enriched 1 new"),
        _one("bare text", _page("bare text", _FLAT, content_type="text/plain"), "enriched 1 new"),
    ]


_FLAT = (SEEDS / "tagdiv-flat-en.txt").read_bytes()


def _with(message: Message, name: str, value: bytes | None) -> Message:
    return replace(message, headers=(*message.headers, (name, value)))


SCENARIOS: Sequence[Scenario] = (*_page_histories(), *_drops(), *_deaths(), *_oddities())
