"""Whether a page costs more, or memory grows, after many others: `python -m tests.bench.growth [GOLD] [--pages N]`.

Varied copies of the same pages, none like another: other hosts, numbers, words and class names. One process takes them
through clean and annotate, as a child of the pool does, and takes more of them: a child is replaced after 4,000, so
that a page after a million others costs what it costs after these. (Relate's store does keep growing: see
`tests.bench.near_duplicates`; for the service as a whole, `tests.bench.soak`.)

A line for each stretch, which has as many copies of every page as the next one, so that they compare: processor
milliseconds a page; the same in pages of stock trafilatura, which is timed in between, for machines have better and
worse minutes; and resident memory at its end.
"""

import argparse
import os
import random
import re
import sys
from dataclasses import replace
from pathlib import Path

from pipeline.codec import raw_message
from pipeline.edges.clock import utc_now
from pipeline.edges.warm import warm_up
from pipeline.handle import handle
from pipeline.records import RawPage
from pipeline.topology import TOPOLOGY
from tests.bench.family import used
from tests.bench.pages import SEEDS, by_trafilatura, cpu_seconds, read_pages

STRETCHES, PAGES = 5, 5_000
_NUMBER = re.compile(rb"\d{3,}")
_WORD = re.compile(rb"\b[a-z]{7,12}\b")
OTHER_WORDS = 20
"""Of a page's long words one in so many becomes another, in text and class names alike."""


def main(arguments: list[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth", description=__doc__.splitlines()[0])
    parser.add_argument("gold", type=Path, nargs="?", default=SEEDS, metavar="GOLD", help="folder of the gold sets")
    parser.add_argument("--pages", type=int, default=PAGES)
    options = parser.parse_args(arguments)
    measure(options.gold, options.pages)
    return 0


def measure(gold: Path, number_of_pages: int = PAGES) -> dict[str, float]:
    """Print the table; what a page of the last stretch costs against one of the first."""
    pages = list(read_pages(gold))
    copies = max(1, number_of_pages // (STRETCHES * len(pages)))
    chance, done, first, share = random.Random(1), 0, 0.0, 0.0
    warm_up(is_for_many=True)
    for page in pages:
        _take(page)
        by_trafilatura(page)
    print("   pages   ms a page   of stock   of first   MiB")
    for _ in range(STRETCHES):
        ours = stock = 0.0
        for number in range(copies * len(pages)):
            page = pages[number % len(pages)]
            ours += cpu_seconds(_take, vary(page, chance))
            if number % copies == 0:  # each page once
                stock += cpu_seconds(by_trafilatura, pages[number // copies])
        done += copies * len(pages)
        each = ours / copies / len(pages)
        share = each / (stock / len(pages))
        first = first or share
        print(f"{done:8d}{each * 1e3:12.2f}{share:11.3f}{share / first:11.3f}{used(os.getpid())[1]:6.0f}", flush=True)
    return {"growth": share / first}


def vary(page: RawPage, chance: random.Random) -> RawPage:
    """A copy that shares most, but not all, of its words and numbers with the page."""

    def number(match: re.Match[bytes]) -> bytes:
        return str(chance.randrange(10 ** len(match[0]))).zfill(len(match[0])).encode()

    def word(match: re.Match[bytes]) -> bytes:
        if chance.randrange(OTHER_WORDS):
            return match[0]
        letters = bytearray(match[0])
        chance.shuffle(letters)
        return bytes(letters)

    body = _WORD.sub(word, _NUMBER.sub(number, page.body))
    return replace(page, url=f"https://h{chance.randrange(10**9)}.example/{chance.randrange(10**9)}", body=body)


def _take(page: RawPage) -> None:
    now, message = utc_now(), raw_message(page)
    for stage in TOPOLOGY.stages[:2]:
        handled = handle(stage, message, now=now)
        if handled.verdict.outcome is not None:
            return
        message = handled.messages[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
