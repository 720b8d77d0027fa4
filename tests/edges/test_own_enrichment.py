"""A gazetteer and enrichers of the operator's own, from the settings to the record."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.edges.own_enrichment import OwnEnrichment, check, own_enrichment
from pipeline.errors import UsageError
from pipeline.settings import Settings, read_settings

PAGE = (
    "<html><head><title>Ferry sails again</title></head><body><article><h1>Ferry sails again</h1>"
    "<p>The Sallow Harbour Board said on Tuesday that the chain ferry will sail again through the winter.</p>"
    "<p>Repairs took eleven months and cost more than the town had put aside for them, the council said in a note.</p>"
    "<p>People in the villages on the east bank had waited for the chain ferry since a storm in February closed it.</p>"
    "<p>Nobody at the Sallow Harbour Board wanted to say how long the new chain will last, or who pays for the next."
    "</p></article></body></html>"
)


def newsflow(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipeline.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, check=False)


def test_the_record_has_what_gazetteer_and_enrichers_found(tmp_path: Path) -> None:
    page, names, patterns = tmp_path / "ferry.html", tmp_path / "names.tsv", tmp_path / "patterns.jsonl"
    page.write_text(PAGE)
    names.write_text("Sallow Harbour Board\torganization\tQ3\n")
    patterns.write_text('{"label": "BOAT", "pattern": [{"LOWER": "chain"}, {"LOWER": "ferry"}]}\n')
    result = newsflow(
        "process",
        str(page),
        "--articles",
        NEWSFLOW_GAZETTEER=str(names),
        NEWSFLOW_ENRICHERS="spacy_rules",
        NEWSFLOW_SPACY_PATTERNS=str(patterns),
    )
    record = json.loads(result.stdout)
    mention = next(each for each in record["mentions"] if each["method"] == "gazetteer")
    assert (mention["name"], mention["id"], mention["count"]) == ("Sallow Harbour Board", "Q3", 2)
    assert {each["label"] for each in record["extensions"]["spacy_rules"]["entities"]} == {"BOAT"}
    assert [run["status"] for run in record["enrichments"]] == ["ok"] * len(record["enrichments"])


def test_a_wrong_gazetteer_stops_the_command_with_its_line(tmp_path: Path) -> None:
    page, names = tmp_path / "ferry.html", tmp_path / "names.tsv"
    page.write_text(PAGE)
    names.write_text("Sallow\tplace\nBrackwater\ttown\n")
    result = newsflow("process", str(page), NEWSFLOW_GAZETTEER=str(names))
    assert result.returncode == 2
    assert "names.tsv:2: the type 'town' must be one of person, place" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_enricher_that_cannot_be_made_stops_the_command_with_its_reason(tmp_path: Path) -> None:
    page = tmp_path / "ferry.html"
    page.write_text(PAGE)
    result = newsflow("process", str(page), NEWSFLOW_ENRICHERS="spacy_rules", NEWSFLOW_SPACY_PATTERNS="")
    assert result.returncode != 0
    assert "NEWSFLOW_SPACY_PATTERNS must name a file" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "cannot read"), (b"\xff\xfe", "not UTF-8"), (b"# nothing\n", "holds no entry")]
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: bytes | None, reason: str) -> None:
    names = tmp_path / "names.tsv"
    if content is not None:
        names.write_bytes(content)
    with pytest.raises(UsageError, match=reason):
        check(OwnEnrichment(gazetteer=names))


def test_a_name_that_no_package_offers_is_refused() -> None:
    with pytest.raises(UsageError, match=r"offers 'nobody' \(offered: .*spacy_rules"):
        check(OwnEnrichment(enrichers=("nobody",)))


def test_the_settings_name_both() -> None:
    settings = read_settings({"NEWSFLOW_GAZETTEER": "names.tsv", "NEWSFLOW_ENRICHERS": "a, b,a"})
    assert own_enrichment(settings) == OwnEnrichment(gazetteer=Path("names.tsv"), enrichers=("a", "b"))
    assert own_enrichment(Settings()) == OwnEnrichment()
