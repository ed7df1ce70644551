"""A language model is asked what a mail is, over HTTP: what it is sent, what of its answers counts, what its failures cost."""

import json
from datetime import timedelta

import pytest

from agent.domain.mail import MailClass, Opinion
from agent.errors import ModelUnavailable
from agent.graphs.model_pace import ASKING, REST, SPAN
from agent.graphs.model_reach import ModelReach
from agent.ports.mail_judge import ShownMail
from agent.prompts import load
from tests.fixtures.mail_model import Clock, filled, judging, shown_to
from tests.fixtures.scripted_model import Conversation, Fault, Reply, ScriptedModel

C = MailClass
LATE = ShownMail("P00021", "Sadly the goods will come\ntwo weeks later.", "Please confirm P00021.", ("P00021.pdf",))
QUOTE = "the goods will come two weeks later"

pytestmark = pytest.mark.filterwarnings("ignore:Pydantic serializer warnings:UserWarning")


def number(which: int) -> ShownMail:
    """Another mail."""
    return ShownMail(f"mail {which}", LATE.text, "", ())


def test_it_is_sent_the_prompt_and_the_mail_as_data_with_a_form_to_fill_in_and_no_tools(scripted_model: ScriptedModel) -> None:
    scripted_model.say(filled(C.DELAY_NOTICE, QUOTE))
    judging(scripted_model).opinion(LATE)
    (request,) = scripted_model.requests
    system, mail = request["messages"]
    assert (system["role"], system["content"]) == ("system", load("mail").text)
    assert (mail["role"], shown_to(request)["text"]) == ("user", LATE.text)
    assert request["response_format"]["json_schema"]["strict"] is True
    assert not {"tools", "functions", "tool_choice"} & set(request)


def test_the_schema_asks_for_nothing_that_strict_endpoints_refuse(scripted_model: ScriptedModel) -> None:
    scripted_model.say(filled(C.DELAY_NOTICE, QUOTE))
    judging(scripted_model).opinion(LATE)
    schema = scripted_model.requests[0]["response_format"]["json_schema"]["schema"]
    assert set(schema["required"]) == set(schema["properties"]) == {"class", "confidence", "also", "evidence"}
    assert schema["additionalProperties"] is False
    refused = ("minimum", "maximum", "maxLength", "minItems", "maxItems", "pattern", "default")
    assert not [word for word in refused if f'"{word}"' in json.dumps(schema)]


def test_the_prompt_explains_every_class() -> None:
    assert [kind for kind in C if f"- `{kind}`:" not in load("mail").text] == []


def test_an_opinion_names_the_model_the_prompt_and_what_it_cost(scripted_model: ScriptedModel) -> None:
    scripted_model.say(filled(C.DELAY_NOTICE, QUOTE, also=C.PO_CONFIRMATION))
    assert judging(scripted_model).opinion(LATE) == Opinion(
        "scripted", load("mail").sha256, C.DELAY_NOTICE, 0.9, C.PO_CONFIRMATION, (QUOTE,), tokens_read=1, tokens_written=1
    )


@pytest.mark.parametrize("quote", [QUOTE, "THE  GOODS\twill come", "Please confirm", "P00021.pdf"])
def test_a_quote_may_be_spaced_otherwise_and_stand_anywhere_in_the_mail(quote: str, scripted_model: ScriptedModel) -> None:
    scripted_model.say(filled(C.DELAY_NOTICE, quote))
    assert judging(scripted_model).opinion(LATE).discounted == ""


@pytest.mark.parametrize("quotes", [(), ("three weeks later",), (QUOTE, "and the price goes up"), ("come",), ("",)])
def test_without_quotes_that_stand_in_the_mail_it_does_not_count(quotes: tuple[str, ...], scripted_model: ScriptedModel) -> None:
    scripted_model.say(filled(C.DELAY_NOTICE, *quotes))
    opinion = judging(scripted_model).opinion(LATE)
    assert (opinion.discounted, opinion.evidence) == ("what it quotes does not stand in the mail", ())
    assert opinion.mail_class is C.DELAY_NOTICE, "what it said is kept for whoever looks"


UNREADABLE = {
    "no JSON": Reply("It is a delay notice."),
    "another class": filled("bank_change", QUOTE),
    "more than surely": filled(C.DELAY_NOTICE, QUOTE, confidence=1.5),
    "no number": filled(C.DELAY_NOTICE, QUOTE, confidence=float("nan")),
    "something else beside": filled(C.DELAY_NOTICE, QUOTE, priority="P5"),
    "too many quotes": filled(C.DELAY_NOTICE, *[QUOTE] * 9),
    "too long a quote": filled(C.DELAY_NOTICE, LATE.text * 10),
    "a tool": Reply(calls=(("move_promise_date", {"order": "S00012"}),)),
    "a refusal": Reply(fault=Fault.REFUSAL),
    "nothing": Reply(fault=Fault.NO_TEXT),
    "a broken call": Reply(fault=Fault.BROKEN_ARGUMENTS),
}


