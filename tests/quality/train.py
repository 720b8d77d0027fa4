"""Trains the learned judge of lines (`pipeline/cleaning/judging/judge.py`) from a gold folder, and scores it.

    python -m tests.quality.train GOLD [--write]

Every line of a gold page is labelled by whether the page's true text holds it, and weighed by its words in that text,
for that is how pages are scored. The figures are out of fold: five folds, no registrable domain in two of them. With
`--write` a model of all pages is then written beside the judge; a new one is a new `RULES_VERSION`. The models of the
folds are written beside this file: with them the quality score is calibrated.

Needs catboost, which nothing else here does: `make train` installs it.
"""

import gzip
import json
import re
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from tld import get_fld

from pipeline.cleaning.blocks import Line
from pipeline.cleaning.decoding.document import Document, read_document
from pipeline.cleaning.extraction.alignment import aligned
from pipeline.cleaning.extraction.candidates import DECLARED
from pipeline.cleaning.html_article import settle
from pipeline.cleaning.judging import judge as judging
from pipeline.cleaning.judging.line_features import NAMES, features
from pipeline.cleaning.metadata.scan import scan_page
from pipeline.errors import Reject
from pipeline.text import collapse, squeeze

Result = TypeVar("Result")
FOLD_MODELS = Path(__file__).with_name("fold_judges.npz")
"""The judges of the five folds: what reads a gold page as a page of a domain that no judge has seen."""
FOLDS = 5
TREES = {
    "l2_leaf_reg": 5,
    "border_count": 48,
    "rsm": 0.4,
    "bootstrap_type": "Bernoulli",
    "subsample": 0.8,
    "random_seed": 1,
    "thread_count": 2,
    "verbose": 0,
    "allow_writing_files": False,
}
"""What all models are trained with."""
OPTIONS = TREES | {"iterations": 600, "depth": 5, "learning_rate": 0.07}
SCALE = 2048
"""Leaves are stored as integers of this fraction."""
WEIGHT_OF_SET = {"publishers": 3.0, "articles": 1.0, "segments": 1.0}
"""There are seven times as many articles as publishers' pages."""
MIN_WORDS, MAX_WORDS, MAX_PAGE = 60, 150, 6.0
"""Words of a page from which, and of a line up to which, more words weigh more; and what a page may weigh."""
SEGMENT_WEIGHT = 0.1
FAR, SHARE_OF_FAR = 15, 0.2
"""Lines that are so far from any that something takes for the story are plenty: a share of them is enough."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One gold page, ready to train with and to score."""

    set: str
    domain: str
    truth: dict
    texts: list[str]
    barred: Collection[int]
    tied: list[bool]
    rows: np.ndarray
    labels: np.ndarray
    weights: np.ndarray
    cut: frozenset[int]
    settled: tuple[int, ...]
    is_open: bool
    """The page shows its text, so that there is something to judge."""


def main(arguments: list[str]) -> int:
    """Train and score; write when asked to."""
    if not arguments or not Path(arguments[0]).is_dir():
        print("usage: python -m tests.quality.train GOLD [--write]")
        return 2
    names: list[str] = []
    pages = list(read_gold(Path(arguments[0]), names))
    folds = [fit([page for page in pages if fold_of(page.domain) != number]) for number in range(FOLDS)]
    scores = out_of_fold(pages, folds)
    print(f"{len(pages)} pages, {len(names)} features, out of fold:")
    report("without judge", pages, [page.settled for page in pages])
    report("with judge", pages, [decide(page, score) for page, score in zip(pages, scores, strict=True)])
    report(
        "perfect judge", pages, [tuple(np.flatnonzero(page.labels)) if page.is_open else page.settled for page in pages]
    )
    if "--write" in arguments:
        write(judging.MODEL, {"": fit(pages)}, names)
        write(FOLD_MODELS, {f"{number}_": trees for number, trees in enumerate(folds)}, names)
    return 0


def read_gold(gold: Path, names: list[str]) -> Iterator[Page]:
    """The pages of all sets; `names` gets those of the features."""
    for page, features_of_page in read_all(gold, WEIGHT_OF_SET, read_page):
        names[:] = features_of_page or names
        yield page


def read_all(
    gold: Path, sets: Iterable[str], read: Callable[[str, bytes, str, dict], Result | None]
) -> Iterator[Result]:
    """What `read` makes of every page of these sets, without those that it makes nothing of or that are rejected."""
    for page in gold_bodies(gold, sets):
        try:
            found = read(*page)
        except Reject:
            continue
        if found is not None:
            yield found


def gold_bodies(gold: Path, names: Iterable[str]) -> Iterator[tuple[str, bytes, str, dict]]:
    """(set, body, URL, truth) of every page of these sets; the URL is "" where nobody knows it."""
    for name in names:
        truth = {item["id"]: item for item in map(json.loads, (gold / name / "truth.jsonl").open(encoding="utf-8"))}
        for entry in map(json.loads, (gold / name / "manifest.jsonl").open(encoding="utf-8")):
            body = gzip.decompress((gold / name / entry["path"]).read_bytes())
            own = truth[entry["id"]]
            yield name, body, (entry["url"] or own.get("url") or "").strip(), own


