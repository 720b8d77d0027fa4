"""What a broker refuses for good, in words that name the topic or group and say what a person can do."""

from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
)

from pipeline.topology import Topic

TOO_LARGE = (MessageSizeTooLargeError, RecordListTooLargeError)


def not_written(topic: Topic, name: str, error: KafkaError) -> str:
    """Why a topic, `name` in this cluster, did not take a message."""
    if isinstance(error, TOO_LARGE):
        return (
            f"the broker refuses a message for {name} as too large: the topic's max.message.bytes must be "
            f"{topic.max_bytes}; see `newsflow topics check`, and change it with Kafka's own tools"
        )
    if isinstance(error, TopicAuthorizationFailedError):
        return f"the broker forbids this user to write to {name}: allow DESCRIBE and WRITE on the topic"
    if isinstance(error, ClusterAuthorizationFailedError):
        return f"the broker forbids this user to write to {name}: allow IDEMPOTENT_WRITE on the cluster"
    return f"{name} did not take a message: {error!r}"


def not_consumed(group: str, error: BaseException) -> str:
    """Why a consumer will get no more messages."""
    if isinstance(error, GroupAuthorizationFailedError):
        return f"the broker forbids this user the consumer group {group}: allow DESCRIBE and READ on the group"
    if isinstance(error, TopicAuthorizationFailedError):
        topics = error.args[0] if error.args else "the source topic"
        names = ", ".join(sorted(topics)) if isinstance(topics, set | frozenset) else topics
        return f"the broker forbids this user to read {names}: allow DESCRIBE and READ on the topic"
    return repr(error)
