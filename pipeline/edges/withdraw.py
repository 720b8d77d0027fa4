"""An operator's order about a page, into `news.annotated.v1`: relate takes it in its turn among the page's fetches."""

from pipeline.codec import Message, encode, record_headers
from pipeline.edges.clients import producing, send_acknowledged
from pipeline.edges.connection import Connection
from pipeline.edges.topics import require_topics
from pipeline.errors import Reject, UsageError
from pipeline.identity import message_id, page_id, trace_id
from pipeline.records import Withdrawal, WithdrawalKind
from pipeline.topology import ANNOTATED
from pipeline.urls import check_url, host_of
from pipeline.version import VERSION

MAX_REASON = 200
STAGE = "withdraw"


def order(url: str, kind: WithdrawalKind, *, reason: str, now: str) -> Withdrawal:
    """The order about the page at this URL, given now. UsageError when the URL is none or the reason too long."""
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= MAX_REASON:
        raise UsageError(f"a reason has 1 to {MAX_REASON} characters, and this has {len(reason)}")
    try:
        scheme, mark, rest = check_url(url.strip()).partition(":")
        checked = scheme.lower() + mark + rest
        page, host = page_id(checked), host_of(checked)
    except Reject as error:
        raise UsageError(f"{url!r} is no page's URL: {error}") from error
    trace = trace_id(checked, now, f"{kind} {reason}".encode())
    return Withdrawal(
        id=message_id(trace, STAGE, Withdrawal.SCHEMA, VERSION),
        trace_id=trace,
        page_id=page,
        url=checked,
        host=host,
        kind=kind,
        at=now,
        reason=reason,
    )


def order_message(withdrawal: Withdrawal) -> Message:
    """The order as relate reads it, keyed as the page's fetches are."""
    headers = record_headers(
        withdrawal, stage=STAGE, trace=withdrawal.trace_id, subject=withdrawal.page_id, time=withdrawal.at
    )
    key = withdrawal.page_id.encode()
    return Message(topic=ANNOTATED.name, key=key, value=encode(withdrawal), headers=headers)


async def send_order(withdrawal: Withdrawal, connection: Connection) -> None:
    """Return once the broker has it. Failure when the topic is missing, or the broker gone or silent."""
    message = order_message(withdrawal)
    await require_topics(connection, [ANNOTATED])
    async with producing(connection) as producer:
        await send_acknowledged(producer, connection, message, what="the order")
