"""What a model is shown of a conversation: whole, recent, and without what a strict endpoint refuses."""

from collections.abc import Sequence

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

MOST_MESSAGES = 40
#: A thread that is longer is cut in the store too.
MOST_STORED = 80
OUTDATED = "(a result of an earlier turn, now out of date; call the tool again)"
NOT_RUN = '{"error": "This call was not carried out."}'


def shown(messages: Sequence[AnyMessage]) -> list[AnyMessage]:
    """The messages to send: recent turns, every tool call answered, results of earlier turns taken out."""
    recent = list(messages[recent_from(messages, MOST_MESSAGES) :])
    current = max((index for index, message in enumerate(recent) if isinstance(message, HumanMessage)), default=0)
    return answered([*map(_outdated, recent[:current]), *recent[current:]])


def recent_from(messages: Sequence[AnyMessage], most: int) -> int:
    """Where the newest whole turns begin that fit into `most` messages; the last turn always does."""
    starts = [index for index, message in enumerate(messages) if isinstance(message, HumanMessage)]
    fitting = [index for index in starts if len(messages) - index <= most]
    return fitting[0] if fitting else (starts[-1] if starts else 0)


def answered(messages: Sequence[AnyMessage]) -> list[AnyMessage]:
    """Each tool call followed by exactly one answer; a call that never ran is answered with that."""
    results = {message.tool_call_id: message for message in messages if isinstance(message, ToolMessage)}
    whole: list[AnyMessage] = []
    for message in messages:
        if isinstance(message, ToolMessage):
            continue
        if isinstance(message, AIMessage):
            if not message.content and not message.tool_calls:
                continue
            message = without_broken_calls(message)
        whole.append(message)
        for called in message.tool_calls if isinstance(message, AIMessage) else ():
            call_id = called["id"] or ""
            whole.append(results.get(call_id) or ToolMessage(NOT_RUN, tool_call_id=call_id, name=called["name"]))
    return whole


def without_broken_calls(message: AIMessage) -> AIMessage:
    """Calls whose arguments could not be read are sent back by the client library, and nothing would answer them."""
    if not message.invalid_tool_calls:
        return message
    extra = {key: value for key, value in message.additional_kwargs.items() if key != "tool_calls"}
    return message.model_copy(update={"invalid_tool_calls": [], "additional_kwargs": extra})


def _outdated(message: AnyMessage) -> AnyMessage:
    return message.model_copy(update={"content": OUTDATED}) if isinstance(message, ToolMessage) else message