@pytest.mark.parametrize("reply", UNREADABLE.values(), ids=UNREADABLE)
def test_an_answer_that_is_not_the_form_does_not_count(reply: Reply, scripted_model: ScriptedModel) -> None:
    scripted_model.say(reply)
    opinion = judging(scripted_model).opinion(LATE)
    assert (opinion.mail_class, opinion.discounted) == (None, "its answer cannot be read")


def test_a_fence_around_the_form_is_no_harm(scripted_model: ScriptedModel) -> None:
    scripted_model.say(f"```json\n{filled(C.DELAY_NOTICE, QUOTE).text}\n```")
    assert judging(scripted_model).opinion(LATE).mail_class is C.DELAY_NOTICE


@pytest.mark.parametrize(
    "fault",
    [
        Fault.SERVER_ERROR, Fault.RATE_LIMIT, Fault.HANG, Fault.BLANKS, Fault.NOT_JSON, Fault.WRONG_JSON, Fault.TRUNCATED,
        Fault.TOO_LONG, Fault.REFUSED_KEY, Fault.DEEP_JSON, Fault.NO_CHOICE, Fault.ANOTHER_ROLE, Fault.ODD_TOKENS,
    ],
)  # fmt: skip
def test_after_a_failure_it_is_left_alone_for_a_minute(fault: Fault, scripted_model: ScriptedModel) -> None:
    clock = Clock()
    judge = judging(scripted_model, clock, patience_s=0.3)
    scripted_model.say(Reply(fault=fault), filled(C.DELAY_NOTICE, QUOTE))
    for which in range(100):
        with pytest.raises(ModelUnavailable, match=r"^The language model [^\n]+\.$"):
            judge.opinion(number(which))
    assert len(scripted_model.requests) == 1, "a hundred mails do not wait for it a hundred times"
    clock.pass_by(REST)
    assert judge.opinion(number(1)).mail_class is C.DELAY_NOTICE


def test_a_mail_whose_reading_is_repeated_is_asked_about_once(scripted_model: ScriptedModel) -> None:
    scripted_model.say(filled(C.DELAY_NOTICE, QUOTE))
    judge = judging(scripted_model)
    assert judge.opinion(LATE) == judge.opinion(LATE)
    assert len(scripted_model.requests) == 1


def test_a_slow_model_has_a_third_of_the_time_and_the_other_mails_go_on_without_it(scripted_model: ScriptedModel) -> None:
    clock, slowly = Clock(), timedelta(seconds=15)
    judge = judging(scripted_model, clock)

    def script(_: Conversation) -> Reply:
        clock.pass_by(slowly)
        return filled(C.DELAY_NOTICE, QUOTE)

    scripted_model.script = script
    for which in range(ASKING // slowly):
        assert judge.opinion(number(which)).mail_class is C.DELAY_NOTICE
    with pytest.raises(ModelUnavailable, match="More mails come"):
        judge.opinion(number(99))
    clock.pass_by(SPAN)
    assert judge.opinion(number(99)).mail_class is C.DELAY_NOTICE


def test_what_it_fails_and_answers_is_known_to_all_who_ask_the_model(scripted_model: ScriptedModel) -> None:
    clock, reach = Clock(), ModelReach()
    judge = judging(scripted_model, clock, reach)
    scripted_model.say(Reply(fault=Fault.SERVER_ERROR), Reply(fault=Fault.SERVER_ERROR), filled(C.DELAY_NOTICE, QUOTE))
    for which in range(2):
        with pytest.raises(ModelUnavailable):
            judge.opinion(number(which))
        clock.pass_by(REST)
    assert reach().away_since is not None
    judge.opinion(LATE)
    assert (reach().away_since, reach().answered_at) == (None, clock.now)


def test_the_log_has_no_word_of_a_mail(scripted_model: ScriptedModel, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    scripted_model.say(Reply("goods will come: nonsense"), Reply(fault=Fault.SERVER_ERROR))
    judge = judging(scripted_model)
    judge.opinion(LATE)
    with pytest.raises(ModelUnavailable):
        judge.opinion(number(2))
    assert "goods will come" not in caplog.text
    assert "read without the language model for a while" in caplog.text
