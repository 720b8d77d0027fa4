"""The entry point of the command `newsflow`, which imports nothing by itself.

The pool's children import their parent's main script anew, and have no use for the command line.
"""


def main() -> None:
    """Run the command line."""
    from pipeline.cli import main as run

    run()


if __name__ == "__main__":
    main()
