"""Compile the library beside this file: `python pipeline/native/build.py`, and whenever newsflow is installed or built.

The compiler is `ziglang`, a Python package for all common platforms, which compiles for others than its own too:
`NEWSFLOW_TARGET=aarch64-linux-gnu.2.17` makes a wheel for that one. `NEWSFLOW_CC` names another compiler instead, for a
platform that has no such package. Nothing of newsflow is imported here: it is not installed yet.
"""

import os
import platform
import re
import shlex
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parent
LIBRARY = "newsflow.so"
COMPILER = "ziglang>=0.14,<0.18"
FLAGS = (
    "-O3", "-std=c11", "-fPIC", "-shared", "-fvisibility=hidden", "-Wall", "-Wextra", "-g0",
    "-ffp-contract=off",
)  # fmt: skip
"""The last: numbers round alike on every machine."""
EXAMPLES = ("aarch64-linux-gnu.2.17", "x86_64-linux-musl", "aarch64-macos.11.0")
_OF_TARGET = {"macos": ("-Wl,-undefined,dynamic_lookup",)}
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
_TARGET = re.compile(r"\w+-(?:linux-(?:gnu\.\d+\.\d+|musl)|macos\.\d+\.\d+)")
"""With the oldest version that it is for: the wheel's tag names it."""


def target() -> str:
    """What is compiled for: machine, system and C library, as the compiler names them; `SystemExit` for another."""
    if chosen := os.environ.get("NEWSFLOW_TARGET"):
        if not _TARGET.fullmatch(chosen):
            raise SystemExit(f"NEWSFLOW_TARGET={chosen} is no target such as {' or '.join(EXAMPLES)}")
        return chosen
    machine = platform.machine().lower()
    machine = _MACHINES.get(machine, machine)
    if sys.platform == "darwin":
        return f"{machine}-macos.11.0"
    is_musl = "musl" in (sysconfig.get_config_var("SOABI") or "")
    return f"{machine}-linux-{'musl' if is_musl else 'gnu.2.17'}"


def wheel_tag() -> str:
    """The tag of a wheel that holds the library: any Python 3 on the platform."""
    machine, system, *abi = target().split("-")
    if os.environ.get("NEWSFLOW_CC"):
        return f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
    if system.startswith("macos"):
        machine = "arm64" if machine == "aarch64" else machine
        return f"py3-none-macosx_{system.removeprefix('macos.').replace('.', '_')}_{machine}"
    name, _, version = abi[0].partition(".")
    oldest = "musllinux_1_1" if name == "musl" else f"manylinux_{version.replace('.', '_')}"
    return f"py3-none-{oldest}_{machine}"


def is_built() -> bool:
    """Whether the library is there and was compiled from the sources as they are, for this target."""
    library = FOLDER / LIBRARY
    return library.exists() and _mark().encode() in library.read_bytes()


def build() -> None:
    """Compile the library, unless it is there; `SystemExit` with what the compiler says when it cannot."""
    if is_built():
        return
    from tempfile import TemporaryDirectory  # whoever only loads the library asks this module for its digest

    made = FOLDER / f".{os.getpid()}.{LIBRARY}"
    command = [*_compiler(), *FLAGS, f'-DNEWSFLOW_SOURCES="{_mark()}"', *map(str, _sources("*.c")), "-o", str(made)]
    try:
        with TemporaryDirectory() as folder:
            done = subprocess.run(command, capture_output=True, text=True, check=False, env=_environment(folder))
    except OSError as error:
        raise SystemExit(f"newsflow cannot be compiled: {command[0]}: {error.strerror}") from None
    if done.returncode:
        raise SystemExit(f"newsflow cannot be compiled by {shlex.join(command[:3])}:\n{done.stderr}")
    made.replace(FOLDER / LIBRARY)  # at once: another process may be loading it


def requirements() -> list[str]:
    """What must be installed for `build`."""
    return [] if is_built() or os.environ.get("NEWSFLOW_CC") else [COMPILER]


def _compiler() -> Sequence[str]:
    if own := os.environ.get("NEWSFLOW_CC"):
        return shlex.split(own)
    of_system = _OF_TARGET.get(target().split("-")[1].partition(".")[0], ())
    # warnings are errors for this one only: others warn of other things
    return (sys.executable, "-m", "ziglang", "cc", "-target", target(), *of_system, "-Werror")


def _environment(folder: str) -> dict[str, str]:
    """The compiler keeps what it makes of its own C library: in a folder for now where it finds no home to write to."""
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("HOME") or ""
    own = {} if os.access(home, os.W_OK) else {"ZIG_GLOBAL_CACHE_DIR": folder}
    return own | os.environ


def _sources(pattern: str) -> list[Path]:
    return sorted((FOLDER / "source").glob(pattern))


def digest() -> str:
    """A digest of the sources as they are."""
    found = sha256()
    for source in _sources("*.[ch]"):
        found.update(source.read_bytes())
    return found.hexdigest()


def _mark() -> str:
    """What the library holds of itself: the digest of its sources, and one of how it was compiled."""
    return f"{digest()} {sha256(shlex.join([*FLAGS, *_compiler()[1:]]).encode()).hexdigest()}"


if __name__ == "__main__":
    build()
