"""newsflow: raw news pages in, clean article records out, on Kafka."""

from typing import TYPE_CHECKING, Any

from pipeline.version import VERSION as __version__

if TYPE_CHECKING:
    from pipeline.edges.subscriber import subscribe

__all__ = ["__version__", "subscribe"]


def __getattr__(name: str) -> Any:
    """`pipeline.subscribe`, loaded on first use: the Kafka client takes half a second, and not every command needs it."""
    if name == "subscribe":
        from pipeline.edges.subscriber import subscribe

        return subscribe
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
