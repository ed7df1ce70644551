"""What a strict endpoint needs of a history."""

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from agent.graphs.history import NOT_RUN, OUTDATED, answered, recent_from, shown


def calling(*ids: str) -> AIMessage:
    return AIMessage("", tool_calls=[{"name": "why_order", "args": {}, "id": one} for one in ids])


def test_a_call_that_never_ran_is_answered_with_that() -> None:
    done = ToolMessage("fine", tool_call_id="a")
    whole = answered([HumanMessage("Why?"), calling("a", "b"), done, HumanMessage("And?")])
    assert [message.content for message in whole] == ["Why?", "", "fine", NOT_RUN, "And?"]


def test_an_answer_without_its_call_is_left_out() -> None:
    assert answered([ToolMessage("fine", tool_call_id="a"), HumanMessage("Why?")]) == [HumanMessage("Why?")]


def test_an_empty_message_is_left_out() -> None:
    assert answered([HumanMessage("Why?"), AIMessage("")]) == [HumanMessage("Why?")]


def test_calls_that_could_not_be_read_are_taken_out_of_their_message() -> None:
    broken = AIMessage(
        "Hm.", invalid_tool_calls=[{"name": "x", "args": "{", "id": "a", "error": "no", "type": "invalid_tool_call"}]
    )
    (message,) = answered([broken])
    assert isinstance(message, AIMessage)
    assert message.invalid_tool_calls == []


def test_results_of_earlier_turns_are_taken_out_and_those_of_this_turn_stay() -> None:
    turn: list[AnyMessage] = [HumanMessage("Why?"), calling("a"), ToolMessage("old", tool_call_id="a"), AIMessage("So.")]
    now: list[AnyMessage] = [HumanMessage("And?"), calling("b"), ToolMessage("new", tool_call_id="b")]
    assert [message.content for message in shown([*turn, *now]) if isinstance(message, ToolMessage)] == [OUTDATED, "new"]


def test_only_whole_turns_are_kept_and_the_last_one_always() -> None:
    messages: list[AnyMessage] = [HumanMessage("1"), AIMessage("a"), HumanMessage("2"), AIMessage("b"), AIMessage("c")]
    assert recent_from(messages, 5) == 0
    assert recent_from(messages, 4) == 2
    assert recent_from(messages, 1) == 2
    assert recent_from([], 5) == 0
