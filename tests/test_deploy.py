"""What stands in deploy/ fits newsflow: its stages, settings, ports and commands, and the formats it is written in."""

import json
import re
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import click
import jsonschema_rs
import pytest
import yaml

from pipeline.cli import cli
from pipeline.edges.faust_app import STOP_SECONDS as BATCH_SECONDS
from pipeline.edges.jars import COORDINATES
from pipeline.edges.operations.acls import rules_by_part
from pipeline.edges.run_health import ANSWER_SECONDS, ASK_EVERY_SECONDS
from pipeline.edges.safety import MARGIN_SECONDS, slowest_batch_seconds
from pipeline.edges.supervisor import STOP_SECONDS
from pipeline.edges.watchdog import LOOK_SECONDS
from pipeline.settings import SETTINGS, WATCHDOG_SECONDS, Settings, given_settings
from pipeline.topology import TOPOLOGY

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
STAGES = [stage.name for stage in TOPOLOGY.stages]
VARIABLES = {setting.variable for setting in SETTINGS}
UNIT = DEPLOY / "systemd" / "newsflow.service"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")

PORT = 9464
"""Prometheus' default port for metrics of an application without one of its own; every file names this one."""

READ_ONLY_EXCEPT = {"kafka"}
"""The image writes its configuration into its root at every start."""


def command(arguments: list[str]) -> click.Command:
    """The command that newsflow runs for these arguments; an error when there is none."""
    found: click.Command = cli.commands[arguments[0]]
    if isinstance(found, click.Group) and len(arguments) > 1 and not arguments[1].startswith("-"):
        found = found.commands[arguments[1]]
    return found


# ---- compose


def test_the_compose_file_keeps_to_its_published_schema() -> None:
    # the file alone: its package needs a click that faust-streaming forbids
    schemas = Path(str(distribution("check-jsonschema").locate_file("check_jsonschema/builtin_schemas/vendor")))
    schema = jsonschema_rs.validator_for(json.loads((schemas / "compose-spec.json").read_text(encoding="utf-8")))
    assert schema.is_valid(COMPOSE), [error.message for error in schema.iter_errors(COMPOSE)]
    broken = COMPOSE | {"services": {"clean": {"comand": ["stage", "clean"]}}}
    assert not schema.is_valid(broken), "a key that is misspelt must not pass"


def test_every_stage_has_a_service_and_every_service_of_ours_a_command() -> None:
    stages = [name for name, service in OURS.items() if service["command"][0] == "stage"]
    assert stages == STAGES
    for name in STAGES:
        assert OURS[name]["command"] == ["stage", name]
    for service in OURS.values():
        assert command(service["command"]).make_context("newsflow", service["command"][1:], resilient_parsing=True)


def test_every_variable_that_a_container_of_ours_gets_is_a_setting() -> None:
    for service in OURS.values():
        assert set(service["environment"]) <= VARIABLES
        filled = {
            name: re.sub(r"\$\{\w+:[-?]([^}]*)\}", "1", str(text)) for name, text in service["environment"].items()
        }
        given_settings(filled)
    in_image = re.findall(r"\b((?:NEWSFLOW|KAFKA)_[A-Z_]+)=", DOCKERFILE)
    assert in_image
    assert set(in_image) <= VARIABLES


