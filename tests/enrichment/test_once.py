"""What enrichers share is found once for each article."""

from pipeline.enrichment.once import once
from pipeline.records import CleanArticle
from tests.enrichment.articles import article


def test_a_result_is_kept_until_another_article_is_asked_about() -> None:
    asked: list[CleanArticle] = []

    @once
    def find(clean: CleanArticle) -> int:
        asked.append(clean)
        return len(asked)

    first, equal = article(), article()
    assert [find(first), find(first), find(equal), find(equal), find(first)] == [1, 1, 2, 2, 3]
