"""The wheel holds all it needs, and works outside the clone."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's files, as pip would lay them out."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=60)
    (wheel,) = folder.glob("newsflow-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def newsflow(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_wheel_processes_its_own_seeds_outside_the_clone(installed: Path, tmp_path: Path) -> None:
    where = "import pipeline; print(pipeline.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", where],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.startswith(str(installed)), "else this would test the clone"
    assert newsflow(installed, tmp_path, "seeds", "here").returncode == 0
    result = newsflow(installed, tmp_path, "process", "here")
    assert result.returncode == 0, result.stderr
    ends = [json.loads(line)["outcome"] for line in result.stdout.splitlines()]
    assert len(ends) == len((tmp_path / "here" / "manifest.jsonl").read_text().splitlines())
    assert "dead" not in ends
    again = newsflow(installed, tmp_path, "seeds", "here")
    assert again.returncode == 2
    assert "is not empty" in again.stderr


def test_the_wheel_holds_the_schemas_and_the_locked_jars(installed: Path, tmp_path: Path) -> None:
    schema = newsflow(installed, tmp_path, "schema", "enriched_article")
    assert json.loads(schema.stdout)["$id"].startswith("urn:newsflow:schema:enriched_article:1.")
    assert newsflow(installed, tmp_path, "schema", "nonsense").returncode == 2
    assert (installed / "pipeline" / "edges" / "jars.sha256").is_file()
