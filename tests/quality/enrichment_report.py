"""What the enrichment is worth on the gold pages: each figure beside its goal, and ten records to read by eye.

    python -m tests.quality.enrichment_report GOLD

Exit 1 when a goal is missed. The gold pages go through the pipeline once; every section is a function of them.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.enrichment.language import UNDETERMINED, detect_language, main_tag
from pipeline.errors import NewsflowError
from pipeline.settings import read_settings
from tests.enrichment.languages import BY_TAG
from tests.quality import near_duplicates, quality_curve
from tests.quality.gold_pages import ARTICLES, TEXT_SETS, GoldPage, read_gold

SETS = ("publishers", "articles", "segments", "kinds")
MAX_FALSE_REFUSALS = 0.005
"""Of real articles, of all sets together."""
MIN_REFUSED = 0.85
REFUSED_KINDS = ("listing", "collection", "product", "forum")
"""Kinds that must never leave as articles; of the others a refusal is no fault."""
DUPLICATES = 2000
MIN_DUPLICATE_PRECISION, MIN_DUPLICATE_RECALL = 0.98, 0.95
MIN_LANGUAGES = 60
MIN_DECLARED_AGREEMENT = 0.95
"""Of pages that declare a language and whose text tells one. Declared is not true: sites declare their own language."""
RECORDS = 10
SHOWN = 5
"""Keywords and mentions of each record that are shown."""
MAX_CELL = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure, and the least or most that it may be; without either it is shown only."""

    name: str
    value: float
    least: float | None = None
    most: float | None = None
    note: str = ""

    @property
    def missed(self) -> bool:
        """Whether the goal is missed."""
        too_low = self.least is not None and self.value < self.least
        return too_low or (self.most is not None and self.value > self.most)

    def line(self) -> str:
        """The figure with its goal."""
        goal = f">= {self.least:g}" if self.least is not None else f"<= {self.most:g}" if self.most is not None else ""
        return (
            f"  {self.name:<46}{self.value:>10.4f}  {goal:<10}{'MISSED  ' if self.missed else ''}{self.note}".rstrip()
        )


Section = Callable[[Sequence[GoldPage], Path], Iterable[Figure | str]]
"""A part of the report: figures, and lines of text that stand between them."""


def main(arguments: list[str]) -> int:
    """Print every section; 1 when a goal is missed, 2 when the gold pages cannot be read."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.quality.enrichment_report", description=__doc__.split("\n")[0]
    )
    parser.add_argument("gold", type=Path, metavar="GOLD", help="folder of the gold sets")
    gold = parser.parse_args(arguments).gold
    began = time.monotonic()
    try:
        pages = asyncio.run(read_gold(gold, SETS, read_settings()))
    except NewsflowError as error:
        print(f"enrichment-report: {error}", file=sys.stderr)
        return 2
    print(f"{len(pages)} gold pages through the pipeline in {time.monotonic() - began:.0f} s")
    missed = [figure for section in SECTIONS for figure in shown(section, pages, gold) if figure.missed]
    print(f"\n{len(missed)} goals missed; {time.monotonic() - began:.0f} s in all")
    for figure in missed:
        print(f"enrichment-report: missed: {figure.line().strip()}", file=sys.stderr)
    return 1 if missed else 0


def shown(section: Section, pages: Sequence[GoldPage], gold: Path) -> list[Figure]:
    """The section's figures, printed as they come."""
    began = time.monotonic()
    print(f"\n{section.__doc__.splitlines()[0] if section.__doc__ else ''}", flush=True)
    figures = []
    for each in section(pages, gold):
        print(each.line() if isinstance(each, Figure) else each, flush=True)
        figures += [each] if isinstance(each, Figure) else []
    print(f"  ({time.monotonic() - began:.1f} s)")
    return figures


