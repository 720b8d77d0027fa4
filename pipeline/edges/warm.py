"""Loaded by the fork server after the stages: calls every `warm()` there is, so that children are forked warm.

A module of the package that loads something large on first use offers `warm()`, which may be called twice.
"""

import gc
import sys
from types import ModuleType


def warm_all() -> None:
    """Call `warm()` of all loaded modules that define one."""
    for module in tuple(sys.modules.values()):
        warm = getattr(module, "warm", None) if isinstance(module, ModuleType) else None
        if callable(warm) and warm.__module__ == module.__name__ and module.__name__.startswith("pipeline."):
            warm()
    gc.collect()
    gc.freeze()  # a collection in a child would touch, and so copy, every page of memory it shares with its parent


warm_all()
