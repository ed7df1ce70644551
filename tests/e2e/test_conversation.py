"""Talking to a configured model as a person does: by commands, through `expediter up`, over restarts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.domain.mail import MailClass
from app.contract.chat import AnswerRow
from app.contract.mail import TriageRow
from tests.e2e.running_demo import Ran, expediter, serving, state_folder
from tests.fixtures.arriving import letter
from tests.fixtures.mail_model import quoting
from tests.fixtures.scripted_model import Conversation, Fault, Reply, ScriptedModel


@pytest.fixture
def state() -> Iterator[Path]:
    with state_folder() as folder:
        assert expediter(folder, "demo", "--once").code == 0
        yield folder


def model_of(model: ScriptedModel) -> dict[str, str]:
    return {
        "EXPEDITER_MODEL": "scripted",
        "EXPEDITER_MODEL_BASE_URL": model.url,
        "EXPEDITER_MODEL_API_KEY": "key",
        "EXPEDITER_PORT": "8438",
    }


def what_was_said(body: Conversation) -> Reply:
    return Reply(" ".join(f"Heard {message['content']}." for message in body["messages"] if message["role"] == "user"))


def test_a_named_conversation_goes_on_after_a_restart_and_belongs_to_whoever_began_it(
    state: Path, scripted_model: ScriptedModel
) -> None:
    def chat(who: str, text: str) -> Ran:
        return expediter(state, "chat", "--conversation", "monday", "--as", who, "--json", text)

    scripted_model.script = what_was_said
    with serving("up", state, "Ctrl-C ends it", model_of(scripted_model)):
        assert AnswerRow.model_validate_json(chat("maria", "apples").out).answer == "Heard apples."
    with serving("up", state, "Ctrl-C ends it", model_of(scripted_model)):
        assert AnswerRow.model_validate_json(chat("maria", "pears").out).answer == "Heard apples. Heard pears."
        assert "belongs to someone else" in chat("sofia", "plums").sentence
        scripted_model.script = lambda _: Reply(fault=Fault.SERVER_ERROR)
        failed = AnswerRow.model_validate_json(chat("maria", "what waits for approval?").out)
        assert failed.degraded
        assert "answered with an error (500)" in failed.answer


def test_a_model_that_may_reads_mails_along_and_the_doctor_tries_it(
    state: Path, scripted_model: ScriptedModel, tmp_path: Path
) -> None:
    file = tmp_path / "late.eml"
    file.write_bytes(letter(1, text="Sadly the delivery of your order P00012 is delayed by two weeks.").as_bytes())

    def read(**more: str) -> TriageRow:
        return TriageRow.model_validate_json(expediter(state, "mail", "triage", str(file), "--json", **model, **more).out)

    model = model_of(scripted_model)
    scripted_model.script = quoting(MailClass.DELAY_NOTICE)
    assert read().opinion is None
    assert scripted_model.requests == []
    along = {"EXPEDITER_MODEL_READS_MAIL": "true"}
    opinion = read(**along).opinion
    assert opinion is not None
    assert (opinion.model, opinion.mail_class, opinion.discounted) == ("scripted", MailClass.DELAY_NOTICE, "")
    scripted_model.script = None
    scripted_model.say("Ready.", "A delay notice, I should say.")
    words = " ".join(expediter(state, "doctor", **model, **along).out.split())
    assert "of a sample mail its answer cannot be read" in words
    assert "takes a model with structured output" in words