def test_what_the_compose_file_asks_for_stands_in_the_example() -> None:
    asked = set(re.findall(r"\$\{(\w+):[-?]", (DEPLOY / "compose.yaml").read_text())) - {"IMAGE", "CLUSTER_ID"}
    example = dict(re.findall(r"^(\w+)=(.*)$", (DEPLOY / ".env.example").read_text(), re.MULTILINE))
    assert set(example) == asked
    defaults = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", (DEPLOY / "compose.yaml").read_text()))
    assert {name: text for name, text in example.items() if text} == {n: defaults[n] for n in example if n in defaults}


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_has_limits_and_no_rights_it_does_not_need(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    assert service.get("read_only", False) is (name not in READ_ONLY_EXCEPT)
    assert "privileged" not in service
    for published in service.get("ports", []):
        assert published.startswith("127.0.0.1:"), "nothing is published beyond loopback"


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_starts_when_those_it_needs_are_well(name: str) -> None:
    service = SERVICES[name]
    for needed, how in service.get("depends_on", {}).items():
        once = SERVICES[needed]["command"] == ["topics", "create"] if needed in OURS else False
        assert how["condition"] == ("service_completed_successfully" if once else "service_healthy")
        assert once or needed in OURS or "healthcheck" in SERVICES[needed]
    if name in STAGES:
        assert set(service["depends_on"]) == {"kafka", "postgres", "topics"}
    if name in OURS:
        assert _seconds(service["stop_grace_period"]) > BATCH_SECONDS


def test_stages_are_in_a_network_without_a_way_out_and_in_no_other() -> None:
    assert COMPOSE["networks"]["inner"] == {"internal": True}
    for name in STAGES:
        assert SERVICES[name]["networks"] == ["inner"]
        assert "ports" not in SERVICES[name]


def test_the_broker_is_the_release_that_the_tests_run_on() -> None:
    version = COORDINATES[0].rpartition(":")[2]
    assert f"apache/kafka:{version}" in SERVICES["kafka"]["image"]


def test_prometheus_scrapes_every_process_that_serves_metrics() -> None:
    scraped = yaml.safe_load((DEPLOY / "prometheus" / "compose.yaml").read_text())["scrape_configs"][0]
    (found,) = scraped["dns_sd_configs"]
    serving = [name for name, service in OURS.items() if "NEWSFLOW_METRICS" in service["environment"]]
    assert found["names"] == serving == [*STAGES, "crawl"]
    assert found["port"] == PORT
    for name in serving:
        assert OURS[name]["environment"]["NEWSFLOW_METRICS"] == f"0.0.0.0:{PORT}"
    assert scraped["job_name"] == "newsflow", "the alerts speak of it"


# ---- the image


def test_the_image_runs_as_a_user_without_rights_from_a_base_that_can_be_pinned() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert bases == ["${BASE}", "${BASE}"]
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER newsflow$", last, re.MULTILINE)
    assert "pip install" not in last
    assert f"NEWSFLOW_METRICS=127.0.0.1:{PORT}" in last
    (check,) = re.findall(r"^HEALTHCHECK .* CMD (\[.*\])$", last, re.MULTILINE)
    assert json.loads(check)[0] == "newsflow"
    assert command(json.loads(check)[1:])
    default = re.search(r"^ARG BASE=(.*)$", DOCKERFILE, re.MULTILINE)
    assert default
    assert default[1] in (DEPLOY / ".env.example").read_text()


def test_what_the_image_is_built_from_is_there_and_let_through() -> None:
    let_through = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert sorted(let_through) == sorted(copied())
    for name in let_through:
        assert (ROOT / name).exists(), name


def copied() -> list[str]:
    """What COPY takes from the clone."""
    lines = re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE)
    return [name for line in lines for name in line.split()[:-1]]


def build_steps() -> list[str]:
    """The RUN steps of the stage that builds, as a shell takes them."""
    stage = DOCKERFILE.partition(" AS build\n")[2].partition("\nFROM ")[0].replace("\\\n", "")
    return re.findall(r"^RUN (.*)$", stage, re.MULTILINE)


@pytest.mark.chaos
def test_the_steps_of_the_image_give_a_newsflow_that_works_without_the_clone(tmp_path: Path) -> None:
    """Needs the package index, and a minute."""
    source, home, scratch = tmp_path / "src", tmp_path / "newsflow", tmp_path / "tmp"
    scratch.mkdir()
    source.mkdir()
    for name in copied():
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}")
    path = f"{tmp_path / 'bin'}:/usr/local/bin:/usr/bin:/bin"
    places = {"/opt/newsflow": str(home), "/tmp": str(scratch)}
    steps = build_steps()
    assert len(steps) == 4
    for step in steps:
        here = re.sub(r"/opt/newsflow|/tmp(?=[/ ])", lambda found: places[found[0]], step)
        done = run(["sh", "-euc", here], source, EXTRAS="otel", PATH=path)
        assert done.returncode == 0, (here, done.stderr)
    shutil.rmtree(source)
    _check_installed(home / "bin" / "newsflow", tmp_path)


