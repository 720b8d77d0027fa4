"""The process pool: whatever a page does to its process, it costs that page alone."""

import asyncio
import os
import pickle
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.codec import Message, raw_message
from pipeline.edges import fork_server
from pipeline.edges.metrics import POOL_KILLS
from pipeline.edges.pool import Pool, spread
from pipeline.errors import Code, Failure
from pipeline.records import RawPage
from pipeline.settings import STAGE_CHUNK
from pipeline.topology import MAX_BODY_BYTES
from pipeline.topology import TOPOLOGY as REAL
from pipeline.verdicts import Handled
from tests.faults import TOPOLOGY

NOW = "2026-01-02T03:04:05Z"
CLEAN = TOPOLOGY.stage("clean")


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(processes=2, page_seconds=1.0, page_memory_mib=512, stages=(CLEAN,)) as running:
        yield running


def page(body: str | bytes, number: int = 0) -> Message:
    content = body if isinstance(body, bytes) else body.encode()
    url = f"https://example.org/{number}"
    return raw_message(RawPage(url=url, body=content))


def code(handled: Handled) -> str | None:
    return handled.verdict.error.code if handled.verdict.error else None


async def test_results_come_in_the_order_of_the_messages(pool: Pool) -> None:
    bodies = [f"sleep {0.02 * (9 - number % 10)}" for number in range(40)]
    messages = [page(body, number) for number, body in enumerate(bodies)]
    results = await pool.run(CLEAN, messages, now=NOW)
    assert [handled.verdict.url for handled in results] == [f"https://example.org/{n}" for n in range(40)]


async def test_a_message_that_cannot_travel_leaves_nothing_behind_for_the_next(pool: Pool) -> None:
    broken = replace(page(b"x" * 200_000, 7), headers=(("name", lambda: None),))  # type: ignore[arg-type]
    with pytest.raises((AttributeError, pickle.PicklingError)):
        await pool.run(CLEAN, [broken], now=NOW)
    before = kills()
    results = await pool.run(CLEAN, [page("fine", number) for number in range(4)], now=NOW)
    assert [handled.verdict.url for handled in results] == [f"https://example.org/{n}" for n in range(4)]
    assert kills() == before, "a child took the rest of one message for the next"


def kills() -> float:
    return sum(sample.value for metric in POOL_KILLS.collect() for sample in metric.samples)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("raise", Code.STAGE_FAILED),
        ("segfault", Code.WORKER_DIED),
        ("exit", Code.WORKER_DIED),
        ("killed", Code.WORKER_DIED),
        ("hang", Code.TIME_LIMIT),
        ("eat", Code.MEMORY_LIMIT),
        ("grow", Code.OUTPUT_TOO_LARGE),
    ],
)
async def test_a_bad_page_costs_only_itself(pool: Pool, body: str, expected: Code) -> None:
    messages = [page(body if number == 5 else "fine", number) for number in range(12)]
    results = await pool.run(CLEAN, messages, now=NOW)
    assert [code(handled) for handled in results] == [expected if number == 5 else None for number in range(12)]
    letter = results[5].messages[0]
    assert (letter.key, letter.value) == (messages[5].key, messages[5].value)


STOPPED = """
import asyncio
from tests.edges.test_pool import CLEAN, NOW, code, page
from pipeline.edges.pool import Pool
with Pool(processes=1, page_seconds=1.0, page_memory_mib=512, stages=(CLEAN,)) as pool:
    asyncio.run(pool.run(CLEAN, [page("fine")], now=NOW))
    print("ready", flush=True)
    print(code(asyncio.run(pool.run(CLEAN, [page("sleep 0.6")], now=NOW))[0]), flush=True)
"""


def test_time_in_which_the_worker_stood_still_is_not_the_pages() -> None:
    """Stopped for longer than the page's limit, which the page itself keeps."""
    with subprocess.Popen([sys.executable, "-c", STOPPED], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.2)
        process.send_signal(signal.SIGSTOP)
        time.sleep(2)
        process.send_signal(signal.SIGCONT)
        assert process.stdout.readline() == "None\n"


async def test_an_idle_child_that_is_killed_costs_nothing(pool: Pool) -> None:
    await pool.run(CLEAN, [page("fine")], now=NOW)
    for pid in pool.pids:
        os.kill(pid, signal.SIGKILL)
    results = await pool.run(CLEAN, [page("fine", number) for number in range(4)], now=NOW)
    assert [code(handled) for handled in results] == [None] * 4


async def test_a_fork_server_that_is_killed_is_replaced(pool: Pool) -> None:
    assert fork_server._server is not None
    killed = fork_server._server[0].pid
    os.kill(killed, signal.SIGKILL)
    await asyncio.sleep(1)  # its children die with it, idle
    results = await pool.run(CLEAN, [page("fine", number) for number in range(4)], now=NOW)
    assert [code(handled) for handled in results] == [None] * 4
    assert fork_server._server[0].pid != killed


