"""Trains the judges of page kinds (`pipeline/cleaning/kinds/kind_judge.py`) from a gold folder, and scores them.

    python -m tests.quality.train_kinds GOLD [--write]

Articles of all sets against listings, collections, products and forums of `kinds`; documentation and services are
neither, for both may pass. The figures are out of fold: five folds, no registrable domain in two of them. Some pages
that the sets call articles are none by reading (`READ_AS`): the figures stand with and without them.

Needs catboost and scikit-learn, which nothing else here does: `make train` installs them.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tld import get_fld

from pipeline.cleaning.decoding.document import Document, read_document
from pipeline.cleaning.html_article import judged, settle
from pipeline.cleaning.kinds import kind_judge
from pipeline.cleaning.kinds.kind_judge import ARTICLE, REASONS, shows_news
from pipeline.cleaning.kinds.layout import layout_of
from pipeline.cleaning.kinds.marks import marks_of
from pipeline.cleaning.kinds.sight import see
from pipeline.cleaning.metadata.scan import scan_page
from pipeline.cleaning.refusal import nothing_left
from tests.quality.train import FOLDS, SCALE, TREES, arrays, fold_of, read_all, save

SETS = ("publishers", "articles", "segments", "kinds")
OPTIONS = TREES | {"iterations": 400, "depth": 5, "learning_rate": 0.06, "rsm": 0.3}
NAMING = OPTIONS | {"iterations": 120, "depth": 4}
MIN_DOMAINS = 10
"""Domains that must have a mark before it stands in the vocabulary."""
REGULARISATION = 0.05
BUDGETS = (4, 6, 9, 12)
"""Articles refused: 0.5 % of them are 6."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One gold page as its kind is judged."""

    name: str
    """Set and id."""
    domain: str
    kind: str
    row: dict[str, float]
    marks: set[str]
    is_news: bool
    """Not asked: it declares itself news and shows it."""
    is_empty: bool
    """Refused for want of text, whatever its kind."""

    @property
    def is_refused_kind(self) -> bool:
        return self.kind in REASONS


def main(arguments: list[str]) -> int:
    """Train and score; write when asked to."""
    if not arguments or not Path(arguments[0]).is_dir():
        print("usage: python -m tests.quality.train_kinds GOLD [--write]")
        return 2
    pages = list(read_gold(Path(arguments[0])))
    print(f"{len(pages)} pages, {len(pages[0].row)} numbers each, out of fold:")
    scores, named = out_of_fold(pages)
    report(pages, scores, named)
    if "--write" in arguments:
        save(kind_judge.MODEL, fit(pages))
    return 0


def read_gold(gold: Path) -> Iterator[Page]:
    """The pages of all sets."""
    return read_all(gold, SETS, read_page)


def read_page(name: str, body: bytes, url: str, truth: dict) -> Page | None:
    """A page as the judges see it; None when it has no lines."""
    document = read_document(body, "text/html")
    if not url or not isinstance(document, Document) or document.tree is None:
        return None
    scan = scan_page(document.tree)
    settled = settle(scan, url)
    if not settled.view.lines:
        return None
    sight = see(scan, url, settled.evidence)
    return Page(
        name=f"{name}/{truth['id']}",
        domain=get_fld(url, fail_silently=True) or url,
        kind=truth.get("kind", ARTICLE),
        row=layout_of(sight),
        marks=marks_of(sight),
        is_news=shows_news(settled.evidence),
        is_empty=nothing_left(settled.view, judged(settled)[0].kept) is not None,
    )


def fit(pages: Sequence[Page]) -> dict[str, np.ndarray]:
    """Both judges of these pages, as `kind_judge` reads them."""
    from catboost import CatBoostClassifier

    asked = [page for page in pages if page.is_refused_kind or page.kind == ARTICLE]
    rows = np.array([list(page.row.values()) for page in asked], np.float32)
    trees = CatBoostClassifier(**OPTIONS).fit(rows, [page.is_refused_kind for page in asked])
    found = {f"layout_{name}": value for name, value in arrays(trees, list(pages[0].row)).items()}
    for kind in REASONS:  # which of the refused kinds it is, once it is one
        others = [page for page in pages if page.is_refused_kind]
        rows = np.array([list(page.row.values()) for page in others], np.float32)
        trees = CatBoostClassifier(**NAMING).fit(rows, [page.kind == kind for page in others])
        found |= {f"{kind}_{name}": value for name, value in arrays(trees, list(pages[0].row)).items()}
    return found | fit_words(pages)