def page_kinds(pages: Sequence[GoldPage], _gold: Path) -> Iterable[Figure | str]:
    """Page kinds: real articles that were refused, and other pages that were."""
    counts: Counter[str] = Counter()
    for name in SETS:
        articles = [page for page in pages if page.set == name and page.kind == ARTICLES]
        refused = Counter(page.reason for page in articles if page.outcome == "dropped")
        if articles:
            note = f"{refused.total()} of {len(articles)}" + "".join(f", {why} {n}" for why, n in refused.most_common())
            yield Figure(name=f"refused of {name}", value=refused.total() / len(articles), note=note)
            counts["refused"] += refused.total()
            counts["all"] += len(articles)
    if counts["all"]:
        note = f"{counts['refused']} of {counts['all']}"
        yield Figure(name="refused of all", value=counts["refused"] / counts["all"], most=MAX_FALSE_REFUSALS, note=note)
    others = [page for page in pages if page.kind != ARTICLES]
    for kind in sorted({page.kind for page in others}, key=lambda kind: (kind not in REFUSED_KINDS, kind)):
        yield _refused(kind, [page for page in others if page.kind == kind], must=False)
    named = [page for page in others if page.kind in REFUSED_KINDS]
    if named:
        yield _refused(", ".join(REFUSED_KINDS), named, must=True)
    yield "  These pages trained the judges: of other pages expect the figures out of fold that `make train` prints."


def _refused(name: str, pages: Sequence[GoldPage], *, must: bool) -> Figure:
    """How many pages did not leave as articles: dropped, or enriched under another kind."""
    ends = Counter(page.reason if page.outcome == "dropped" else _kind(page) for page in pages)
    passed = ends.pop(ARTICLES, 0) + ends.pop("dead", 0)
    note = f"{ends.total()} of {len(pages)}" + "".join(f", {end} {count}" for end, count in ends.most_common(3))
    share = (len(pages) - passed) / len(pages)
    return Figure(name=f"no articles: {name}", value=share, least=MIN_REFUSED if must else None, note=note)


def _kind(page: GoldPage) -> str:
    return page.record["page_kind"]["kind"] if page.record else page.outcome


def languages(pages: Sequence[GoldPage], _gold: Path) -> Iterable[Figure | str]:
    """Languages: the detector against the truth of invented sentences, and against what pages declare."""
    right = sum(detect_language(None, text).tag == tag for tag, text in BY_TAG.items())
    yield Figure(name="languages told from two sentences", value=right, least=MIN_LANGUAGES, note=f"of {len(BY_TAG)}")
    records = [page.record for page in pages if page.record and page.kind == ARTICLES]
    told = [each for each in records if each["in_language"] != UNDETERMINED]
    yield Figure(name="share of articles whose text tells one", value=len(told) / len(records))
    declared = [each for each in told if each.get("declared_language")]
    agreeing = sum(main_tag(each["in_language"]) == main_tag(each["declared_language"]) for each in declared)
    yield Figure(
        name="agreement with the declared one",
        value=agreeing / len(declared),
        least=MIN_DECLARED_AGREEMENT,
        note=f"{agreeing} of {len(declared)}",
    )
    conflicts = sum(each.get("language_conflict", False) for each in declared)
    yield Figure(name="flagged as conflict", value=conflicts / len(declared), note=f"{conflicts} of {len(declared)}")
    found = Counter(each["in_language"] for each in told)
    yield f"  {len(found)} languages on the gold pages: " + ", ".join(f"{tag} {n}" for tag, n in found.most_common(12))


def near_duplicate_search(_pages: Sequence[GoldPage], _gold: Path) -> Iterable[Figure | str]:
    """Near-duplicates: invented stories and edited copies of them."""
    with tempfile.TemporaryDirectory() as folder:
        found = near_duplicates.measure(DUPLICATES, url=f"sqlite:///{folder}/store.sqlite")
    yield f"  {found.pairs} copies, {found.similar} of them with a similarity of {near_duplicates.THRESHOLD} or more"
    yield Figure(name="precision", value=found.precision, least=MIN_DUPLICATE_PRECISION)
    yield Figure(name="recall", value=found.recall, least=MIN_DUPLICATE_RECALL)


