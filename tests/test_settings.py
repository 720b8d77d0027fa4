"""Settings: the environment before the file, every value checked, no name passed over, no secret shown."""

from pathlib import Path

import pytest

from pipeline.edges.connection import read_connection
from pipeline.edges.settings_report import as_text, settings_rows
from pipeline.errors import UsageError
from pipeline.settings import SETTINGS, VARIABLES, Settings, read_settings


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file that this process uses; the test writes it."""
    path = tmp_path / "newsflow.toml"
    monkeypatch.setenv("NEWSFLOW_CONFIG", str(path))
    return path


def test_without_any_the_defaults_hold_and_the_list_says_them() -> None:
    settings = read_settings({})
    assert settings == Settings()
    for setting in SETTINGS:
        value = getattr(settings, setting.key, None) if setting.variable in VARIABLES.values() else None
        if value not in (None, ""):
            assert str(setting.parse(setting.default)) == str(value)


def test_the_environment_goes_before_the_file(config: Path) -> None:
    config.write_text('batch_size = 8\npage_seconds = 2.5\ncrawl_ports = [80, 8080]\ndata = "/srv/newsflow"\n')
    environment = {"NEWSFLOW_CONFIG": str(config), "NEWSFLOW_BATCH_SIZE": "4"}
    settings = read_settings(environment)
    assert (settings.batch_size, settings.page_seconds, settings.crawl_ports) == (4, 2.5, "80,8080")
    assert settings.data == Path("/srv/newsflow")


def test_kafka_s_settings_stand_in_the_file_too(config: Path) -> None:
    config.write_text('kafka_bootstrap_servers = "kafka:9092"\nkafka_ssl_check_hostname = false\ntopic_prefix = "a-"\n')
    connection = read_connection()
    assert (connection.bootstrap, connection.ssl_check_hostname, connection.prefix) == ("kafka:9092", False, "a-")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("batch_size = 0", "batch_size = 0: must be a whole number from 1 to 512"),
        ("batch_sise = 1", "batch_sise is no setting: do you mean batch_size?"),
        ("batch_size = ", "no TOML"),
        ("[kafka]\nservers = 1", "kafka is no setting"),
        ("data = {a = 1}", "data: must be a text, a number"),
        ('log_level = "loud"', "log_level = loud: must be one of debug, info"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_the_reason(config: Path, text: str, reason: str) -> None:
    config.write_text(text)
    with pytest.raises(UsageError) as error:
        read_settings({"NEWSFLOW_CONFIG": str(config)})
    assert str(error.value).startswith(f"{config}: ")
    assert reason in str(error.value)


def test_a_file_that_is_not_there_is_named(config: Path) -> None:
    with pytest.raises(UsageError, match=f"NEWSFLOW_CONFIG={config}: No such file"):
        read_settings({"NEWSFLOW_CONFIG": str(config)})


def test_a_variable_that_is_no_setting_stops_the_start() -> None:
    with pytest.raises(UsageError, match="NEWSFLOW_BATCHSIZE is no setting: do you mean NEWSFLOW_BATCH_SIZE"):
        read_settings({"NEWSFLOW_BATCHSIZE": "1"})


def test_what_kubernetes_sets_for_a_service_called_newsflow_is_no_mistake() -> None:
    names = [
        "NEWSFLOW_SERVICE_HOST",
        "NEWSFLOW_PORT",
        "NEWSFLOW_KAFKA_PORT_9092_TCP_ADDR",
        "NEWSFLOW_SERVICE_PORT_HTTP",
    ]
    assert read_settings(dict.fromkeys(names, "1")) == Settings()


def test_the_report_says_what_is_set_and_where_and_shows_no_secret(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text('store = "postgresql://me:hunter2@db/news"\nkafka_sasl_password = "hunter2"\n')
    monkeypatch.setenv("NEWSFLOW_BATCH_SIZE", "4")
    rows = {row["variable"]: row for row in settings_rows()}
    assert (rows["NEWSFLOW_BATCH_SIZE"]["value"], rows["NEWSFLOW_BATCH_SIZE"]["origin"]) == ("4", "environment")
    assert rows["NEWSFLOW_STORE"]["origin"] == str(config)
    text = "\n".join(as_text(list(rows.values())))
    assert "hunter2" not in text
    assert "NEWSFLOW_BATCH_SIZE = 4  (environment)" in text
    assert "NEWSFLOW_RIGHTS = tag  (default)" in text