def read_page(name: str, body: bytes, url: str, truth: dict) -> tuple[Page, list[str]] | None:
    """A page as the judge sees it, with the truth of its lines; None when it has no lines."""
    document = read_document(body, "text/html")
    if not isinstance(document, Document) or document.tree is None:
        return None
    page = settle(scan_page(document.tree), url)
    shown = [line for line in page.view.lines if line.element is not None]
    if not shown:
        return None
    if page.choice.candidate == DECLARED:  # its text stands nowhere on the page: nothing to judge, one more to score
        nothing = np.zeros(0)
        return Page(
            set=name,
            domain=get_fld(url, fail_silently=True) or url,
            truth=truth,
            texts=[line.text for line in page.view.lines],
            barred=(),
            tied=[],
            rows=nothing,
            labels=nothing,
            weights=nothing,
            cut=frozenset(),
            settled=tuple(page.evidence.settled),
            is_open=False,
        ), []
    rows = features(shown, page.evidence)
    labels, weights = label_text(shown, truth["text"]) if "text" in truth else label_segments(shown, truth)
    if "text" in truth:
        # where the truth is far shorter than what everything else takes for the story, it is cut short
        words = rows[:, NAMES.index("words")]
        stays = rows[:, NAMES.index("settled")]
        weights *= min(1.0, (words @ labels + 50) / (words @ stays + 50))
    cut = frozenset(page.evidence.cut)
    weights *= WEIGHT_OF_SET[name] * training_lines(rows, NAMES, cut)
    return Page(
        set=name,
        domain=get_fld(url, fail_silently=True) or url,
        truth=truth,
        texts=[line.text for line in page.view.lines],
        barred=judging.barred_lines(shown, page.evidence, rows[:, judging.COPIES], range(len(shown))),
        tied=[judging.is_tied(shown, index) for index in range(len(shown))],
        rows=rows,
        labels=labels,
        weights=weights,
        cut=cut,
        settled=tuple(page.evidence.settled),
        is_open=True,
    ), list(NAMES)


def label_text(lines: Sequence[Line], text: str) -> tuple[np.ndarray, np.ndarray]:
    """Which lines the true text holds: by alignment, and long ones by their shingles where wordings differ a little."""
    words = [_WORD.findall(line.text) for line in lines]
    true_words = _WORD.findall(text)
    true_shingles = shingles(true_words).keys()
    found = aligned(lines, squeeze(text))
    done = {lines[index].squeezed for index in found}
    labels = np.zeros(len(lines))
    for index, line in enumerate(lines):
        own = shingles(words[index]).keys()
        share = len(own & true_shingles) / max(len(own), 1)
        if index in found and (len(words[index]) < 4 or share >= 0.5):
            labels[index] = 1
        elif len(words[index]) >= 8 and share >= 0.6 and line.squeezed not in done:
            labels[index] = 1
            done.add(line.squeezed)
    weights = np.array([min(len(each), MAX_WORDS) + 1 for each in words]) / max(len(true_words), MIN_WORDS)
    weights *= min(1.0, MAX_PAGE / weights.sum())
    return labels, weights if labels.any() else weights * 0


def label_segments(lines: Sequence[Line], truth: dict) -> tuple[np.ndarray, np.ndarray]:
    """The few lines of which a page of `segments` says whether they belong to the text."""
    wanted = [collapse(each) for each in truth.get("with", ())]
    unwanted = [collapse(each) for each in truth.get("without", ())]
    labels = np.array([any(each in line.text for each in wanted) for line in lines], dtype=float)
    known = np.array([any(each in line.text for each in unwanted) for line in lines], dtype=float)
    return labels, SEGMENT_WEIGHT * np.maximum(labels, known)


def training_lines(rows: np.ndarray, names: Sequence[str], cut: frozenset[int]) -> np.ndarray:
    """What each line weighs in training by where it stands: not at all where a rule decided."""
    near = rows[:, [names.index(name) for name in ("extracted", "settled", "prose")]].max(axis=1)
    near = np.convolve(near, np.ones(2 * FAR + 1))[FAR:-FAR] > 0
    sampled = np.random.default_rng(len(rows)).random(len(rows)) < SHARE_OF_FAR
    factors = np.where(near, 1.0, np.where(sampled, 1 / SHARE_OF_FAR, 0.0))
    factors[[index for index in cut if index < len(rows)]] = 0
    return factors


