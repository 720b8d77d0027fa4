"""Trafilatura's functions, unchanged, but looking up names where a few of its own are replaced.

Each module is copied: nothing that others see of trafilatura changes, and its code is not written a second time.
"""

from collections.abc import Callable
from importlib import import_module
from types import FunctionType, SimpleNamespace
from typing import Any

from lxml import etree
from lxml.html import HtmlElement, fromstring

from pipeline.cleaning.extraction import nodes, selectors
from pipeline.cleaning.extraction.paragraphs import body_of_paragraphs
from pipeline.cleaning.extraction.pruning import prune_sections

_PARSER_OPTIONS: dict[str, Any] = {
    "collect_ids": False,
    "default_doctype": False,
    "encoding": "utf-8",
    "remove_comments": True,
    "remove_pis": True,
}
_LOOKUP = etree.ElementDefaultClassLookup(element=HtmlElement)


def copied(name: str, **replaced: object) -> SimpleNamespace:
    """The functions of a module in a namespace of their own, where `replaced` stand in place of names of the module."""
    module = import_module(name)  # by its name: the package has a function of the name of a module
    if unknown := replaced.keys() - vars(module).keys():
        raise LookupError(f"{name} has no {', '.join(sorted(unknown))}")
    names = dict(vars(module))
    for function in vars(module).values():
        if isinstance(function, FunctionType) and function.__module__ == name:
            own = FunctionType(function.__code__, names, function.__name__, function.__defaults__, function.__closure__)
            own.__kwdefaults__ = function.__kwdefaults__
            names[function.__name__] = own
    names.update(replaced)
    return SimpleNamespace(**names)


def _parse(text: str) -> HtmlElement | None:
    """`fromstring_bytes`, with one class for all elements."""
    parser = etree.HTMLParser(**_PARSER_OPTIONS)
    parser.set_element_class_lookup(_LOOKUP)
    try:
        return fromstring(text.encode("utf-8", "surrogatepass"), parser=parser)
    except Exception:
        return None


def _answer(give: Callable[[], Any], *_options: object) -> Any:
    return give()


processing = copied("trafilatura.htmlprocessing", textfilter=nodes.textfilter)
main = copied(
    "trafilatura.main_extractor",
    _log_event=nodes.log_nothing,
    handle_textnode=processing.handle_textnode,
    is_text_element=nodes.is_text_element,
    process_node=nodes.process_node,
    prune_unwanted_sections=prune_sections,
)
baseline = copied("trafilatura.baseline", BASIC_CLEAN_XPATH=selectors.CLEANED)
external = copied(
    "trafilatura.external",
    basic_cleaning=baseline.basic_cleaning,
    fromstring_bytes=_parse,
    try_justext=body_of_paragraphs,
)
comparison = copied("trafilatura.external", justext_rescue=_answer, try_readability=_answer)
"""The comparison with jusText and readability: in place of the trees for them it takes what gives their answers."""
