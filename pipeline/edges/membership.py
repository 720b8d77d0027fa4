"""Who is in a consumer group, and how to take a dead worker out of it at once instead of after its session timeout."""

import socket
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.group import LeaveGroupRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A consumer group as its coordinator sees it: `members` are (member id, client id)."""

    stable: bool
    members: tuple[tuple[str, str], ...] = ()


def client_id(pid: int) -> str:
    """What a worker's process calls itself, so that its supervisor knows it among the members."""
    return f"newsflow-{socket.gethostname()}-{pid}"


async def describe_group(admin: AIOKafkaAdminClient, group: str) -> Group:
    """The group now; empty and not stable while there is none or its coordinator is not ready."""
    try:
        replies = await admin.describe_consumer_groups([group])
    except KafkaError:  # in a cluster's first second there is no coordinator
        return Group(stable=False)
    _, _, state, _, _, members, *_ = replies[0].groups[0]
    return Group(stable=state == "Stable", members=tuple((member[0], member[1]) for member in members))


async def evict(admin: AIOKafkaAdminClient, group: str, client: str) -> int:
    """Let the members with that client id leave; how many they were. Only for a process that is known to be dead."""
    node = await admin.find_coordinator(group)
    dead = [member for member, name in (await describe_group(admin, group)).members if name == client]
    for member in dead:
        reply = await admin._send_request(LeaveGroupRequest(group, member), node)
        if reply.error_code:
            raise for_code(reply.error_code)
    return len(dead)
