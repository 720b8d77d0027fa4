"""The pages of a chaos run: the seed articles, varied and fetched several times, and poison among them.

The same count gives the same pages, so that runs with different faults can be compared with one run without any.
"""

import random
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.codec import Message, raw_message, without_headers
from pipeline.edges.inputs import open_inputs
from pipeline.errors import Code
from pipeline.records import RawPage
from pipeline.topology import MAX_BODY_BYTES
from pipeline.verdicts import trace_id_of

SEEDS = Path(__file__).parents[2] / "seeds" / "articles"
FIRST_FETCH = datetime(2026, 3, 1, tzinfo=UTC)
POISON_SHARE = 0.01

FETCHES: tuple[tuple[int, tuple[tuple[int, int], ...]], ...] = (
    (60, ((1, 0),)),
    (8, ((1, 0), (2, 10))),
    (6, ((1, 0), (1, 10))),  # unchanged
    (6, ((2, 10), (1, 0))),  # swapped: the older one comes late
    (5, ((1, 0), (2, 10), (1, 20))),  # the old text again
    (5, ((1, 0), (3, 20), (2, 10), (3, 30), (4, 40))),
    (5, ((1, 0), (1, 0))),  # the very same fetch
    (5, ((1, 0), (2, 10), (1, 0))),  # the same after its record was replaced
)
"""How pages are fetched: a weight, then (text, minute of the fetch) in the order of their arrival."""

DEADLY: dict[str, Code] = {
    "hang": Code.TIME_LIMIT,
    "segfault": Code.WORKER_DIED,
    "exit": Code.WORKER_DIED,
    "killed": Code.WORKER_DIED,
    "eat": Code.MEMORY_LIMIT,
    "raise": Code.STAGE_FAILED,
    "slay": Code.STAGE_DIED,
    "end relate": Code.STAGE_DIED,
    "no url": Code.BAD_URL,
    "bad url": Code.BAD_URL,
    "header no UTF-8": Code.BAD_HEADERS,
    "no value": Code.UNDECODABLE,
}
"""Poison that must become a dead letter, and which."""

HARMLESS = ("4 MiB", "random bytes")
"""What a pipeline may choke on and must not: it ends as it does without faults."""

KINDS = (*DEADLY, *HARMLESS)
PROCESS_KILLERS = frozenset({"hang", "segfault", "exit", "killed", "eat", "slay", "end relate"})

LARGE = 1_000_000
"""Where the numbers of the large pages begin, above those of the articles."""

_PLACES = re.compile(rb"(?i)(<(?:h1|title|p)(?:\s[^>]*)?>|\"(?:headline|articleBody)\": *\")")
_SENTENCE = re.compile(rb"\. ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One raw message. `kind` is "article" or that of the poison; `mark` is a text that no other version has."""

    message: Message
    kind: str = "article"
    mark: str = ""
    fetched: int = 0

    @property
    def trace_id(self) -> str:
        """The fetch's id, as the stages name it."""
        return trace_id_of(self.message, "raw_page")


def make_pages(count: int) -> list[Page]:
    """So many raw messages, about 1 % of them poison, and of each kind of poison one at least."""
    rng = random.Random(count)
    poison = [_poison(KINDS[number % len(KINDS)], number) for number in range(_poisoned(count))]
    fetches: list[list[Page]] = []
    while sum(map(len, fetches)) < count - len(poison):
        fetches.append(_fetches(len(fetches), rng))
    # each page's fetches keep their order; where they lie among the others is random
    slots = [number for number, group in enumerate(fetches) for _ in group]
    rng.shuffle(slots)
    waiting = [iter(group) for group in fetches]
    pages = [next(waiting[number]) for number in slots]
    for page in poison:
        pages.insert(rng.randrange(len(pages)), page)
    return pages


def _poisoned(count: int) -> int:
    return max(len(KINDS), round(count * POISON_SHARE))


@cache
def _seeds() -> tuple[Message, ...]:
    return tuple(item.message for item in open_inputs((SEEDS,), say=print))


def _fetches(number: int, rng: random.Random) -> list[Page]:
    """One page and how it is fetched, in the order of arrival."""
    seed = _seeds()[number % len(_seeds())]
    weights, ways = zip(*FETCHES, strict=True)
    (way,) = rng.choices(ways, weights)
    url = urlsplit((seed.header("url") or b"").decode())
    found = []
    for version, minute in way:
        mark = f"Nr {number}v{version}."
        page = RawPage(
            url=url._replace(path=f"{url.path.rstrip('/')}/{number}").geturl(),
            body=_varied(seed.value or b"", mark.encode()),
            fetched_at=(FIRST_FETCH + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            content_type=(seed.header("content-type") or b"").decode(),
        )
        found.append(Page(message=raw_message(page), mark=mark, fetched=minute))
    return found


def _varied(body: bytes, mark: bytes) -> bytes:
    """The page with the mark in its headlines and paragraphs. Every charset of the seeds holds ASCII as it is."""
    varied = _PLACES.sub(lambda place: place[0] + mark + b" ", body)
    return varied if varied != body else _SENTENCE.sub(b". " + mark + b" ", body)


def _poison(kind: str, number: int) -> Page:
    url = f"https://poison{number}.example/{number}"
    page = RawPage(url=url, body=f"{kind} poison {number}".encode(), fetched_at="2026-03-01T00:00:00Z")
    message = raw_message(page)
    rest = without_headers(message.headers, "url")
    if kind == "no url":
        message = replace(message, headers=rest)
    elif kind == "bad url":
        message = replace(message, headers=(*rest, ("url", f"gopher://poison{number}".encode())))
    elif kind == "header no UTF-8":
        message = replace(message, headers=(*message.headers, ("source", b"\xff\xfe feed")))
    elif kind == "no value":
        message = replace(message, value=None)
    elif kind == "4 MiB":
        message = raw_message(replace(page, body=_large(f"Nr {LARGE + number}v1.".encode()), content_type="text/html"))
    elif kind == "random bytes":
        message = raw_message(replace(page, body=random.Random(number).randbytes(3000), content_type="text/html"))
    return Page(message=message, kind=kind, mark=f"Nr {LARGE + number}v1." if kind == "4 MiB" else "")


def _large(mark: bytes) -> bytes:
    """A seed article with a comment that makes it as large as a page may be."""
    body = _varied((SEEDS / "update-first-en.html").read_bytes(), mark)
    head, tail = body.split(b"</body>")
    filling = (b"padding " * (MAX_BODY_BYTES // 8))[: MAX_BODY_BYTES - len(body) - len("<!---->")]
    return head + b"<!--" + filling + b"--></body>" + tail
