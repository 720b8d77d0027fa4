"""What is told of libraries that are not imported."""

from importlib.metadata import version
from pathlib import Path

import pytest

from pipeline.libraries import file_of, version_of


@pytest.mark.parametrize("package", ["trafilatura", "htmldate", "click"])
def test_a_version_is_the_one_that_is_installed(package: str) -> None:
    assert version_of(package) == version(package)


def test_a_version_is_told_of_a_package_that_lies_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that is installed to be worked on, or one of which two versions left their folders."""
    package, told = tmp_path / "here" / "lines", tmp_path / "there" / "lines-2.5.dist-info"
    package.mkdir(parents=True)
    told.mkdir(parents=True)
    (package / "__init__.py").touch()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: lines\nVersion: 2.5\n")
    monkeypatch.syspath_prepend(str(tmp_path / "there"))
    monkeypatch.syspath_prepend(str(tmp_path / "here"))
    assert version_of("lines") == "2.5"


def test_what_is_not_installed_is_named() -> None:
    for ask in (version_of, lambda package: file_of(package, "list.txt")):
        with pytest.raises(ModuleNotFoundError, match="no_such_library is not installed"):
            ask("no_such_library")