@pytest.mark.chaos
def test_the_installer_gives_a_newsflow_that_works_without_the_clone(tmp_path: Path) -> None:
    """Needs the package index, and a minute."""
    root = tmp_path / "root"
    done = run([str(DEPLOY / "install.sh")], tmp_path, ROOT=str(root), EXTRAS="broker")
    assert done.returncode == 0, done.stderr
    assert (root / "etc/systemd/system/newsflow.service").read_text() == UNIT.read_text()
    assert (root / "etc/newsflow/newsflow.env").stat().st_mode & 0o007 == 0, "it may hold passwords"
    (root / "etc/newsflow/newsflow.env").write_text("NEWSFLOW_METRICS=9999\n")
    _check_installed(root / "opt/newsflow/bin/newsflow", tmp_path)


def _check_installed(newsflow: Path, folder: Path) -> None:
    """It runs from its own files, and takes its own seeds."""
    assert run([str(newsflow), "--help"], folder).returncode == 0
    where = [str(newsflow.with_name("python")), "-c", "import pipeline; print(pipeline.__file__)"]
    assert Path(run(where, folder).stdout).resolve().is_relative_to(newsflow.parents[1].resolve())
    assert run([str(newsflow), "seeds", "seeds"], folder).returncode == 0
    assert run([str(newsflow), "process", "seeds", "-o", "out.jsonl"], folder).returncode == 0
    ends = [json.loads(line)["outcome"] for line in (folder / "out.jsonl").read_text().splitlines()]
    assert "enriched" in ends
    assert "dead" not in ends


def run(arguments: list[str], folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    clean = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(Path.home()), **environment}
    return subprocess.run(arguments, cwd=folder, env=clean, capture_output=True, text=True, timeout=600, check=False)


# ---- systemd


def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    """With `systemd-analyze` where it is; everywhere against the directives that are known."""
    assert unknown(UNIT.read_text()) == []
    assert unknown("[Service]\nProtectSytem=strict\n") == ["ProtectSytem"]
    if shutil.which("systemd-analyze") is None:
        return
    copy = tmp_path / "newsflow.service"
    copy.write_text(UNIT.read_text().replace("/opt/newsflow/bin/newsflow", "/bin/true"))
    done = run(["systemd-analyze", "verify", "--man=no", str(copy)], tmp_path)
    assert [line for line in done.stderr.splitlines() if "newsflow" in line] == []


def test_the_unit_starts_a_command_and_sets_settings() -> None:
    unit = UNIT.read_text()
    (start,) = re.findall(r"^ExecStart=/opt/newsflow/bin/newsflow (.*)$", unit, re.MULTILINE)
    assert command(start.split())
    assert set(re.findall(r"^Environment=((?:NEWSFLOW|KAFKA)_\w+)=", unit, re.MULTILINE)) <= VARIABLES
    example = re.findall(r"^#?((?:NEWSFLOW|KAFKA)_\w+)=(.*)$", (DEPLOY / "systemd" / "newsflow.env").read_text(), re.M)
    assert dict(example).keys() <= VARIABLES
    assert dict(example)["NEWSFLOW_METRICS"] == f"127.0.0.1:{PORT}"


def test_the_unit_waits_for_the_workers_and_the_broker_to_stop() -> None:
    (given,) = re.findall(r"^TimeoutStopSec=(\d+)$", UNIT.read_text(), re.MULTILINE)
    broker = 20
    assert int(given) > STOP_SECONDS + broker
    assert "KillMode=mixed" in UNIT.read_text(), "workers and broker are stopped by `newsflow run`, in their order"


def test_a_worker_s_own_watchdog_ends_it_before_systemd_ends_the_service() -> None:
    """Also with the settings under which a worker is soonest said not to be live."""
    (given,) = re.findall(r"^WatchdogSec=(\d+)$", UNIT.read_text(), re.MULTILINE)
    soonest = slowest_batch_seconds(Settings(batch_size=1, page_seconds=0.1))
    asked_again = LOOK_SECONDS + ASK_EVERY_SECONDS + ANSWER_SECONDS
    assert soonest + int(given) > WATCHDOG_SECONDS + asked_again + MARGIN_SECONDS


