"""newsflow: raw news pages in, clean article records out, on Kafka."""

from typing import TYPE_CHECKING, Any

from pipeline.version import VERSION

if TYPE_CHECKING:
    from pipeline.edges.subscriber import subscribe

__version__ = VERSION
__all__ = ["__version__", "subscribe"]


def __getattr__(name: str) -> Any:
    """`pipeline.subscribe`, loaded on first use: not every command can wait half a second for the Kafka client."""
    if name == "subscribe":
        from pipeline.edges.subscriber import subscribe

        return subscribe
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
