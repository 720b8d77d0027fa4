"""`python -m tests.quality.near_duplicates [COPIES]`: how many edited copies are found, and how many others are not.

Invented stories and one edited copy of each, whose true similarity is counted, in shuffled order through relate's own
`decide` and a store. A copy is rightly found when it is put beside its story and their similarity is 0.7 or more.
"""

import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass

from pipeline.edges.store import open_store
from pipeline.enrichment.near_duplicates import THRESHOLD
from tests.articles import annotated, take
from tests.stories import Writer, text_of, true_similarity

NOW = "2026-03-01T08:00:00Z"
BATCH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What came of the pairs of story and copy."""

    pairs: int
    similar: int
    """Pairs that are near-duplicates in truth."""
    found: int
    right: int
    error: float
    """Mean difference of the stated and the true similarity, of what was rightly found."""
    missed: Counter[str]
    """True similarity, in steps of 0.05, of what was missed or wrongly found."""

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.similar if self.similar else 0.0


def measure(copies: int, *, url: str, seed: int = 7) -> Figures:
    """Tell so many stories and a copy of each to the store at this address."""
    writer = Writer(seed)
    bodies: dict[str, str] = {}
    truth: dict[str, float] = {}
    for number in range(copies):
        story = writer.story()
        one, other = text_of(story), text_of(writer.edited(story))
        bodies |= {f"https://one.example/{number}": one, f"https://other.example/{number}": other}
        truth[str(number)] = true_similarity(one, other)
    return _figures(truth, _found(bodies, url, seed))


def _found(bodies: dict[str, str], url: str, seed: int) -> dict[frozenset[str], float]:
    """Which pages were put beside which, with the similarity."""
    articles = [annotated(body, url=page) for page, body in bodies.items()]
    names = {article.page_id: article.url for article in articles}
    random.Random(seed).shuffle(articles)
    found: dict[frozenset[str], float] = {}
    store = open_store(url, cluster_id=None)
    for start in range(0, len(articles), BATCH):
        with store.transaction(now=NOW) as memory:
            for article in articles[start : start + BATCH]:
                near = take(article, memory)[0].near_duplicate
                if near is not None and near.of is not None:
                    found[frozenset((article.url, names[near.of]))] = near.similarity or 0.0
    store.close()
    return found


def _figures(truth: dict[str, float], found: dict[frozenset[str], float]) -> Figures:
    similar = {number for number, value in truth.items() if value >= THRESHOLD}
    told = {
        number: found.get(frozenset((f"https://one.example/{number}", f"https://other.example/{number}")))
        for number in truth
    }
    right = [number for number in similar if told[number] is not None]
    wrong = similar.symmetric_difference(number for number in truth if told[number] is not None)
    errors = [abs((told[number] or 0.0) - truth[number]) for number in right]
    return Figures(
        pairs=len(truth),
        similar=len(similar),
        found=len(found),
        right=len(right),
        error=sum(errors) / len(errors) if errors else 0.0,
        missed=Counter(f"{int(truth[number] * 20) / 20:.2f}" for number in sorted(wrong)),
    )


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    figures = measure(count, url=f"sqlite:///{tempfile.mkdtemp()}/store.sqlite")
    print(f"{figures.pairs} copies, {figures.similar} of them with a similarity of {THRESHOLD} or more")
    print(f"precision {figures.precision:.4f}   recall {figures.recall:.4f}   mean error {figures.error:.4f}")
    print(f"wrong, by true similarity: {dict(sorted(figures.missed.items()))}")
