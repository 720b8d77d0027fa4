"""A newsflow that also reads the next major version of the clean article: NEWSFLOW_TOPOLOGY=tests.newest.

Where version 1 says `headline`, version 2 says `title`.
"""

from dataclasses import dataclass, fields, replace
from typing import Annotated, ClassVar

from msgspec import Meta

from pipeline import codec, records
from pipeline.records import AnnotatedArticle
from pipeline.stages.annotate import annotate as annotate_now
from pipeline.topology import TOPOLOGY as NOW


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanArticle(records.CleanArticle):
    """Version 2."""

    SCHEMA: ClassVar[str] = "clean_article/2.0"

    schema: Annotated[str, Meta(pattern=r"^clean_article/2\.[0-9]+\Z")] = SCHEMA
    title: str | None = None


codec.RECORD_TYPES["clean_article"] = CleanArticle  # in the release that has it, pipeline.records does


def annotate(article: CleanArticle) -> AnnotatedArticle:
    """Of a version 2, in the words of version 1."""
    names = {field.name for field in fields(records.CleanArticle)} - {"schema", "headline"}
    values = {name: getattr(article, name) for name in names}
    return annotate_now(records.CleanArticle(**values, headline=article.title))


TOPOLOGY = replace(
    NOW,
    stages=(
        NOW.stage("clean"),
        replace(NOW.stage("annotate"), function="tests.newest:annotate"),
        NOW.stage("relate"),
    ),
)
