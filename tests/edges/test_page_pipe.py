"""The pipe between a pool and its children: what goes in comes out, and an end that is gone is told as such."""

import pickle
import socket
import threading
from collections.abc import Iterator

import pytest

from pipeline.edges.page_pipe import BUFFER_BYTES, PagePipe

Ends = tuple[PagePipe, PagePipe]


@pytest.fixture
def ends() -> Iterator[Ends]:
    pipes = [PagePipe(end.detach()) for end in socket.socketpair()]
    yield pipes[0], pipes[1]
    for pipe in pipes:
        pipe.close()


@pytest.mark.parametrize("size", [0, 1, BUFFER_BYTES - 1, BUFFER_BYTES, BUFFER_BYTES + 1, 3_000_000])
def test_what_is_sent_arrives(ends: Ends, size: int) -> None:
    ours, theirs = ends
    values = [("stage", (bytes(size), "näher", None), 2**70), [bytes(7), b"\xff" * size]]
    sending = threading.Thread(target=lambda: [ours.send(value) for value in values])
    sending.start()
    assert [theirs.receive() for _ in values] == values
    sending.join()


def test_there_is_news_of_a_message_and_of_an_end(ends: Ends) -> None:
    ours, theirs = ends
    assert not theirs.has_news()
    ours.send("page")
    assert theirs.has_news()
    assert theirs.receive() == "page"
    assert not theirs.has_news()
    ours.close()
    assert theirs.has_news()


def test_it_waits_whatever_timeout_sockets_have() -> None:
    sockets = socket.socketpair()
    for each in sockets:
        each.settimeout(0.01)
    ours, theirs = (PagePipe(each.detach()) for each in sockets)
    later = threading.Timer(0.1, ours.send, ("page",))
    later.start()
    assert theirs.receive() == "page"
    later.join()
    ours.close()
    theirs.close()


@pytest.mark.parametrize("sent", [0, 1, 1_000, 100_000, 199_999])
def test_an_end_that_is_gone_in_the_middle_of_a_message_is_an_end(ends: Ends, sent: int) -> None:
    ours, theirs = ends
    raw = socket.socket(fileno=ours._writer.fileno())
    writing = threading.Thread(target=raw.sendall, args=(pickle.dumps(b"x" * 200_000)[:sent],))
    writing.start()
    got: list[BaseException] = []

    def receive() -> None:
        try:
            theirs.receive()
        except (EOFError, OSError) as error:
            got.append(error)

    reading = threading.Thread(target=receive)
    reading.start()
    writing.join()
    raw.shutdown(socket.SHUT_RDWR)
    reading.join()
    raw.detach()
    assert len(got) == 1


def test_a_message_that_nobody_reads_is_an_error_and_closing_is_not(ends: Ends) -> None:
    ours, theirs = ends
    theirs.close()
    with pytest.raises(OSError, match="pipe"):
        ours.send(b"x" * 1_000_000)
    ours.close()
    ours.close()
