"""`newsflow settings`: every setting, what it is, and what it is now."""

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def settings(as_json: bool) -> None:
    """List every setting: its meaning, its default, its value now and where that was set.

    Settings are environment variables. NEWSFLOW_CONFIG may name a TOML file, in which they stand in lower case without
    NEWSFLOW_ (batch_size = 16, kafka_bootstrap_servers = "localhost:9092"); the environment goes before the file.
    """
    from pipeline.edges.settings_report import as_text, settings_rows

    rows = settings_rows()
    if as_json:
        import orjson

        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
        return
    for line in as_text(rows):
        click.echo(line)
