"""`newsflow doctor`: what is wrong here, and how to mend it."""

import click

from pipeline.commands.shared import bootstrap_option, settings_now, show
from pipeline.errors import Failure


@click.command()
@bootstrap_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(bootstrap: str | None, as_json: bool) -> None:
    """Look at Python, data folder, store, Kafka, topics, sizes, clocks and crawler; exit 1 when anything is wrong.

    Every line that says wrong also says how to mend it. Changes nothing, and works without a Kafka too.
    """
    from pipeline.edges.logs import quiet_libraries
    from pipeline.edges.operations.doctor import State, as_lines, as_plain
    from pipeline.edges.operations.doctor_kafka import diagnose

    quiet_libraries()
    findings = diagnose(bootstrap, settings_now())
    if as_json:
        import orjson

        click.echo(orjson.dumps(as_plain(findings), option=orjson.OPT_INDENT_2))
    else:
        show(as_lines(findings))
    count = sum(finding.state == State.WRONG for finding in findings)
    if count:
        raise Failure(f"{count} of {len(findings)} checks found something wrong")