def fit_words(pages: Sequence[Page]) -> dict[str, np.ndarray]:
    """What each mark weighs for each kind: multinomial logistic regression over all kinds of the sets."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    domains: dict[str, set[str]] = {}
    for page in pages:
        for mark in page.marks:
            domains.setdefault(mark, set()).add(page.domain)
    marks = sorted(mark for mark, of in domains.items() if len(of) >= MIN_DOMAINS and "\n" not in mark)
    number = {mark: at for at, mark in enumerate(marks)}
    at = [(row, number[mark]) for row, page in enumerate(pages) for mark in sorted(page.marks & number.keys())]
    matrix = csr_matrix((np.ones(len(at)), tuple(zip(*at, strict=True))), shape=(len(pages), len(marks)))
    model = LogisticRegression(C=REGULARISATION, max_iter=400).fit(matrix, [page.kind for page in pages])
    return {
        "marks": np.array("\n".join(marks)),
        "kinds": np.array(" ".join(model.classes_)),
        "weights": np.round(model.coef_.T * SCALE).astype(np.int16),
        "biases": np.round(model.intercept_ * SCALE).astype(np.int32),
        "words_scale": np.int64(SCALE),
    }


def out_of_fold(pages: Sequence[Page]) -> tuple[np.ndarray, list[str]]:
    """The score of every page, and the refused kind it is most like, by judges that saw no page of its domain."""
    scores, named = np.zeros(len(pages)), [""] * len(pages)
    folds = [fold_of(page.domain) for page in pages]
    for fold in range(FOLDS):
        data = fit([page for page, own in zip(pages, folds, strict=True) if own != fold])
        model = kind_judge.read_kinds(data)
        for at, page in enumerate(pages):
            if folds[at] == fold:
                found = [model.words.vocabulary[mark] for mark in page.marks if mark in model.words.vocabulary]
                shares = dict(zip(model.words.kinds, model.words.shares(found).tolist(), strict=True))
                row = np.array([list(page.row.values())], np.float32)
                if kind_judge.refused_share(shares) >= kind_judge.MIN_REFUSED:
                    scores[at] = kind_judge.score_of(float(model.trees.scores(row)[0]), shares)
                named[at] = kind_judge.kind_named(model, row, shares)
        print(f"  fold {fold + 1} of {FOLDS}", file=sys.stderr, flush=True)
    scores[[at for at, page in enumerate(pages) if page.is_news]] = 0
    scores[[at for at, page in enumerate(pages) if page.is_empty]] = 1
    return scores, named


def report(pages: Sequence[Page], scores: np.ndarray, named: Sequence[str]) -> None:
    """Print what is refused at the threshold, and at thresholds that refuse so many articles."""
    kinds = np.array([page.kind for page in pages])
    is_other = np.array([page.is_refused_kind for page in pages])
    read_as = np.array([page.name in READ_AS for page in pages])
    for title, articles in (("as labelled", kinds == ARTICLE), ("after reading", (kinds == ARTICLE) & ~read_as)):
        for budget in BUDGETS:
            above = np.sort(scores[articles])[-budget - 1]
            _figures(f"{title}, {budget} articles refused", pages, scores > above, above)
    refused = scores > kind_judge.REFUSE_ABOVE
    _figures("at the threshold", pages, refused, kind_judge.REFUSE_ABOVE)
    for title, articles in (("as labelled", kinds == ARTICLE), ("after reading", (kinds == ARTICLE) & ~read_as)):
        wrong = int((refused & articles).sum())
        print(f"  articles refused, {title}: {wrong} of {int(articles.sum())} ({wrong / articles.sum():.2%})")
    right = sum(name == page.kind for name, page, is_it in zip(named, pages, is_other, strict=True) if is_it)
    print(f"  kind named right among the refused kinds: {right / is_other.sum():.3f}")
    for at in np.flatnonzero(refused & (kinds == ARTICLE)):
        print(f"  refused article: {pages[at].name} {pages[at].domain} {scores[at]:.2f}")


def _figures(title: str, pages: Sequence[Page], refused: np.ndarray, above: float) -> None:
    counts, found = Counter(page.kind for page in pages), Counter[str]()
    found.update(page.kind for page, is_refused in zip(pages, refused, strict=True) if is_refused)
    share = sum(found[kind] for kind in REASONS) / sum(counts[kind] for kind in REASONS)
    each = "  ".join(f"{kind} {found[kind] / counts[kind]:.2f}" for kind in sorted(counts) if kind != ARTICLE)
    print(f"{title} (above {above:.2f}): {share:.3f} of the refused kinds  ({each})", flush=True)


READ_AS: dict[str, str] = {
    "articles/articles-2243866f5850": "listing",
    "articles/articles-2d30a5b35c6d": "listing",
    "articles/articles-4a2048a2a91b": "product",
    "articles/articles-632d921aafde": "listing",
    "articles/articles-73b28f68b1cc": "listing",
    "articles/articles-970031d94a30": "listing",
    "articles/articles-a281754aed96": "listing",
    "articles/articles-c185a32648ef": "listing",
    "articles/articles-f149fef87e18": "home page",
    "segments/segments-333d2160e415": "product",
    "segments/segments-70602efd4d0d": "product",
    "segments/segments-c1df22f23870": "forum",
    "segments/segments-d5c9dea9a8b0": "forum",
    "segments/segments-d6d8bc3aff36": "forum",
    "segments/segments-d8d6c1cbec69": "forum",
    "segments/segments-ed246c921932": "documentation",
    "segments/segments-efa9aa4d8440": "home page",
    "segments/segments-f67d75170f70": "product",
}
"""Pages of the sets of articles that are none by reading, and what they are."""

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
