"""The client of an OpenAI-compatible endpoint: its time limits and its one kind of error."""

import pytest

from agent.errors import ModelUnavailable
from integrations.llm import chat_model
from tests.fixtures.scripted_model import Fault, Reply, ScriptedModel

pytestmark = pytest.mark.filterwarnings("ignore:Pydantic serializer warnings:UserWarning")


#: What the client takes for an answer, and whoever asked has to judge.
ANSWERS = (Fault.NO_TEXT, Fault.BROKEN_ARGUMENTS, Fault.REFUSAL)


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault not in ANSWERS])
@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_every_failure_is_told_in_one_sentence(fault: Fault, streamed: bool, scripted_model: ScriptedModel) -> None:
    scripted_model.say(Reply(fault=fault))
    model = scripted_model.chat_model(answer_s=0.3, whole_s=0.5)
    with pytest.raises(ModelUnavailable, match=r"^The language model [^\n]+\.$"):
        list(model.stream("Hello")) if streamed else model.invoke("Hello")


def test_an_answer_comes_through_whole_and_in_pieces(scripted_model: ScriptedModel) -> None:
    scripted_model.say("Good morning to you.", "Good morning to you.")
    assert scripted_model.chat_model().invoke("Hello").text == "Good morning to you."
    assert "".join(chunk.text for chunk in scripted_model.chat_model().stream("Hello")) == "Good morning to you."


def test_without_an_address_and_a_key_nothing_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-key-of-somebody")
    monkeypatch.setenv("OPENAI_API_BASE", "http://somewhere.example/v1")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://somewhere.example/v1")
    model = chat_model("gpt-5")
    assert str(model.root_client.base_url) == "https://api.openai.com/v1/"
    assert model.root_client.api_key == "none"


def test_a_model_has_time_limits_and_few_retries() -> None:
    client = chat_model("gpt-5", "http://127.0.0.1:9/v1").root_client
    assert (client.timeout.connect, client.timeout.read) == (5.0, 60.0)
    assert client.max_retries == 1
