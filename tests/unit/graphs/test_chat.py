"""The chat graph against a scripted endpoint: what is released, what is withheld, what becomes of failures and long threads."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from langgraph.checkpoint.base import BaseCheckpointSaver

from agent.domain.chat import PartKind
from agent.graphs.chat import MODEL_CALLS, ModelChat, build_chat
from agent.graphs.history import MOST_MESSAGES, MOST_STORED
from agent.graphs.release import Part
from agent.prompts import load
from agent.tools import TOOLS
from integrations.database.checkpoints import checkpointer
from integrations.demo import SITUATIONS
from tests.fixtures.demo import DemoDatabase, DemoErp
from tests.fixtures.scripted_model import Fault, Reply, ScriptedModel, last_results
from tests.fixtures.turns import turn_of

LATE = SITUATIONS["promise_missed"]
QUESTION = f"Why is {LATE} late?"
LOOK = Reply(calls=(("why_order", {"order": LATE}),))
Ask = Callable[..., list[Part]]

pytestmark = pytest.mark.filterwarnings("ignore:Pydantic serializer warnings:UserWarning")


@pytest.fixture
def saver(demo_database: DemoDatabase) -> Iterator[BaseCheckpointSaver[Any]]:
    with checkpointer(demo_database.url("worker")) as saver:
        yield saver


@pytest.fixture
def chat(saver: BaseCheckpointSaver[Any], scripted_model: ScriptedModel) -> ModelChat:
    return build_chat(scripted_model.chat_model(), "scripted", saver)


@pytest.fixture
def ask(chat: ModelChat, demo_database: DemoDatabase, demo_erp: DemoErp) -> Ask:
    maria = demo_database.person("maria")

    def asked(question: str = QUESTION, conversation: str = "one", by: ModelChat = chat) -> list[Part]:
        return list(by.answer(question, conversation, turn_of(demo_database, demo_erp.reader, maria, question)))

    return asked


def test_supported_sentences_are_released_one_by_one_and_the_others_are_withheld(ask: Ask, scripted_model: ScriptedModel) -> None:
    scripted_model.say(LOOK, f"{LATE} is 3 days late. It is worth 99 EUR.\n- It can be shipped from stock. P1 has been approved.")
    *parts, final = ask()
    assert [part.body["text"] for part in parts if part.kind is PartKind.SENTENCE] == [
        f"{LATE} is 3 days late.",
        "- It can be shipped from stock.",
        "(2 sentences were left out: nothing that was looked up supports it.)",
    ]
    assert [withheld["unsupported"] for withheld in final.evidence["withheld"]] == [["99 EUR"], ["P1", "approved"]]
    assert "99 EUR" not in final.body["answer"]


def test_the_final_part_is_the_whole_answer_with_what_it_rests_on(ask: Ask, scripted_model: ScriptedModel) -> None:
    scripted_model.say(LOOK, f"{LATE} is 3 days late.")
    final = ask()[-1]
    assert set(final.body) == {"answer", "degraded", "as_of", "citations", "proposals", "worked_out", "table", "picture"}
    assert (final.body["answer"], final.body["degraded"], final.body["proposals"]) == (f"{LATE} is 3 days late.", False, [])
    assert final.body["citations"][0]["source"] == LATE
    assert (final.evidence["origin"], final.evidence["model"]) == ("model", "scripted")
    assert final.evidence["prompt_sha256"] == load("chat").sha256
    assert [item["tool"] for item in final.evidence["evidence"]] == ["why_order"]


def test_the_model_is_told_the_prompt_and_the_date_and_given_the_persons_tools(ask: Ask, scripted_model: ScriptedModel) -> None:
    scripted_model.say("Hello.")
    ask("hello")
    (request,) = scripted_model.requests
    system = request["messages"][0]
    assert system["role"] == "system"
    assert system["content"].startswith(load("chat").text)
    assert "Today is " in system["content"]
    assert len(request["tools"]) == len(TOOLS)
    assert request["stream_options"] == {"include_usage": True}


def test_a_proposal_by_the_model_carries_its_name_and_prompt(
    ask: Ask, scripted_model: ScriptedModel, demo_database: DemoDatabase
) -> None:
    scripted_model.say(
        Reply(calls=(("propose_post_note", {"order": LATE, "text": "Ship it today.", "reason": "It is due."}),)),
        "P1 waits for approval.",
    )
    final = ask(f"Add a note to {LATE}: ship it today")[-1]
    (number,) = final.body["proposals"]
    assert demo_database.one("admin", "SELECT model FROM proposal WHERE id = %s", number) == "scripted"
    assert demo_database.one("admin", "SELECT prompt_sha256 FROM proposal WHERE id = %s", number) == load("chat").sha256


def test_a_wrong_argument_comes_back_to_the_model_as_an_error(ask: Ask, scripted_model: ScriptedModel) -> None:
    scripted_model.say(Reply(calls=(("why_order", {"order": "S99999"}),)), "There is no such order.")
    assert ask()[-1].body["answer"] == "There is no such order."
    (result,) = last_results(scripted_model.requests[-1])
    assert result["error"].startswith("There is no order S99999")


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault not in (Fault.HANG, Fault.BLANKS)])
@pytest.mark.parametrize("looked", [False, True], ids=["at once", "after a tool call"])
def test_a_model_that_fails_is_replaced_by_rules_in_the_same_turn(
    fault: Fault, looked: bool, ask: Ask, scripted_model: ScriptedModel
) -> None:
    scripted_model.say(*([LOOK] if looked else []), Reply(fault=fault), Reply(fault=fault))
    *parts, final = ask()
    assert final.kind is PartKind.FINAL
    assert final.body["degraded"] is True
    assert "The answer below is worded by rules." in final.body["answer"]
    assert f"{LATE} for Grand Hôtel Beaurivage was promised for" in final.body["answer"]
    assert final.evidence["origin"] == "rules"
    assert "language model" in final.evidence["model_failure"]
    assert scripted_model.refused == []
    said = [part.body["text"] for part in parts if part.kind is PartKind.SENTENCE]
    assert "The second one is n" not in " ".join(said)
    assert final.body["answer"].split() == " ".join(said).split()


def test_a_model_is_away_once_it_failed_twice_in_a_row_and_back_when_it_answers(
    ask: Ask, chat: ModelChat, scripted_model: ScriptedModel
) -> None:
    assert chat.reach.away_since is None
    failing = Reply(fault=Fault.SERVER_ERROR)
    for number in range(2):
        scripted_model.say(failing)
        ask(conversation=f"failing {number}")
        assert (chat.reach.away_since is None) is (number == 0), "one failure is a hiccup"
    scripted_model.say(LOOK, "It is late.")
    ask(conversation="back")
    assert chat.reach.away_since is None
    assert chat.reach.answered_at is not None


@pytest.mark.parametrize(("fault", "limits"), [(Fault.HANG, {"answer_s": 0.3}), (Fault.BLANKS, {"whole_s": 0.3})])
@pytest.mark.parametrize("looked", [False, True], ids=["at once", "after a tool call"])
def test_a_model_that_hangs_or_sends_blanks_without_end_is_given_up_in_time(
    fault: Fault, limits: dict[str, float], looked: bool, saver: BaseCheckpointSaver[Any], ask: Ask, scripted_model: ScriptedModel
) -> None:
    scripted_model.say(*([LOOK] if looked else []), Reply(fault=fault))
    impatient = build_chat(scripted_model.chat_model(**limits), "scripted", saver)
    final = ask(by=impatient)[-1]
    assert "did not answer in time" in final.body["answer"]
    assert final.body["degraded"] is True


def test_a_model_that_cannot_be_reached_is_replaced_by_rules(
    saver: BaseCheckpointSaver[Any], ask: Ask, scripted_model: ScriptedModel
) -> None:
    scripted_model.url = "http://127.0.0.1:9/v1"
    final = ask(by=build_chat(scripted_model.chat_model(), "scripted", saver))[-1]
    assert "cannot be reached" in final.body["answer"]


def test_a_broken_tool_call_gets_a_second_try(ask: Ask, scripted_model: ScriptedModel) -> None:
    scripted_model.say(Reply(fault=Fault.BROKEN_ARGUMENTS), LOOK, f"{LATE} is 3 days late.")
    final = ask()[-1]
    assert (final.body["answer"], final.body["degraded"]) == (f"{LATE} is 3 days late.", False)
    assert scripted_model.refused == []


def test_a_model_that_only_says_what_nothing_supports_is_replaced_by_rules(ask: Ask, scripted_model: ScriptedModel) -> None:
    scripted_model.say("It is 77 days late. I have approved it.")
    final = ask()[-1]
    assert final.body["answer"].startswith("Nothing the language model said is supported by the data.")
    assert final.body["degraded"] is True
    assert len(final.evidence["withheld"]) == 2


def test_a_model_that_calls_tools_for_ever_is_stopped(ask: Ask, scripted_model: ScriptedModel) -> None:
    scripted_model.script = lambda body: LOOK
    final = ask()[-1]
    assert len(scripted_model.requests) == MODEL_CALLS
    assert "did not come to an answer" in final.body["answer"]


def test_a_conversation_goes_on_in_another_process(
    ask: Ask, saver: BaseCheckpointSaver[Any], scripted_model: ScriptedModel
) -> None:
    scripted_model.say(LOOK, f"{LATE} is 3 days late.", "Nothing new.")
    ask()
    ask("And now?", by=build_chat(scripted_model.chat_model(), "scripted", saver))
    roles = [message["role"] for message in scripted_model.requests[-1]["messages"]]
    assert roles == ["system", "user", "assistant", "tool", "assistant", "user"]


def test_results_of_earlier_turns_are_not_shown_again(ask: Ask, scripted_model: ScriptedModel) -> None:
    scripted_model.say(LOOK, "It is late.", "Nothing new.")
    ask()
    ask("And now?")
    (old,) = [message for message in scripted_model.requests[-1]["messages"] if message["role"] == "tool"]
    assert "out of date" in old["content"]


def test_a_number_of_an_earlier_turn_has_to_be_looked_up_again(ask: Ask, scripted_model: ScriptedModel) -> None:
    scripted_model.say(LOOK, f"{LATE} is 3 days late.", "I can look again. As I said, it is 3 days late.")
    ask()
    assert ask("And what was that again?")[-1].body["answer"].startswith("I can look again.\n(One sentence was left out")


def test_conversations_do_not_see_each_other(ask: Ask, scripted_model: ScriptedModel) -> None:
    scripted_model.say("Hello.", "Hello.")
    ask("the first", "one")
    ask("the second", "two")
    assert [message["content"] for message in scripted_model.requests[-1]["messages"][1:]] == ["the second"]


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.TRUNCATED, Fault.NO_TEXT])
def test_after_a_failure_the_conversation_goes_on_and_knows_what_was_said(
    fault: Fault, ask: Ask, scripted_model: ScriptedModel
) -> None:
    scripted_model.say(LOOK, Reply(fault=fault), Reply(fault=fault))
    told = ask()[-1].body["answer"]
    scripted_model.replies.clear()
    scripted_model.say("Nothing new.")
    assert ask("And now?")[-1].body["answer"] == "Nothing new."
    messages = scripted_model.requests[-1]["messages"]
    assert [message["content"] for message in messages if message["role"] == "user"] == [QUESTION, "And now?"]
    assert told in [message["content"] for message in messages]
    assert scripted_model.refused == []


def test_a_long_conversation_is_cut_at_whole_turns(
    ask: Ask, chat: ModelChat, saver: BaseCheckpointSaver[Any], scripted_model: ScriptedModel
) -> None:
    turns = MOST_STORED // 2 + 5
    for turn in range(turns):
        scripted_model.say("Hello.")
        ask(f"hello number {turn}")
    messages = scripted_model.requests[-1]["messages"]
    assert len(messages) <= MOST_MESSAGES + 1
    assert messages[1]["role"] == "user"
    saved = saver.get_tuple({"configurable": {"thread_id": "one"}})
    assert saved is not None
    assert len(saved.checkpoint["channel_values"]["messages"]) <= MOST_STORED + 2


def test_the_environment_cannot_switch_tracing_on(
    ask: Ask, scripted_model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from langsmith import Client

    sent: list[Any] = []
    monkeypatch.setattr(Client, "create_run", lambda *args, **kwargs: sent.append(kwargs))
    for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"):
        monkeypatch.setenv(name, "true")
    monkeypatch.setenv("LANGSMITH_API_KEY", "none")
    scripted_model.say(LOOK, f"{LATE} is 3 days late.")
    assert ask()[-1].body["degraded"] is False
    assert sent == []
