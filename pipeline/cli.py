"""The command `newsflow`: its subcommands, and how errors end it."""

import os
import sys

import click

from pipeline.commands import (
    acls,
    auditing,
    crawling,
    dead,
    doctor,
    health,
    judging,
    pages,
    serve,
    settings,
    store,
    topics,
    withdrawing,
)
from pipeline.commands.shared import say
from pipeline.errors import Disproved, NewsflowError, UsageError
from pipeline.version import VERSION

EXIT_FAILURE, EXIT_USAGE, EXIT_DISPROVED, EXIT_INTERRUPTED = 1, 2, 3, 130


def main() -> None:
    """Run the command line: errors become a line on stderr, a wrong file's as many as it has; exit code 1, 2 or 3."""
    try:
        sys.exit(cli.main(prog_name="newsflow", standalone_mode=False) or 0)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "newsflow"
        _fail(f"{error.format_message()} (see `{command} --help`)", EXIT_USAGE)
    except click.ClickException as error:
        _fail(error.format_message(), EXIT_FAILURE)
    except UsageError as error:
        _fail(str(error), EXIT_USAGE)
    except Disproved as error:
        _fail(str(error), EXIT_DISPROVED)
    except NewsflowError as error:
        _fail(str(error), EXIT_FAILURE)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        # the reader has gone (`| head`); without this Python complains once more when it flushes at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_FAILURE)
    except OSError as error:
        _fail(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}", EXIT_FAILURE)


def _fail(message: str, code: int) -> None:
    first, *more = [" ".join(line.split()) for line in message.splitlines()] or [""]
    say("\n".join([f"newsflow: {first}", *more]))
    sys.exit(code)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="newsflow")
def cli() -> None:
    """Raw news pages in, clean article records out, on Kafka."""


for command in (
    serve.run,
    serve.stage,
    serve.broker,
    crawling.crawl,
    crawling.sources,
    topics.topics,
    acls.acls,
    settings.settings,
    doctor.doctor,
    health.health,
    auditing.audit,
    auditing.trace,
    dead.dead,
    store.store,
    pages.process,
    pages.replay,
    pages.subscribe,
    withdrawing.withdraw,
    withdrawing.reinstate,
    pages.seeds,
    pages.schema,
    judging.score,
    judging.rules,
):
    cli.add_command(command)


if __name__ == "__main__":
    main()