@pytest.mark.parametrize(
    "directive",
    ["NoNewPrivileges=true", "ProtectSystem=strict", "PrivateTmp=true", "CapabilityBoundingSet=", "Type=notify"],
)
def test_the_unit_is_confined(directive: str) -> None:
    assert f"\n{directive}\n" in UNIT.read_text()


KNOWN = re.findall(
    r"\w+",
    """
Description Documentation Wants After StartLimitIntervalSec StartLimitBurst WantedBy
Type NotifyAccess ExecStart User Group EnvironmentFile Environment WorkingDirectory StateDirectory StateDirectoryMode
ConfigurationDirectory ConfigurationDirectoryMode UMask TimeoutStartSec WatchdogSec Restart RestartSec KillMode
TimeoutStopSec OOMPolicy LimitNOFILE TasksMax StandardOutput StandardError SyslogIdentifier NoNewPrivileges
CapabilityBoundingSet AmbientCapabilities ProtectSystem ProtectHome PrivateTmp PrivateDevices PrivateIPC ProtectClock
ProtectControlGroups ProtectHostname ProtectKernelLogs ProtectKernelModules ProtectKernelTunables ProtectProc ProcSubset
RemoveIPC RestrictAddressFamilies RestrictNamespaces RestrictRealtime RestrictSUIDSGID LockPersonality
SystemCallArchitectures SystemCallFilter SystemCallErrorNumber
""",
)
"""Directives of systemd 252 that were checked with `systemd-analyze verify`."""


def unknown(unit: str) -> list[str]:
    """The directives of a unit that are not among those that are known."""
    return [name for name in re.findall(r"^(\w+)=", unit, re.MULTILINE) if name not in KNOWN]


def _seconds(text: str) -> float:
    number, unit = re.fullmatch(r"(\d+)(s|m)", text).groups()  # type: ignore[union-attr]
    return int(number) * (60 if unit == "m" else 1)


# ---- the guides


@pytest.mark.parametrize("name", ["README.md", "threat-model.md"])
def test_what_the_guides_name_is_there(name: str) -> None:
    text = (DEPLOY / name).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (DEPLOY / link).exists(), link
    for path in re.findall(r"`((?:pipeline|tests|deploy|docs)/[\w./-]+)`", text):
        assert (ROOT / path).exists() or path in {"deploy/.env", "deploy/sources.yaml"}, path
    assert set(re.findall(r"\b(?:NEWSFLOW|KAFKA)_[A-Z_]+\b", text)) <= VARIABLES
    for called in re.findall(r"`newsflow ([a-z]+(?: [a-z]+)?)", text):
        assert command(called.split()), called


def test_the_guide_names_every_stage_with_its_topic_and_group() -> None:
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    for stage in TOPOLOGY.stages:
        scaled = f"more processes, up to the partitions of `{stage.source.name}`"
        assert f"| {stage.name} | `newsflow stage {stage.name}` | {scaled} |" in text
        assert f"`{stage.group}`" in text
    ports = {int(port) for port in re.findall(r"`(?:http://)?localhost:(\d+)`", text)}
    published = {int(port.split(":")[1]) for service in SERVICES.values() for port in service.get("ports", [])}
    assert ports == published


def test_the_table_of_access_rules_is_made_from_the_topology() -> None:
    rows = []
    for part, rules in rules_by_part(TOPOLOGY).items():
        texts = [f"{rule.kind} `{rule.name}`: {', '.join(rule.operations)}" for rule in rules if rule.name]
        texts += [f"{rule.kind}: {', '.join(rule.operations)}" for rule in rules if not rule.name]
        rows.append(f"| {part} | {'; '.join(texts)} |")
    table = "\n".join(["| part | may |", "|---|---|", *rows])
    assert table in (DEPLOY / "README.md").read_text(encoding="utf-8"), f"the guide's table must be:\n{table}"