def quality(pages: Sequence[GoldPage], gold: Path) -> Iterable[Figure | str]:
    """Quality: the score against the true F1, by judges that have not seen the page's domain, and as shipped."""
    unseen = quality_curve.out_of_fold(gold)
    yield from _correlations("out of fold", unseen, least=quality_curve.MIN_CORRELATION)
    yield from quality_curve.curve(unseen)
    shipped = [
        quality_curve.Point(set=page.set, score=page.record["quality"]["score"], f1=page.f1)
        for page in pages
        if page.record and page.record.get("quality") and page.f1 is not None
    ]
    yield "  As shipped, the judge has seen these pages: nearly all of publishers' are read rightly, and few differ."
    yield from _correlations("as shipped", shipped, least=None)
    yield from quality_curve.curve(shipped)


def _correlations(title: str, points: Sequence[quality_curve.Point], least: float | None) -> Iterable[Figure]:
    for name, value in quality_curve.correlations(points).items():
        is_text = name in (*TEXT_SETS, quality_curve.TEXTS)
        note = "" if is_text else "six strings a page: too coarse to follow"
        yield Figure(name=f"rank correlation {title}, {name}", value=value, least=least if is_text else None, note=note)


def rights(pages: Sequence[GoldPage], _gold: Path) -> Iterable[Figure | str]:
    """Rights: what pages declare of their use, walls before the text, and agencies that are credited."""
    records = [page.record for page in pages if page.record and page.kind == ARTICLES]
    told = [each.get("rights", {}) for each in records]
    for name in ("text_mining", "ai_training"):
        counts = Counter(each.get(name, "absent") for each in told)
        yield f"  {name}: " + ", ".join(f"{answer} {count}" for answer, count in counts.most_common())
    yield f"  a licence is declared by {sum('license' in each for each in told)} of {len(told)}"
    walls = [each["paywall"] for each in told if "paywall" in each]
    declared = sum(each.get("declared") is True for each in walls)
    yield f"  a wall is declared by {declared}; {sum(each.get('is_stub', False) for each in walls)} texts are its stub"
    agencies = Counter(credit["name"] for each in told for credit in each.get("agencies", ()))
    yield f"  agencies credited, {agencies.total()} times: " + ", ".join(
        f"{name} {n}" for name, n in agencies.most_common(8)
    )


def records_to_read(pages: Sequence[GoldPage], _gold: Path) -> Iterable[Figure | str]:
    """Ten records in different languages, to read by eye."""
    first: dict[str, dict[str, Any]] = {}
    for page in pages:
        if page.record and page.kind == ARTICLES and page.record["in_language"] != UNDETERMINED:
            first.setdefault(main_tag(page.record["in_language"]), page.record)
    for record in list(first.values())[:RECORDS]:
        yield from (f"  {name:<10}{_cell(text)}" for name, text in _readable(record))
        yield ""


def _readable(record: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """What a reader compares with the page."""
    mentions = [f"{each['name']} ({each['type']} {each['count']})" for each in record.get("mentions", ())]
    sentences = record.get("summary", {}).get("sentences", ())
    score = record.get("quality", {})
    yield record["in_language"], record["url"]
    yield "headline", record.get("headline", "-")
    yield "by, on", f"{', '.join(each['name'] for each in record.get('authors', ())) or '-'}; {_date(record)}"
    yield (
        "kind",
        f"{record['page_kind']['kind']}, {record['word_count']} words, section {record.get('article_section', '-')}",
    )
    yield "keywords", ", ".join(each["text"] for each in record.get("extracted_keywords", ())[:SHOWN])
    yield "mentions", ", ".join(mentions[:SHOWN])
    yield "summary", sentences[0]["text"] if sentences else "-"
    yield "quality", f"{score.get('score')}: " + ", ".join(f"{k} {v}" for k, v in score.get("parts", {}).items())


def _date(record: dict[str, Any]) -> str:
    return record.get("date_published", "-")


def _cell(text: str) -> str:
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"


SECTIONS: tuple[Section, ...] = (page_kinds, languages, near_duplicate_search, quality, rights, records_to_read)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
