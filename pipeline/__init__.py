"""newsflow: raw news pages in, clean article records out, on Kafka."""

__version__ = "0.1.0"
