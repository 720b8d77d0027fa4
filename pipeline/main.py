"""The entry point of the command `newsflow`, which imports nothing by itself."""

import sys


def main() -> None:
    """Run the command line."""
    if sys.argv[1:2] == ["process"]:
        # what its pages need takes twice as long to load as all else: it is on its way before the rest is even read
        from pipeline.edges import fork_server

        fork_server.start(is_for_many=False)
    from pipeline.cli import main as run

    run()


if __name__ == "__main__":
    main()
