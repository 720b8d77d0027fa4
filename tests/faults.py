"""A topology whose stages fail on command, as pages out of the wild do: NEWSFLOW_TOPOLOGY=tests.faults.

The first word of a page's body says what happens to its process; any other body passes. `clean` and `annotate` make
the smallest valid records, so that a test can push thousands of pages through the real shell.
"""

import ctypes
import os
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

from pipeline.errors import Drop, Reason
from pipeline.identity import message_id, page_id, trace_id
from pipeline.memory import Decision, Memory
from pipeline.records import (
    AnnotatedArticle,
    CleanArticle,
    Extraction,
    PageKind,
    RawPage,
    Signals,
    Withdrawal,
)
from pipeline.stages import relate
from pipeline.topology import CLEAN, MIB, Topology
from pipeline.topology import TOPOLOGY as REAL
from pipeline.urls import host_of


def clean(page: RawPage) -> CleanArticle | Drop:
    """What the body's first word says."""
    text = page.body[:200].decode("utf-8", "replace").replace("\0", "")
    word, _, rest = text.partition(" ")
    if word == "segfault":
        ctypes.string_at(0)
    elif word == "exit":
        os._exit(3)
    elif word == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif word == "slay":
        slay_worker()
    elif word == "hang":
        while True:
            pass
    elif word == "raise":
        raise RuntimeError("the stage has a bug")
    elif word == "eat":
        text = "x" * (64 * 1024 * MIB)
    elif word == "wall":
        return Drop(reason=Reason.CONSENT_WALL)
    elif word == "grow":
        text = "x" * CLEAN.max_bytes
    elif word == "invalid":
        text = "\ud800"
    elif word == "leave":
        subprocess.Popen(["sleep", "30"], close_fds=False, start_new_session=True)
        time.sleep(60)
    elif word == "sleep":
        time.sleep(float(rest.split()[0]))
    return article(page, text or "empty")


def slay_worker() -> None:
    """Kill the worker itself: this process is a child of its fork server."""
    server = Path(f"/proc/{os.getppid()}/stat").read_text().rpartition(")")[2].split()
    os.kill(int(server[1]), signal.SIGKILL)
    time.sleep(60)


def decide(article: AnnotatedArticle | Withdrawal, memory: Memory) -> Decision:
    """As relate decides, in the worker's own process; a body that says so kills that."""
    if isinstance(article, AnnotatedArticle) and article.article.article_body.startswith("end relate"):
        os.kill(os.getpid(), signal.SIGKILL)
    return relate.decide(article, memory)


def article(page: RawPage, text: str) -> CleanArticle:
    """The smallest clean article of a page, with this text."""
    trace = trace_id(page.url, page.fetched_at, page.body)
    return CleanArticle(
        id=message_id(trace, "clean", "1.0", "faults"),
        trace_id=trace,
        page_id=page_id(page.url),
        url=page.url,
        host=host_of(page.url),
        fetched_at=page.fetched_at,
        article_body=text,
        blocks=(),
        extraction=Extraction(engine="faults", version="1", rules_version="1"),
        signals=Signals(),
    )


def annotate(article: CleanArticle) -> AnnotatedArticle:
    """The smallest annotated article."""
    return AnnotatedArticle(
        id=message_id(article.id, "annotate", "1.0", "faults"),
        trace_id=article.trace_id,
        page_id=article.page_id,
        url=article.url,
        article=article,
        word_count=1,
        page_kind=PageKind(kind="article"),
    )


TOPOLOGY = Topology(
    topics=REAL.topics,
    stages=(
        replace(REAL.stage("clean"), function="tests.faults:clean"),
        replace(REAL.stage("annotate"), function="tests.faults:annotate"),
        replace(REAL.stage("relate"), decide="tests.faults:decide"),
    ),
)
