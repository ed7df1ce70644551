"""Answering over the API: the draft is shown, an answer is asked for, the worker proposes it, another person approves."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent.actions.reply_to_mail import NAME, ReplyToMailAction
from agent.domain.decisions import Person, Role
from agent.domain.mailbox import Copy, Fetched, Taken, fingerprint
from agent.jobs.worker import propose_edit, propose_reply
from integrations.database.letters import PostgresLetters
from integrations.database.mail_ledger import PostgresMailLedger
from integrations.email import parse_mail
from tests.fixtures.answering import DRAFT, ERP, READ
from tests.fixtures.dovecot import mail
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.turns import worker_of
from tests.integration.app.conftest import As


class Inbox:
    name, authserv = "logistics", None


def arrived(database: TestDatabase, number: int = 1, **read: Any) -> None:
    ledger, raw = PostgresMailLedger(database.pool("worker")), mail(number).as_bytes()
    parsed = parse_mail(raw)
    ledger.keep(Inbox(), [Taken(Fetched(Copy(str(number)), raw), parsed, fingerprint(parsed))])  # type: ignore[arg-type]
    with ledger.claimed() as [claim]:
        claim.read(READ | read)


def worked(database: TestDatabase, job: Callable[..., None], inbound_id: int) -> str:
    """The worker does what was asked; what it says."""
    letters = PostgresLetters(database.pool("worker"))
    job(inbound_id, replace(worker_of(database, ERP), letters=letters, own={NAME: ReplyToMailAction(letters)}))
    said = "SELECT coalesce(body ->> 'answer', body ->> 'text') FROM answer_part WHERE inbound_id = %s ORDER BY seq DESC LIMIT 1"
    return str(database.one("admin", said, inbound_id))


@pytest.fixture
def ana(database: TestDatabase) -> Person:
    return database.person("ana")


def test_the_draft_is_shown_as_it_would_be_sent(api: TestClient, database: TestDatabase, signed_in: As, ana: Person) -> None:
    arrived(database)
    row = api.get("/v1/mails/1/draft", headers=signed_in(ana)).json()
    assert row == {
        "mail": "M1", "to": "vera@vendor.example", "subject": "Re: Delivery 1", "text": DRAFT, "language": "en",
        "not_sendable": None,
    }  # fmt: skip


def test_why_a_draft_is_not_sent_is_said(api: TestClient, database: TestDatabase, signed_in: As, ana: Person) -> None:
    arrived(database, automatic=True)
    assert "sent by a machine" in api.get("/v1/mails/1/draft", headers=signed_in(ana)).json()["not_sendable"]


def test_a_mail_without_a_draft_says_so_and_is_answered_in_words_of_ones_own(
    api: TestClient, database: TestDatabase, signed_in: As, ana: Person
) -> None:
    arrived(database, draft=None)
    assert api.get("/v1/mails/1/draft", headers=signed_in(ana)).status_code == 404
    bare = api.post("/v1/mails/1/reply", headers=signed_in(ana), json={"reason": "She waits."})
    assert (bare.status_code, "say what the answer is" in bare.json()["error"]) == (409, True)
    asked = api.post("/v1/mails/1/reply", headers=signed_in(ana), json={"reason": "She waits.", "text": "We call you."})
    assert asked.status_code == 202
    worked(database, propose_reply, asked.json()["inbound_id"])
    [proposal] = api.get("/v1/proposals", headers=signed_in(ana)).json()
    assert proposal["arguments"]["text"] == "We call you."
    assert proposal["facts"]["changed_percent"] is None


def test_the_draft_is_proposed_approved_by_another_and_shown_with_its_mail(
    api: TestClient, database: TestDatabase, signed_in: As, ana: Person
) -> None:
    arrived(database)
    asked = api.post("/v1/mails/1/reply", headers=signed_in(ana), json={"reason": "She waits."}).json()
    assert "P1" in worked(database, propose_reply, asked["inbound_id"])
    [proposal] = api.get("/v1/proposals", headers=signed_in(ana)).json()
    assert (proposal["action"], proposal["subject"]["name"], proposal["rationale"]) == ("reply_to_mail", "M1", "She waits.")
    click = {"verdict": "approve", "sha256": proposal["sha256"]}
    assert api.post("/v1/proposals/1/decisions", headers=signed_in(ana), json=click).status_code == 409
    other = signed_in(database.person("otto"))
    assert api.post("/v1/proposals/1/decisions", headers=other, json=click).json()["granted"] is True
    [answer] = api.get("/v1/mails/1", headers=signed_in(ana)).json()["answers"]
    assert (answer["proposal"], answer["state"], answer["text"], answer["changed_percent"]) == ("P1", "granted", DRAFT, 0)


def test_an_approver_edits_the_words_and_nothing_else(
    api: TestClient, database: TestDatabase, signed_in: As, ana: Person
) -> None:
    arrived(database)
    asked = api.post("/v1/mails/1/reply", headers=signed_in(ana), json={"reason": "She waits."}).json()
    worked(database, propose_reply, asked["inbound_id"])
    [proposal] = api.get("/v1/proposals", headers=signed_in(ana)).json()
    sofia = signed_in(database.person("sofia", Role.SALES_MANAGER))

    def edit(changes: dict[str, Any]) -> Any:
        wanted = {"sha256": proposal["sha256"], "changes": changes, "reason": "Shorter."}
        return api.post("/v1/proposals/1/edits", headers=sofia, json=wanted)

    assert edit({"to": "crook@elsewhere.example"}).status_code == 409
    edited = edit({"text": "Thank you."})
    assert edited.status_code == 202
    worked(database, propose_edit, edited.json()["inbound_id"])
    newest = api.get("/v1/proposals", headers=sofia).json()[0]
    assert (newest["arguments"]["text"], newest["supersedes"]) == ("Thank you.", "P1")


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"reason": "x", "to": "crook@elsewhere.example"}, "is no address of M1"),
        ({"reason": "x", "text": "\u202e\u200b"}, "the answer has no text"),
    ],
)
def test_what_cannot_be_proposed_is_said(
    api: TestClient, database: TestDatabase, signed_in: As, ana: Person, wanted: dict[str, str], said: str
) -> None:
    arrived(database)
    asked = api.post("/v1/mails/1/reply", headers=signed_in(ana), json=wanted)
    assert said in worked(database, propose_reply, asked.json()["inbound_id"])
    assert api.get("/v1/proposals", headers=signed_in(ana)).json() == []


def test_a_draft_for_another_class_than_people_say_it_is_is_none_and_the_class_they_say_decides_who_approves(
    api: TestClient, database: TestDatabase, signed_in: As, ana: Person
) -> None:
    arrived(database)
    shown = api.get("/v1/mails/1", headers=signed_in(ana)).json()
    said = {"class": "invoice_dispute", "reason": "She asks about the invoice.", "rev": shown["rev"]}
    assert api.post("/v1/mails/1/corrections", headers=signed_in(ana), json=said).status_code == 200
    assert api.get("/v1/mails/1/draft", headers=signed_in(ana)).status_code == 404
    asked = api.post("/v1/mails/1/reply", headers=signed_in(ana), json={"reason": "x", "text": "We look into it."})
    worked(database, propose_reply, asked.json()["inbound_id"])
    [proposal] = api.get("/v1/proposals", headers=signed_in(ana)).json()
    assert proposal["facts"]["mail_class"] == "invoice_dispute"


def test_who_may_not_propose_answers_nothing(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    arrived(database)
    auditor = signed_in(database.person("audrey", Role.AUDITOR))
    assert api.post("/v1/mails/1/reply", headers=auditor, json={"reason": "x"}).status_code == 403
    assert api.post("/v1/mails/1/reply", json={"reason": "x"}).status_code == 401
    assert api.post("/v1/mails/9/reply", headers=signed_in(database.person("ana")), json={"reason": "x"}).status_code == 404


def test_answers_can_be_stopped(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    omar = signed_in(database.person("omar", Role.OPS_MANAGER))
    wanted = {"action": "reply_to_mail", "per_hour": 0, "reason": "Wrong words went out."}
    assert api.post("/v1/executions/limits", headers=omar, json=wanted).status_code == 200
