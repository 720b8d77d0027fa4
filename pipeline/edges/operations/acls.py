"""The access rules that Kafka must have for newsflow, by who does what: made from the topology."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.topology import DEAD, OUTCOMES, Stage, Topology

READ, WRITE, CREATE, DESCRIBE, DESCRIBE_CONFIGS = "Read", "Write", "Create", "Describe", "DescribeConfigs"
"""Kafka's names. Read and Write imply Describe, and Write of any topic the right to an idempotent producer."""

TOPIC, GROUP, CLUSTER = "topic", "group", "cluster"

PRINCIPAL = "User:newsflow-{part}"
"""Who does a part, unless the operator names others."""

SUBSCRIBERS_GROUP = "(its own group)"
"""Whoever subscribes names it."""

ADMIN = "kafka-acls.sh --bootstrap-server {bootstrap} --command-config admin.properties --add"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What may be done with a topic or group, by its name in the cluster, or with the cluster."""

    kind: str
    name: str
    operations: tuple[str, ...]


def rules_by_part(topology: Topology, prefix: str = "") -> dict[str, tuple[Rule, ...]]:
    """The rules of each stage, of crawler, publisher, subscriber and operator, and of `run`, which is them all."""
    parts = {stage.name: _of_stage(stage, prefix) for stage in topology.stages}
    first, last = topology.stages[0].source.name, topology.stages[-1].target.name
    parts["crawl"] = parts["publisher"] = (_topic(prefix + first, WRITE),)
    parts["subscriber"] = (
        _topic(prefix + last, READ),
        Rule(kind=GROUP, name=SUBSCRIBERS_GROUP, operations=(READ,)),
    )
    topics = [_topic(prefix + topic.name, READ, WRITE, CREATE, DESCRIBE_CONFIGS) for topic in topology.topics]
    groups = [Rule(kind=GROUP, name=prefix + stage.group, operations=(DESCRIBE,)) for stage in topology.stages]
    cluster = Rule(kind=CLUSTER, name="", operations=(DESCRIBE_CONFIGS,))
    parts["operator"] = (*topics, *groups, cluster)
    parts["run"] = (*topics, *(rule for stage in topology.stages for rule in parts[stage.name] if rule.kind == GROUP))
    return parts


def command_lines(parts: Mapping[str, Sequence[Rule]], *, bootstrap: str, principal: str = PRINCIPAL) -> Iterator[str]:
    """The lines of `kafka-acls.sh` that make the rules."""
    admin = ADMIN.format(bootstrap=shlex.quote(bootstrap))
    for part, rules in parts.items():
        yield f"# {part}"
        who = shlex.quote(principal.replace("{part}", part))
        for rule in rules:
            operations = " ".join(f"--operation {name}" for name in rule.operations)
            resource = f"--{rule.kind}" + (f" {shlex.quote(rule.name)}" if rule.name else "")
            yield f"{admin} --allow-principal {who} {operations} {resource}"


def _of_stage(stage: Stage, prefix: str) -> tuple[Rule, ...]:
    """DescribeConfigs only for the warning that a topic is not as the table has it."""
    written = (stage.target.name, OUTCOMES.name, DEAD.name)
    return (
        _topic(prefix + stage.source.name, READ, DESCRIBE_CONFIGS),
        *(_topic(prefix + name, WRITE, DESCRIBE_CONFIGS) for name in written),
        Rule(kind=GROUP, name=prefix + stage.group, operations=(READ,)),
    )


def _topic(name: str, *operations: str) -> Rule:
    return Rule(kind=TOPIC, name=name, operations=operations)
