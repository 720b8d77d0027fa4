"""Sections that time the clean stage in a process set up as the pool's children are.

`python -m tests.bench.as_child SECTION GOLD` prints what the section prints, and its figures as JSON on the last line.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import orjson

from pipeline.edges.fork_server import ENVIRONMENT
from tests.bench import growth, pool, speed

SECTIONS: dict[str, Callable[[Path], dict[str, float]]] = {
    "speed": speed.measure,
    "pool": pool.measure,
    "growth": growth.measure,
}


def measure(section: str, gold: Path) -> dict[str, float]:
    """Print the section's tables as they come; its figures."""
    command = [sys.executable, "-m", __name__, section, str(gold)]
    line = "{}"
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | ENVIRONMENT) as process:
        assert process.stdout
        for line in process.stdout:
            if not line.startswith("{"):
                print(line, end="", flush=True)
    if process.returncode:
        sys.exit(f"the benchmark {section!r} failed: see above")
    figures: dict[str, float] = orjson.loads(line)
    return figures


if __name__ == "__main__":
    print(orjson.dumps(SECTIONS[sys.argv[1]](Path(sys.argv[2]))).decode())