def test_a_child_whose_fork_server_has_died_is_killed_all_the_same() -> None:
    """Where the system does not end it with the server."""
    status, theirs = os.pipe()
    os.close(theirs)
    with subprocess.Popen(["sleep", "60"]) as process:
        child = fork_server.ForkedChild(process.pid, status)
        child.kill()
        assert process.wait(10) == -signal.SIGKILL
    assert child.wait(1) is None


STARTS_SOMETHING = """
import subprocess
from tests.faults import clean
subprocess.Popen(["true"])
"""
STARTER = """
import asyncio, signal, sys, time
sys.path.insert(1, {root!r})
from dataclasses import replace
from tests.edges.test_pool import CLEAN, NOW, page
from pipeline.edges.pool import Pool
stage = replace(CLEAN, function="starts_something:clean")
with Pool(processes=2, page_seconds=60, page_memory_mib=512, stages=(stage,)) as pool:
    before = pool.pids
    time.sleep(0.5)
    handled = asyncio.run(pool.run(stage, [page("fine", number) for number in range(4)], now=NOW))
    print([each.verdict.outcome for each in handled], pool.pids == before)
"""


def test_the_fork_server_takes_no_module_from_the_working_folder_and_bears_what_stages_start(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "signal.py").write_text("raise SystemExit('taken from the working folder')")
    (tmp_path / "starts_something.py").write_text(STARTS_SOMETHING)
    (tmp_path / "start.py").write_text(STARTER.format(root=str(Path(__file__).parents[2])))
    done = subprocess.run(
        [sys.executable, str(tmp_path / "start.py")], cwd=tmp_path / "work", capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("[None, None, None, None] True\n", "")


LOADS_FOR_LONG = """
import time
from tests.faults import clean
print("loading", flush=True)
time.sleep(60)
"""
WAITER = """
import signal, sys
sys.path.insert(1, {root!r})
signal.signal(signal.SIGINT, signal.default_int_handler)  # who runs the tests in the background lets it be ignored
from dataclasses import replace
from tests.edges.test_pool import CLEAN
from pipeline.edges.pool import Pool
stage = replace(CLEAN, function="loads_for_long:clean")
with Pool(processes=2, page_seconds=60, page_memory_mib=512, stages=(stage,)):
    pass
"""


def test_ctrl_c_ends_what_still_loads(tmp_path: Path) -> None:
    (tmp_path / "loads_for_long.py").write_text(LOADS_FOR_LONG)
    (tmp_path / "wait.py").write_text(WAITER.format(root=str(Path(__file__).parents[2])))
    command = [sys.executable, str(tmp_path / "wait.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "loading\n"
        time.sleep(0.5)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == -signal.SIGINT
        assert time.monotonic() - began < 10


async def test_the_only_child_of_a_few_pages_is_no_fork_and_is_replaced_when_it_dies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fork_server, "_server", None)  # that of other tests has children
    monkeypatch.setattr(fork_server, "_has_forked", False)
    limits: dict[str, Any] = {"page_seconds": 1.0, "page_memory_mib": 512, "stages": (CLEAN,)}
    with Pool(processes=1, is_for_many=False, **limits) as few:
        assert fork_server._server is None
        (first,) = few.pids
        bodies = ["fine", "segfault", "fine", "hang", "eat", "exit", "fine"]
        results = [(await few.run(CLEAN, [page(body)], now=NOW))[0] for body in bodies]
        died, late, full = Code.WORKER_DIED, Code.TIME_LIMIT, Code.MEMORY_LIMIT
        assert list(map(code, results)) == [None, died, None, late, full, died, None]
        assert first not in few.pids
        (last,) = few.pids
    with pytest.raises(ProcessLookupError):
        os.kill(last, 0)


def test_a_command_that_ends_at_once_leaves_no_fork_server_that_still_loads() -> None:
    script = (
        "from pipeline.edges import fork_server; fork_server.start(is_for_many=True); print(fork_server._server[0].pid)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)


async def test_children_killed_at_random_lose_no_page(pool: Pool) -> None:
    async def assassin() -> None:
        for _ in range(8):
            await asyncio.sleep(0.2)
            with suppress(ProcessLookupError):
                os.kill(random.choice(pool.pids), signal.SIGKILL)

    murders = asyncio.create_task(assassin())
    messages = [page(b"sleep 0.02 " + bytes(1024 * 1024), number) for number in range(120)]
    results = await asyncio.wait_for(pool.run(CLEAN, messages, now=NOW), 30)
    await murders
    assert len(results) == 120
    assert {code(handled) for handled in results} <= {None, Code.WORKER_DIED}  # killed twice: a dead letter, not lost


async def test_the_largest_page_passes_through_the_pipe(pool: Pool) -> None:
    results = await pool.run(CLEAN, [page(b"fine " + bytes(MAX_BODY_BYTES - 5))], now=NOW)
    assert code(results[0]) is None


async def test_no_messages_give_no_results(pool: Pool) -> None:
    assert await pool.run(CLEAN, [], now=NOW) == []


async def test_what_a_page_starts_and_leaves_behind_holds_nothing_up(pool: Pool) -> None:
    began = time.monotonic()
    (handled,) = await pool.run(CLEAN, [page("leave")], now=NOW)
    assert code(handled) == Code.TIME_LIMIT
    assert time.monotonic() - began < 15
    results = await pool.run(CLEAN, [page("fine", number) for number in range(4)], now=NOW)
    assert [code(handled) for handled in results] == [None] * 4


def test_children_ignore_the_signals_of_the_group(pool: Pool) -> None:
    before = pool.pids
    assert fork_server._server is not None
    for pid in (*before, fork_server._server[0].pid):
        os.kill(pid, signal.SIGINT)
        os.kill(pid, signal.SIGTERM)
    assert [code(h) for h in asyncio.run(pool.run(CLEAN, [page("fine", n) for n in range(4)], now=NOW))] == [None] * 4
    assert pool.pids == before


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_children_keep_the_memory_of_a_page_for_the_next(pool: Pool) -> None:
    """Without it cleaning takes a twentieth longer."""
    expected = [f"{name}={os.environ.get(name, value)}" for name, value in fork_server.ENVIRONMENT.items()]
    for pid in pool.pids:  # glibc cuts its own settings apart there
        told = Path(f"/proc/{pid}/environ").read_text().replace(":", "\0")
        assert all(f"\0{setting}\0".replace(":", "\0") in f"\0{told}" for setting in expected)


def test_a_stage_that_cannot_be_loaded_is_a_failure_not_a_thousand_dead_letters() -> None:
    broken = replace(CLEAN, function="tests.faults:absent")
    with (
        pytest.raises(Failure, match="absent"),
        Pool(processes=1, page_seconds=1.0, page_memory_mib=512, stages=(broken,)),
    ):
        pass


@pytest.mark.parametrize("processes", ["processes=1, is_for_many=False", "processes=2"])
@pytest.mark.parametrize("at_work", ["time.sleep(60)", "asyncio.run(pool.run(TOPOLOGY.stages[0], [hang], now=NOW))"])
def test_no_process_survives_a_parent_that_is_killed(at_work: str, processes: str) -> None:
    """Idle, or with a page that hangs."""
    code = (
        "import asyncio, time\n"
        "from tests.edges.test_pool import NOW, page\n"
        "from tests.faults import TOPOLOGY\n"
        "from pipeline.edges.pool import Pool\n"
        "if __name__ == '__main__':\n"
        f"    with Pool({processes}, page_seconds=60, page_memory_mib=512, stages=TOPOLOGY.stages[:1]) as pool:\n"
        "        print(*pool.pids, flush=True)\n"
        "        hang = page('hang')\n"
        f"        {at_work}\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert parent.stdout
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(pids) == int(processes[len("processes=")])
    time.sleep(0.5)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 5
    while (left := _group(parent.pid)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []


def _group(group: int) -> list[str]:
    """The living processes of a session, the fork server among them."""
    found = subprocess.run(["ps", "-o", "pid=,stat=,args=", "-s", str(group)], capture_output=True, text=True)
    return [line for line in found.stdout.splitlines() if line.split()[1][0] != "Z"]


@pytest.mark.parametrize("count", [0, 1, 2, 7, 8, 16, 17, 33, 512])
@pytest.mark.parametrize("processes", [1, 2, 4])
def test_chunks_are_small_even_and_complete(count: int, processes: int) -> None:
    messages = [page("fine", number) for number in range(count)]
    chunks = spread(messages, processes)
    assert [message for chunk in chunks for message in chunk] == messages
    sizes = [len(chunk) for chunk in chunks]
    assert all(1 <= size <= STAGE_CHUNK for size in sizes)
    assert not sizes or max(sizes) - min(sizes) <= 1
    assert len(chunks) >= min(processes, count)


def test_a_child_finds_all_its_modules_loaded_and_collects_its_garbage() -> None:
    """What the fork server has not loaded every child would load anew: it took 30 ms for the pool's own imports.

    While it loads, the fork server collects no garbage, which would stay so in every child.
    """
    functions = fork_server.functions_of(REAL.stages)
    script = (
        "import gc, socket, sys\n"
        "from pipeline.edges import forking, page_process\n"
        "from pipeline.edges.own_enrichment import NOTHING\n"
        "from pipeline.edges.page_pipe import PagePipe\n"
        "gc.disable()\n"
        f"forking.load({functions!r}, is_for_many=True)\n"
        "loaded = set(sys.modules)\n"
        "ours, theirs = (PagePipe(end.detach()) for end in socket.socketpair())\n"
        f"ours.send((2**40, {functions!r}, NOTHING))\n"
        "ours.close()\n"
        "page_process.serve(theirs)\n"
        "print(gc.isenabled(), *sorted(set(sys.modules) - loaded))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True"]
