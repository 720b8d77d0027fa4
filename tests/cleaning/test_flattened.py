"""Flattened text: headline, by-line and date are where their lines say so, and the day of the visit is no date."""

from pipeline.records import CleanArticle, RawPage
from pipeline.stages.clean import clean

STORY = """
The harbor board of Lesser Quillon voted on Tuesday to buy back the old pilot boat, which had been sold to a museum in
the spring and has been missed at the north pier ever since, above all by those who have to be rowed out in a swell.

The boat, built in 1938, will be towed home in July. Its engine is said to be in better order than its paint, and the
museum has agreed to take a brass lamp and two oars in part payment, a bargain that the board's chair called cheap.

“We sold her in a hurry and we are buying her back at leisure,” said the harbor master, who had voted against the sale
and kept the key of her wheelhouse in his desk through the whole of the winter without telling anybody.
"""


def article(head: str) -> CleanArticle:
    story = "\n\n".join(" ".join(part.split()) for part in STORY.strip().split("\n\n"))
    page = RawPage(url="https://news.example.org/boat", body=f"{head}\n\n{story}\n".encode(), content_type="text/plain")
    result = clean(page)
    assert isinstance(result, CleanArticle), result
    assert result.article_body == story
    return result


def test_byline_and_date_under_the_headline_are_the_articles() -> None:
    found = article("Board buys back the old pilot boat\nBy Ottilie Marsh\nJune 3, 2026")
    assert found.headline == "Board buys back the old pilot boat"
    assert [author.name for author in found.authors] == ["Ottilie Marsh"]
    assert [(claim.source, claim.value) for claim in found.published] == [("line 3", "June 3, 2026")]
    assert found.provenance["authors"].source == "line 2"
    assert {entry.rule for entry in found.removed} == {"headline", "by_line", "time_stamp"}


def test_the_day_of_the_visit_is_never_the_date() -> None:
    found = article(
        "Saturday, June 6, 2026\nHomeHarborBoard buys back the old pilot boat\nBoard buys back the old pilot boat"
    )
    assert found.published == ()
    assert found.authors == ()
    assert found.signals.visit_date == "Saturday, June 6, 2026"
    assert found.article_section == "Harbor"
