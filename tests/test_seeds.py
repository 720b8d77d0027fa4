"""The seed pages through the whole pipeline: what a newcomer replays first, and what must not change unnoticed.

After a change that is meant, `make seeds` writes `seeds/expected.jsonl` again; read its diff before you commit it.
"""

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from tests.validation import problems

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "seeds"
EXPECTED = SEEDS / "expected.jsonl"
LINES: dict[str, dict[str, Any]] = {
    line["input"]: line for line in map(json.loads, EXPECTED.read_text(encoding="utf-8").splitlines())
}
ARTICLES = {name: line["article"] for name, line in LINES.items() if "article" in line}
OTHER_ENDS = {
    "consent-wall-en": ("dropped", "consent_wall"),
    "index-page-en": ("dropped", "index_page"),
    "redirect-stub-en": ("dropped", "redirect_stub"),
    "login-page-en": ("dropped", "login_page"),
    "update-second-again-en": ("unchanged", None),
    "update-late-en": ("dropped", "superseded"),
}
FLAT_RULES = [
    "weather_widget",
    "date_line",
    "glued_breadcrumb",
    "headline",
    "repeated_headline",
    "comment_form",
    "most_popular",
]


def test_the_pipeline_gives_the_expected_bytes(tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "pipeline.cli", "process", str(SEEDS / "articles"), "--output", str(output)]
    environment = {name: value for name, value in os.environ.items() if name != "NEWSFLOW_TOPOLOGY"}
    environment["PYTHONPATH"] = str(ROOT)
    subprocess.run(command, check=True, env=environment, timeout=90, capture_output=True)
    found, expected = output.read_bytes(), EXPECTED.read_bytes()
    if found != expected:
        pairs = zip(found.splitlines(), expected.splitlines(), strict=True)
        changed = [json.loads(new)["input"] for new, old in pairs if new != old]
        pytest.fail(f"other output for {', '.join(changed)}; if that is meant, `make seeds`")


def test_every_seed_page_has_its_line_in_the_order_of_the_manifest() -> None:
    manifest = (SEEDS / "articles/manifest.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in manifest.splitlines()]
    assert [row["id"] for row in rows] == list(LINES)
    pages = {path.name for path in (SEEDS / "articles").iterdir()} - {"manifest.jsonl"}
    assert pages == {row["path"] for row in rows}


def test_the_seeds_are_many_and_of_many_languages() -> None:
    assert len(LINES) >= 24
    assert len({article["in_language"].partition("-")[0] for article in ARTICLES.values()}) >= 8
    letters = "".join(article["article_body"] for article in ARTICLES.values())
    assert "R" in {unicodedata.bidirectional(letter) for letter in set(letters)}, "none from right to left"
    assert any("\u4e00" <= letter <= "\u9fff" for letter in letters), "none in Chinese characters"


def test_every_page_ends_as_it_must() -> None:
    ends = {name: (line["outcome"], line.get("reason")) for name, line in LINES.items()}
    assert ends == {name: OTHER_ENDS.get(name, ("enriched", None)) for name in LINES}


@pytest.mark.parametrize("name", ARTICLES)
def test_a_record_is_valid_and_its_blocks_are_the_body(name: str) -> None:
    article = ARTICLES[name]
    assert problems("enriched_article", article) == []
    body = article["article_body"]
    assert "\n\n".join(body[block["start"] : block["end"]] for block in article["blocks"]) == body
    assert article["headline"] not in body.split("\n\n")


@pytest.mark.parametrize("name", ["tagdiv-flat-en", "tagdiv-flat-fr"])
def test_rules_of_a_flattened_page(name: str) -> None:
    assert [entry["rule"] for entry in ARTICLES[name]["removed"]] == FLAT_RULES
    assert "date_published" not in ARTICLES[name], "the day of the visit is not the story's"


def test_rules_of_the_same_kind_of_page_in_html() -> None:
    rules = {entry["rule"] for entry in ARTICLES["tagdiv-en"]["removed"]}
    assert rules >= {*FLAT_RULES, "advertisement", "share_bar", "by_line", "time_stamp", "copyright_notice"}


def test_all_updates_of_a_live_blog_are_kept_in_order() -> None:
    article = ARTICLES["live-blog-en"]
    headings = [block for block in article["blocks"] if block["kind"] == "heading"]
    assert len(headings) == 6
    assert article["article_body"].index("lifted the evacuation") < article["article_body"].index("Good morning")
    assert "Share this update" not in article["article_body"]


def test_a_second_article_on_the_page_stays_out() -> None:
    article = ARTICLES["appended-article-en"]
    assert "foundry" not in article["article_body"].casefold()
    assert "appended_article" in {entry["rule"] for entry in article["removed"]}


def test_lists_quotes_and_a_table_keep_their_kinds() -> None:
    article = ARTICLES["long-read-es"]
    kinds = [block["kind"] for block in article["blocks"]]
    assert (kinds.count("list_item"), kinds.count("quote"), kinds.count("table")) == (7, 2, 1)
    (table,) = [block for block in article["blocks"] if block["kind"] == "table"]
    rows = article["article_body"][table["start"] : table["end"]].splitlines()
    assert [row.count(" | ") for row in rows] == [3] * 5


def test_a_story_in_a_layout_table_comes_out_as_paragraphs() -> None:
    for name in ("legacy-ru", "broken-markup-pt"):
        assert {block["kind"] for block in ARTICLES[name]["blocks"]} == {"paragraph"}
        assert " | " not in ARTICLES[name]["article_body"]


def test_a_body_that_stands_only_in_json_ld_is_found() -> None:
    assert ARTICLES["jsonld-only-en"]["provenance"]["article_body"]["source"] == "json_ld"