def fit(pages: Sequence[Page]) -> object:
    """The trees for these pages."""
    from catboost import CatBoostClassifier

    pages = [page for page in pages if page.is_open]
    masks = [page.weights > 0 for page in pages]
    rows = np.concatenate([page.rows[mask] for page, mask in zip(pages, masks, strict=True)])
    labels = np.concatenate([page.labels[mask] for page, mask in zip(pages, masks, strict=True)])
    weights = np.concatenate([page.weights[mask] for page, mask in zip(pages, masks, strict=True)])
    return CatBoostClassifier(**OPTIONS).fit(rows, labels, sample_weight=weights / weights.mean())


def fold_of(domain: str) -> int:
    """The fold to which a registrable domain belongs."""
    return zlib.crc32(domain.encode()) % FOLDS


def out_of_fold(pages: Sequence[Page], folds: Sequence[object]) -> list[np.ndarray]:
    """The scores of every page's lines, by the trees of its fold, which saw no page of its domain."""
    return [
        folds[fold_of(page.domain)].predict_proba(page.rows)[:, 1] if page.is_open else np.zeros(0) for page in pages
    ]


def decide(page: Page, scores: np.ndarray) -> tuple[int, ...]:
    """The lines that the judge keeps."""
    if not page.is_open:
        return page.settled
    stays = np.zeros(len(scores), dtype=bool)
    stays[list(page.settled)] = True
    rescued = scores > judging.RESCUE_ABOVE
    rescued[list(page.barred)] = False
    low = [index for index in page.settled if index not in page.cut and scores[index] < judging.CUT_BELOW]
    doubtful = [index for index in low if not page.tied[index]]
    kept = stays | rescued
    kept[list(judging.cuttable([len(text) for text in page.texts], page.settled, doubtful))] = False
    return tuple(index for index in np.flatnonzero(kept).tolist() if index not in page.cut) or page.settled


def shingles(words: Sequence[str]) -> Counter[tuple[str, ...]]:
    """The runs of four words, as the scorer counts them."""
    return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)) if words[at : at + 4])


def report(title: str, pages: Sequence[Page], kept: Sequence[Sequence[int]]) -> None:
    """Print the figures of each set."""
    figures = []
    for name in WEIGHT_OF_SET:
        precision, recall, counts = [], [], Counter[str]()
        for page, indices in zip(pages, kept, strict=True):
            if page.set != name:
                continue
            text = " ".join(page.texts[index] for index in indices)
            if "text" in page.truth:
                found, true = shingles(_WORD.findall(text)), shingles(_WORD.findall(page.truth["text"]))
                same = (found & true).total()
                precision += [same / found.total()] if found else []
                recall += [same / true.total()] if true else []
            for kind in ("with", "without"):
                counts[kind] += sum(collapse(each) in text for each in page.truth.get(kind, ()))
            counts["lost"] += sum(collapse(each) not in text for each in page.truth.get("with", ()))
        if precision:
            p, r = float(np.mean(precision)), float(np.mean(recall))
            figures.append(f"{name} F1 {2 * p * r / (p + r):.4f} (P {p:.4f} R {r:.4f})")
        if counts["with"]:
            segment_f1 = 2 * counts["with"] / (2 * counts["with"] + counts["without"] + counts["lost"])
            figures.append(f"{name} segment F1 {segment_f1:.4f}")
    print(f"{title:<15}{'  '.join(figures)}", flush=True)


def write(path: Path, models: dict[str, object], names: Sequence[str]) -> None:
    """Write models in the judge's own format, each with its prefix."""
    found = {prefix + name: array for prefix, trees in models.items() for name, array in arrays(trees, names).items()}
    save(path, found)


def save(path: Path, found: dict[str, np.ndarray]) -> None:
    """Write a model's arrays, and say what file that gave."""
    np.savez_compressed(path, **found)
    print(f"{path.name}: {path.stat().st_size} bytes, CRC {zlib.crc32(path.read_bytes()):08x}")


def arrays(trees: object, names: Sequence[str]) -> dict[str, np.ndarray]:
    """The trees as the judge reads them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trees.json"
        trees.save_model(str(path), format="json")
        data = json.loads(path.read_text())
    columns = [item["flat_feature_index"] for item in data["features_info"]["float_features"]]
    depth = max(len(tree["splits"]) for tree in data["oblivious_trees"])
    size = len(data["oblivious_trees"])
    questions, borders = np.zeros((size, depth), np.uint8), np.full((size, depth), np.inf, np.float32)
    leaves = np.zeros((size, 2**depth), np.int16)
    factor, (bias,) = data["scale_and_bias"][0], data["scale_and_bias"][1]
    for number, tree in enumerate(data["oblivious_trees"]):
        for level, split in enumerate(tree["splits"]):
            questions[number, level] = columns[split["float_feature_index"]]
            borders[number, level] = split["border"]
        values = np.round(np.array(tree["leaf_values"]) * factor * SCALE)
        leaves[number, : len(values)] = np.clip(values, -32767, 32767).astype(np.int16)
    return {
        "names": np.array(" ".join(names)),
        "questions": questions,
        "borders": borders,
        "leaves": leaves,
        "bias": np.int64(round(bias * SCALE)),
        "scale": np.int64(SCALE),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
