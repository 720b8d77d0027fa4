"""Calls every `warm()` there is, so that children are forked warm.

A module of the package that loads something large on first use offers `warm()` when nearly every page needs it, and
`warm_for_many()` when only some do: the first of a few pages need not wait for what perhaps none of them needs. Both
may be called twice.
"""

import gc
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from types import ModuleType

from pipeline.edges.own_enrichment import configure, own_enrichment
from pipeline.errors import UsageError
from pipeline.handle import load
from pipeline.settings import read_settings

USUAL, SELDOM = "warm", "warm_for_many"


def warm_up(functions: Iterable[str] = (), *, is_for_many: bool) -> None:
    """Load these functions, warm all modules that are loaded, and collect garbage from then on.

    What cannot be loaded is passed over: who calls it meets what is wrong with it again, and can tell.
    """
    for function in functions:
        with suppress(Exception):
            load((function,))
    _configure_from_environment()
    for name in (USUAL, SELDOM) if is_for_many else (USUAL,):
        for module in tuple(sys.modules.values()):
            warm = getattr(module, name, None) if isinstance(module, ModuleType) else None
            if callable(warm) and warm.__module__ == module.__name__ and module.__name__.startswith("pipeline."):
                warm()
    gc.freeze()  # a collection in a child would touch, and so copy, every page of memory it shares with its parent
    gc.enable()


def _configure_from_environment() -> None:
    """The operator's gazetteer and enrichers, loaded before children are forked, which then share their memory.

    What is wrong with them is said by the first child, whose parent can tell the person.
    """
    if "pipeline.stages.annotate" in sys.modules:
        with suppress(UsageError):
            configure(own_enrichment(read_settings(os.environ)))
