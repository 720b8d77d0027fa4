"""The compiled library is made for every common platform, and when it is not there, what to do is told."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.native import build

ROOT = Path(__file__).parents[2]
TARGETS = {
    "x86_64-linux-gnu.2.17": ("py3-none-manylinux_2_17_x86_64", b"\x7fELF"),
    "aarch64-linux-gnu.2.17": ("py3-none-manylinux_2_17_aarch64", b"\x7fELF"),
    "x86_64-linux-musl": ("py3-none-musllinux_1_1_x86_64", b"\x7fELF"),
    "aarch64-linux-musl": ("py3-none-musllinux_1_1_aarch64", b"\x7fELF"),
    "x86_64-macos.11.0": ("py3-none-macosx_11_0_x86_64", b"\xcf\xfa\xed\xfe"),
    "aarch64-macos.11.0": ("py3-none-macosx_11_0_arm64", b"\xcf\xfa\xed\xfe"),
}
"""The wheel's tag for each platform, and how its libraries begin."""


@pytest.fixture
def native(tmp_path: Path) -> Path:
    """A copy of the package `pipeline.native` without its library."""
    copy = tmp_path / "pipeline" / "native"
    shutil.copytree(ROOT / "pipeline" / "native", copy, ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    (copy.parent / "__init__.py").touch()
    shutil.copy(ROOT / "pipeline" / "errors.py", copy.parent)
    return copy


@pytest.fixture
def small(native: Path) -> Path:
    """The same with two sources alone, which are compiled in a moment."""
    for source in (native / "source").glob("*.c"):
        if source.name not in ("check.c", "memo.c"):
            source.unlink()
    return native


def run(*command: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_the_library_that_is_tested_is_of_these_sources() -> None:
    assert build.is_built(), "python pipeline/native/build.py"
    assert build.requirements() == [], "nothing need be installed to build a wheel of it"


@pytest.mark.parametrize("target", TARGETS)
def test_it_is_compiled_for_every_common_platform(native: Path, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(str(native / "build.py"), NEWSFLOW_TARGET=target)
    assert done.returncode == 0, done.stderr
    monkeypatch.setenv("NEWSFLOW_TARGET", target)
    tag, begin = TARGETS[target]
    assert build.wheel_tag() == tag
    assert (native / build.LIBRARY).read_bytes().startswith(begin)


def test_a_changed_source_is_compiled_again(small: Path) -> None:
    for text in ("", "/* another */\n"):
        with (small / "source" / "check.c").open("a") as source:
            source.write(text)
        before = _written(small / build.LIBRARY) if text else None
        assert run(str(small / "build.py")).returncode == 0
        assert _written(small / build.LIBRARY) != before
    unchanged = _written(small / build.LIBRARY)
    assert run(str(small / "build.py")).returncode == 0
    assert _written(small / build.LIBRARY) == unchanged


def _written(path: Path) -> tuple[int, int]:
    """Which file it is and when it was written; not when it was read, which whoever hashes it changes."""
    stat = path.stat()
    return stat.st_ino, stat.st_mtime_ns


def test_another_compiler_may_warn(small: Path) -> None:
    with (small / "source" / "check.c").open("a") as source:
        source.write("static int unused;\n")
    assert "unused" in run(str(small / "build.py")).stderr
    done = run(str(small / "build.py"), NEWSFLOW_CC=f"'{sys.executable}' -m ziglang cc")
    assert done.returncode == 0, done.stderr
    assert (small / build.LIBRARY).exists()


def test_it_is_compiled_without_a_home(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ZIG_GLOBAL_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    done = run(str(small / "build.py"), HOME=str(tmp_path / "none"))
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("target", ["aarch64-linux-gnu", "x86_64-windows-gnu", "riscv64", "x86_64-linux-gnu.2.17 "])
def test_a_target_that_has_no_tag_is_told(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSFLOW_TARGET", target)
    with pytest.raises(SystemExit, match="is no target such as"):
        build.wheel_tag()


def test_what_a_compiler_says_is_told(native: Path) -> None:
    (native / "source" / "check.c").write_text("int broken(void) { return nothing; }")
    done = run(str(native / "build.py"))
    assert done.returncode == 1
    assert "newsflow cannot be compiled" in done.stderr
    assert "nothing" in done.stderr
    assert "Traceback" not in done.stderr
    done = run(str(native / "build.py"), NEWSFLOW_CC="no-such-compiler")
    assert done.stderr == "newsflow cannot be compiled: no-such-compiler: No such file or directory\n"


@pytest.mark.parametrize("content", [None, b"", b"no library"])
def test_a_library_that_cannot_be_loaded_is_told_with_what_to_do(native: Path, content: bytes | None) -> None:
    if content is not None:
        (native / build.LIBRARY).write_bytes(content)
    program = (
        "from pipeline.errors import UsageError\n"
        "try: import pipeline.native.library\n"
        "except UsageError as error: print(error)"
    )
    done = run("-c", program, cwd=native.parents[1])
    assert build.LIBRARY in done.stdout, done.stderr
    assert "install newsflow again" in done.stdout


def test_a_library_of_other_sources_is_told(small: Path) -> None:
    assert run(str(small / "build.py")).returncode == 0
    program = (
        "from pipeline.errors import UsageError\n"
        "try: from pipeline.native.library import native\n"
        "except UsageError as error: print(error)"
    )
    assert run("-c", program, cwd=small.parents[1]).stdout == ""
    with (small / "source" / "check.c").open("a") as source:
        source.write("/* changed */\n")
    done = run("-c", program, cwd=small.parents[1])
    assert "is of another version" in done.stdout, done.stderr
