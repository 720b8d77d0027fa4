"""The operator's own enrichers: what they find, and what happens when they fail or are late."""

import time
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from pipeline.codec import encode
from pipeline.enrichment import extensions, gazetteer
from pipeline.enrichment.extensions import load_enrichers
from pipeline.enrichment.spacy_rules import VARIABLE, make
from pipeline.enrichment.time_limit import TimeLimitError, within
from pipeline.errors import UsageError
from pipeline.records import AnnotatedArticle, CleanArticle
from pipeline.stages.annotate import annotate
from tests.enrichment.articles import article


@pytest.fixture(autouse=True)
def _nothing_stays() -> Iterator[None]:
    yield
    extensions.install({})
    gazetteer.install(None)


class Own:
    """An enricher that gives, or does, what a test says."""

    version = "3"

    def __init__(self, act: Callable[[CleanArticle, str], Any], seconds: float = 5.0) -> None:
        self._act = act
        self.seconds = seconds

    def enrich(self, article: CleanArticle, language: str) -> Any:
        """What the test says."""
        return self._act(article, language)


def annotated(**own: Own) -> AnnotatedArticle:
    extensions.install(dict(own))
    result = annotate(article())
    assert isinstance(result, AnnotatedArticle)
    encode(result)
    return result


def test_what_it_finds_stands_under_its_name() -> None:
    result = annotated(
        ports=Own(lambda clean, language: {"language": language, "words": (len(clean.article_body) > 9,)})
    )
    assert result.extensions == {"ports": {"language": "en", "words": [True]}}
    assert (result.enrichments[-1].name, result.enrichments[-1].version, result.enrichments[-1].status) == (
        "ports",
        "3",
        "ok",
    )


def test_one_that_fails_is_recorded_and_the_next_one_runs() -> None:
    def fails(_article: CleanArticle, _language: str) -> dict[str, Any]:
        raise LookupError("no such port")

    result = annotated(first=Own(fails), second=Own(lambda *_: {"found": 1}))
    first, second = result.enrichments[-2:]
    assert (first.status, first.error, first.is_timeout) == ("failed", "LookupError: no such port", False)
    assert second.status == "ok"
    assert result.extensions == {"second": {"found": 1}}


@pytest.mark.parametrize(
    ("found", "reason"),
    [([1], "must give a dict"), ({"a": b"x"}, "not JSON"), ({"a": "x" * 300_000}, "at most 262144")],
)
def test_what_is_no_json_object_or_too_much_is_a_failure(found: Any, reason: str) -> None:
    result = annotated(bad=Own(lambda *_: found))
    assert result.extensions == {}
    assert reason in (result.enrichments[-1].error or "")


def test_one_that_is_late_is_ended_and_recorded_so() -> None:
    def hangs(_article: CleanArticle, _language: str) -> dict[str, Any]:
        while True:
            try:
                time.sleep(0.01)
            except Exception:
                continue

    result = annotated(slow=Own(hangs, seconds=0.1), next=Own(lambda *_: {"a": 1}))
    slow = result.enrichments[-2]
    assert (slow.status, slow.is_timeout, slow.error) == ("failed", True, "TimeLimitError: no result within 0.1 s")
    assert result.extensions == {"next": {"a": 1}}


def test_a_limit_that_was_swallowed_counts_all_the_same() -> None:
    def swallows() -> int:
        try:
            time.sleep(5)
        except BaseException:
            return 1
        return 2

    with pytest.raises(TimeLimitError):
        within(0.05, swallows)
    assert within(5, lambda: 7) == 7


def test_other_enrichers_and_another_gazetteer_give_another_id() -> None:
    plain = annotated()
    own = annotated(ports=Own(lambda *_: {}))
    extensions.install({})
    gazetteer.install(gazetteer.Gazetteer(gazetteer.read_entries(["Sallow\tplace"], "names")))
    listed = annotate(article())
    assert isinstance(listed, AnnotatedArticle)
    assert len({plain.id, own.id, listed.id}) == 3


def point(target: str) -> EntryPoint:
    return EntryPoint(name="ports", value=f"{__name__}:{target}", group=extensions.GROUP)


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"offers 'parts' \(offered: ports\)"):
        load_enrichers(["parts"], [point("Own")])


def broken() -> None:
    """A factory that makes no enricher."""


def explodes() -> None:
    """A factory that fails."""
    raise OSError("model.bin is missing")


@pytest.mark.parametrize(
    ("target", "reason"),
    [("broken", "needs version, seconds and enrich"), ("explodes", "OSError: model.bin"), ("absent", "AttributeError")],
)
def test_what_makes_no_enricher_is_refused_with_its_reason(target: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        load_enrichers(["ports"], [point(target)])


def test_the_spacy_example_finds_what_its_patterns_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    patterns = tmp_path / "patterns.jsonl"
    patterns.write_text('{"label": "ORG", "pattern": [{"LOWER": "harbour"}, {"LOWER": "board"}], "id": "q3"}\n')
    monkeypatch.setenv(VARIABLE, str(patterns))
    result = annotated(spacy_rules=load_enrichers(["spacy_rules"])["spacy_rules"])
    entities = result.extensions["spacy_rules"]["entities"]
    assert [entity["text"] for entity in entities] == ["Harbour Board", "harbour board"]
    first = entities[0]
    assert result.article.article_body[first["start"] : first["end"]] == first["text"]
    assert (first["label"], first["id"]) == ("ORG", "q3")


def test_the_spacy_example_says_what_is_wrong_with_its_patterns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(UsageError, match=VARIABLE):
        make()
    patterns = tmp_path / "patterns.jsonl"
    patterns.write_text('{"label": "ORG", "pattern": "Board"}\n{"label": "ORG"}\n')
    monkeypatch.setenv(VARIABLE, str(patterns))
    with pytest.raises(UsageError, match=r"patterns\.jsonl:2: a pattern needs label and pattern"):
        make()
