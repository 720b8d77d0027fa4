"""A later newsflow, as it runs beside this one while workers are replaced: NEWSFLOW_TOPOLOGY=tests.newer.

Its records have a higher minor version and a field that nobody here knows.
"""

from dataclasses import dataclass, fields, replace
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from pipeline import records
from pipeline.errors import Drop
from pipeline.identity import message_id
from pipeline.records import RawPage
from pipeline.stages.annotate import annotate as annotate_now
from pipeline.stages.clean import clean as clean_now
from pipeline.topology import TOPOLOGY as NOW

MINOR = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanArticle(records.CleanArticle):
    """With a field of a later minor version."""

    SCHEMA: ClassVar[str] = f"clean_article/1.{MINOR}"

    schema: Annotated[str, Meta(pattern=r"^clean_article/1\.[0-9]+\Z")] = SCHEMA
    reading_minutes: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedArticle(records.AnnotatedArticle):
    """With a field of a later minor version."""

    SCHEMA: ClassVar[str] = f"annotated_article/1.{MINOR}"

    schema: Annotated[str, Meta(pattern=r"^annotated_article/1\.[0-9]+\Z")] = SCHEMA
    tone: str = "calm"


def clean(page: RawPage) -> CleanArticle | Drop:
    """What the stage makes, as a later record."""
    article = clean_now(page)
    if isinstance(article, Drop):
        return article
    ident = message_id(article.trace_id, "clean", CleanArticle.SCHEMA, "later")
    return CleanArticle(**{**_fields(article), "id": ident})


def annotate(article: records.CleanArticle) -> AnnotatedArticle:
    """What the stage makes, as a later record."""
    annotated = annotate_now(article)
    ident = message_id(article.id, "annotate", AnnotatedArticle.SCHEMA, "later")
    return AnnotatedArticle(**{**_fields(annotated), "id": ident})


def _fields(record: Any) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in fields(record) if field.name != "schema"}


TOPOLOGY = replace(
    NOW,
    stages=(
        replace(NOW.stage("clean"), function="tests.newer:clean"),
        replace(NOW.stage("annotate"), function="tests.newer:annotate"),
        NOW.stage("relate"),
    ),
)
