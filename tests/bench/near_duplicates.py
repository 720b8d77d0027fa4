"""`python -m tests.bench.near_duplicates [STORE] [TEXTS…]`: what relate costs an article beside so many texts.

The store is filled in bulk, with texts that share nothing; but one band of each of 100,000 is the same, as of pages
from one template. Then batches of 16 new articles, copies and articles from the template go through `handle`.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence

from sqlalchemy import insert

from pipeline.codec import Message, encode
from pipeline.edges.store import Store, open_store
from pipeline.edges.store_tables import BANDS, TEXTS
from pipeline.enrichment.near_duplicates import BANDS as BANDS_OF_TEXT
from pipeline.enrichment.near_duplicates import SKETCH_SIZE, bands, shingles
from pipeline.records import AnnotatedArticle
from pipeline.topology import ANNOTATED
from tests.articles import annotated
from tests.bench.stages import relate_all
from tests.stories import Writer, text_of

NOW = "2026-03-01T08:00:00Z"
SIZES = (1_000, 10_000, 100_000, 1_000_000)
BATCH, ROUNDS, BULK = 16, 25, 5_000
HOT_TEXTS = 100_000
CONTENT = os.urandom(1900)
"""As long as the packed content of an article of 600 words."""


def fill(store: Store, known: int, size: int, hot: int) -> None:
    """Add texts up to `size`; the first 100,000 have the band `hot`."""
    for start in range(known + 1, size + 1, BULK):
        numbers = range(start, min(size + 1, start + BULK))
        keys = {number: _random_bands(number, hot) for number in numbers}
        texts = [_text_row(number, keys[number]) for number in numbers]
        rows = [
            {"band": int.from_bytes(key[at : at + 8], "little", signed=True), "number": number}
            for number, key in keys.items()
            for at in range(0, len(key), 8)
        ]
        rows.sort(key=lambda row: row["band"])
        with store.begin() as connection:
            connection.execute(insert(TEXTS), texts)
            connection.execute(insert(BANDS), rows)


def _random_bands(number: int, hot: int) -> bytes:
    keys = os.urandom(8 * BANDS_OF_TEXT)
    return hot.to_bytes(8, "little", signed=True) + keys[8:] if number <= HOT_TEXTS else keys


def _text_row(number: int, keys: bytes) -> dict[str, object]:
    return {
        "number": number,
        "page_id": f"{number:032x}",
        "cluster_id": f"{number:032x}",
        "is_first": True,
        "kept_at": NOW,
        "sketch": os.urandom(4 * SKETCH_SIZE),
        "bands": keys,
        "content": CONTENT,
    }


def measure(store: Store, size: int, writer: Writer, template: str) -> None:
    """Print what an article costs, in ms: by the clock median and worst batch; of processor time median and mean.

    Every so many batches SQLite copies its log into the file: the mean has that, too.
    """
    kinds = {"new": [], "copy": [], "template": []}  # type: dict[str, list[tuple[float, float]]]
    for _ in range(ROUNDS):
        stories = [text_of(writer.story(12)) for _ in range(BATCH)]
        tail = template.partition("\n\n")[2]
        for kind, bodies in (
            ("new", stories),
            ("copy", [body + "\n\n" + writer.sentence(12) for body in stories]),
            ("template", [f"{writer.sentence(30)}\n\n{tail}" for _ in stories]),
        ):
            messages = [
                _message(annotated(body, url=f"https://{kind}.example/{writer.word()}/{writer.chance.random()}"))
                for body in bodies
            ]
            kinds[kind].append(_timed(store, messages))
    columns = []
    for kind, times in kinds.items():
        clock, cpu = ([1000 * each[side] / BATCH for each in times] for side in (0, 1))
        columns.append(
            f"{kind} {statistics.median(clock):5.2f} (max {max(clock):5.2f}, "
            f"cpu {statistics.median(cpu):5.2f}, mean {statistics.mean(cpu):5.2f})"
        )
    print(f"{size:8d} texts | ms an article: {' | '.join(columns)}", flush=True)


def _message(article: AnnotatedArticle) -> Message:
    return Message(topic=ANNOTATED.name, key=article.page_id.encode(), value=encode(article))


def _timed(store: Store, messages: list[Message]) -> tuple[float, float]:
    began, worked = time.perf_counter(), time.process_time()
    relate_all(store, messages, NOW)
    return time.perf_counter() - began, time.process_time() - worked


def main(address: str, sizes: Sequence[int]) -> None:
    """A line for each size; what the store knows already counts."""
    store = open_store(address, cluster_id=None)
    page = text_of(Writer(3).story(12))
    writer = Writer(time.time_ns())  # else a second run on one store would tell it what it knows
    shared_band = bands(shingles(page))[0]
    _timed(store, [_message(annotated(page, url="https://warm.example/"))])
    for size in sizes:
        with store.begin() as connection:
            known = connection.exec_driver_sql(f"SELECT max(number) FROM {TEXTS.name}").scalar_one()
        fill(store, known, size, shared_band)
        measure(store, size, writer, page)
    store.close()


if __name__ == "__main__":
    wanted = [int(argument) for argument in sys.argv[2:]] or SIZES
    with tempfile.TemporaryDirectory() as folder:  # 12 GB beside 1,000,000 texts
        main(sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{folder}/store.sqlite", wanted)
