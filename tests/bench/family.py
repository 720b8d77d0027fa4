"""`python -m tests.bench.family COMMAND…`: what a command and all processes below it cost, as JSON.

Linux only. Orphans are adopted, so that every process is waited for and its processor time counted, to the end. Peak
memory is each process's own `VmHWM`, looked at four times a second; what processes share counts for each. So is the
processor time by role: what a process took after the last look at it is only in the sum.
"""

import argparse
import ctypes
import os
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

PR_SET_CHILD_SUBREAPER = 36
LOOK_SECONDS = 0.25
TICKS = os.sysconf("SC_CLK_TCK")
NUL = "\0"
POOL_CHILD = "pool child"
FORK_SERVER = "pipeline.edges.forking"
KNOWN_WORDS = ("process", "stage", "run", "replay", "clean", "annotate", "relate")


@dataclass(slots=True, kw_only=True)
class Costs:
    """Processor seconds of all and of the processes in each role, and the peak MiB of the largest in each role."""

    cpu: float = 0.0
    cpu_of: dict[str, float] = field(default_factory=dict)
    peaks: dict[str, float] = field(default_factory=dict)
    code: int = 0


def costs_of(command: list[str], **environment: str) -> Costs:
    """Run a command in a reaper of its own, its output thrown away; RuntimeError when it fails."""
    reaper = [sys.executable, "-m", "tests.bench.family", "--", *command]
    done = subprocess.run(reaper, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr[-2000:]}")
    return Costs(**orjson.loads(done.stdout.splitlines()[-1]))


def used(pid: int) -> tuple[float, float]:
    """Processor seconds and resident MiB of a process."""
    fields = _stat(pid)
    return sum(fields[11:13]) / TICKS, fields[21] * os.sysconf("SC_PAGE_SIZE") / 2**20


def spent(pid: int) -> float:
    """Processor seconds of a process and of those below it that have ended."""
    return sum(_stat(pid)[11:15]) / TICKS


def _stat(pid: int) -> list[int]:
    """What stands behind the name in `/proc/PID/stat`, without the letter of its state: that counts as 0."""
    return [0, *map(int, Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1:])]


def told(figures: Mapping[str, float], digits: int) -> str:
    """Figures by role, in one line."""
    return ", ".join(f"{role} {figure:.{digits}f}" for role, figure in sorted(figures.items()))


def newsflow(*arguments: str) -> list[str]:
    """The command line of `newsflow` with this Python."""
    return [sys.executable, "-m", "pipeline.main", *arguments]


def run(command: list[str]) -> Costs:
    """Run it here. Its orphans become ours: only for a process that does nothing else."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    costs, ended = Costs(), threading.Event()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    watcher = threading.Thread(target=_watch, args=(costs, ended))
    watcher.start()
    code = None
    with suppress(ChildProcessError):
        while True:
            pid, status, usage = os.wait4(-1, 0)
            costs.cpu += usage.ru_utime + usage.ru_stime
            if pid == process.pid:
                code = os.waitstatus_to_exitcode(status)
    ended.set()
    watcher.join()
    costs.code = code or 0
    return costs


def _watch(costs: Costs, ended: threading.Event) -> None:
    roles: defaultdict[int, Counter[str]] = defaultdict(Counter)
    seconds: dict[int, float] = {}
    while not ended.wait(LOOK_SECONDS):
        for pid, role in members(os.getpid()):
            with suppress(OSError):
                roles[pid][role] += 1
                seconds[pid] = used(pid)[0]
                peak = int(_status(pid).get("VmHWM", "0 kB").split()[0]) / 1024
                costs.peaks[role] = max(costs.peaks.get(role, 0.0), peak)
    for pid, each in seconds.items():
        role = roles[pid].most_common(1)[0][0]  # before its exec, and without its parent, it seems to be another
        costs.cpu_of[role] = costs.cpu_of.get(role, 0.0) + each


def members(top: int) -> list[tuple[int, str]]:
    """Each process below one, with its role."""
    below: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with suppress(OSError):
                parent = int(_status(int(folder.name))["PPid"])
                below[parent].append((int(folder.name), parent))
    pairs = [*below[top]]
    for pid, _ in pairs:
        pairs += below[pid]
    return [(pid, _role(pid, parent)) for pid, parent in pairs]


def _status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {line.partition(":")[0]: line.partition(":")[2].strip() for line in lines}


def _role(pid: int, parent: int) -> str:
    line = _command(pid)
    if FORK_SERVER in line:
        return _of_pool(parent)
    words = line.split(NUL)
    return _known(words) or Path(words[0]).name


def _of_pool(parent: int) -> str:
    """A fork server whose parent is a command, or a child of the pool whose parent is a fork server; of which stage."""
    if FORK_SERVER not in _command(parent):
        return f"fork server of {_known(_command(parent).split(NUL))}"
    with suppress(OSError):
        return f"pool child of {_known(_command(int(_status(parent)['PPid'])).split(NUL))}"
    return POOL_CHILD


def _known(words: Sequence[str]) -> str:
    return " ".join(word for word in words if word in KNOWN_WORDS)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def main(arguments: list[str]) -> int:
    """Run the command and print its costs."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.family", description=__doc__.splitlines()[0])
    parser.add_argument("command", nargs="+")
    costs = run(parser.parse_args(arguments).command)
    fields: dict[str, Any] = {name: getattr(costs, name) for name in Costs.__slots__}
    print(orjson.dumps(fields).decode())
    return costs.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
