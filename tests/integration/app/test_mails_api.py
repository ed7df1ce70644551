"""The shared inbox over the API: what came, most urgent first."""

from fastapi.testclient import TestClient

from agent.domain.decisions import Role
from agent.domain.mailbox import Copy, Fetched, Taken, fingerprint
from integrations.database.mail_ledger import PostgresMailLedger
from integrations.email import parse_mail
from tests.fixtures.dovecot import mail
from tests.fixtures.postgres import TestDatabase
from tests.integration.app.conftest import As

MADE = {
    "intents": [], "language": "en", "confidence": 0.9, "alternatives": [], "reason": "it says so", "automatic": False,
    "trust": "unknown", "flags": [], "references": [], "links": [], "candidates": [], "fields": {}, "draft": None,
}  # fmt: skip


class Inbox:
    name, authserv = "logistics", None


def arrived(database: TestDatabase, number: int, mail_class: str, priority: str, needs_person: bool) -> None:
    ledger, raw = PostgresMailLedger(database.pool("worker")), mail(number).as_bytes()
    parsed = parse_mail(raw)
    ledger.keep(Inbox(), [Taken(Fetched(Copy(str(number)), raw), parsed, fingerprint(parsed))])  # type: ignore[arg-type]
    with ledger.claimed() as [claim]:
        claim.read({"class": mail_class, "priority": priority, "needs_person": needs_person, **MADE})


def test_the_most_urgent_comes_first_and_only_what_is_asked_for(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    arrived(database, 1, "proof_of_delivery", "P4", needs_person=False)
    arrived(database, 2, "delay_notice", "P2", needs_person=False)
    arrived(database, 3, "other", "P3", needs_person=True)
    who = signed_in(database.person())

    def labels(query: str = "") -> list[str]:
        return [row["label"] for row in api.get(f"/v1/mails{query}", headers=who).json()]

    assert labels() == ["M2", "M3", "M1"]
    assert labels("?needs_person=true") == ["M3"]
    assert labels("?class=delay_notice") == ["M2"]
    assert labels("?limit=1") == ["M2"]


def test_a_mail_is_shown_with_what_was_made_of_it(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    arrived(database, 1, "delay_notice", "P2", needs_person=False)
    row = api.get("/v1/mails/1", headers=signed_in(database.person(None, Role.AUDITOR))).json()
    assert (row["sender"], row["subject"], row["mailbox"]) == ("vera@vendor.example", "Delivery 1", "logistics")
    assert (row["triage"]["class"], row["triage"]["priority"]) == ("delay_notice", "P2")


def test_what_is_not_there_or_no_class_is_said_and_nobody_unknown_reads(
    api: TestClient, database: TestDatabase, signed_in: As
) -> None:
    who = signed_in(database.person())
    absent = api.get("/v1/mails/9", headers=who)
    assert (absent.status_code, "no mail M9" in absent.json()["error"]) == (404, True)
    assert api.get("/v1/mails?class=gossip", headers=who).status_code == 422
    assert api.get("/v1/mails").status_code == 401
