"""Public suffixes are found as tld finds them, in all of its list and beside it."""

from pathlib import Path
from urllib.parse import SplitResult

import tld
from hypothesis import given
from hypothesis import strategies as st

from pipeline.suffixes import suffix_labels

LIST = Path(tld.__file__).parent / "res" / "effective_tld_names.dat.txt"
RULES = [line.strip() for line in LIST.read_text(encoding="utf-8").splitlines() if line.strip() and line[0] != "/"]
LABELS = sorted({label for rule in RULES for label in rule.lstrip("!").split(".")})


def librarys(host: str) -> int:
    """What tld says."""
    found = tld.get_tld(SplitResult("http", host, "", "", ""), fail_silently=True, as_object=True)
    return found.tld.count(".") + 1 if found else 0


def test_all_rules_of_the_list() -> None:
    for rule in RULES:
        for host in (rule.lstrip("!"), f"a.{rule.lstrip('!')}", f"b.a.{rule.lstrip('!').replace('*', 'x')}"):
            assert suffix_labels(host) == librarys(host), host


@given(st.lists(st.one_of(st.sampled_from(LABELS), st.sampled_from(["", "a", "*", "XN--P1AI", "ß"])), max_size=5))
def test_any_labels(labels: list[str]) -> None:
    host = ".".join(labels).strip(".")
    assert suffix_labels(host) == librarys(host)
