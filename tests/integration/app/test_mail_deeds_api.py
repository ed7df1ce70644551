"""What people do about mails over the API, each by their role: correct, link, take, finish, and see what follows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent.actions.any_record import find_record
from agent.domain.decisions import Role
from agent.jobs.mails import follow_mail, link_mail
from agent.jobs.worker import propose_change, scan
from agent.ports.erp_reader import ErpReader
from agent.risk.causes import cause_of_purchase, snapshot_of_cause
from agent.risk.impact import impact
from agent.risk.taking import take_snapshot
from app.contract.mail import MailRow
from integrations.database.mail_inbox import PostgresInbox
from integrations.database.mail_ledger import PostgresMailLinking
from tests.fixtures.arriving import arrived, letter, made
from tests.fixtures.demo import DemoDatabase, DemoErp
from tests.fixtures.packaged_policy import PACKAGED_POLICY
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.turns import worker_of
from tests.integration.app.conftest import As


def test_a_corrected_class_has_its_own_urgency_and_its_own_clock(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    arrived(database, letter(1), made(**{"class": "proof_of_delivery", "priority": "P3", "needs_person": True}))
    who = signed_in(database.person("maria"))
    said = {"class": "damage_shortage_claim", "reason": "They say that two boxes are missing."}
    row = api.post("/v1/mails/1/corrections", json=said, headers=who).json()["mail"]
    assert (row["triage"]["class"], row["needs_person"]) == ("damage_shortage_claim", False)
    assert row["priority"] == "P1", "usual is P2, and the mail was a step above what is usual for its class"
    due = datetime.fromisoformat(row["due_at"])
    came = datetime.fromisoformat(row["received_at"])
    assert due == PACKAGED_POLICY.inbox.hours.after(came, timedelta(minutes=30))  # type: ignore[union-attr]
    assert [(event["kind"], event["person"], event["class"]) for event in row["events"]] == [
        ("corrected", "maria", "damage_shortage_claim")
    ]


def test_a_change_of_bank_details_stays_urgent_whatever_it_is_called(
    api: TestClient, database: TestDatabase, signed_in: As
) -> None:
    arrived(database, letter(1), made(**{"class": "invoice_dispute", "priority": "P1", "flags": ["bank_change"]}))
    who = signed_in(database.person())
    row = api.post("/v1/mails/1/corrections", json={"class": "automated_noise"}, headers=who).json()["mail"]
    assert row["priority"] == "P1"


@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        ({}, 409, "Say what is right"),
        ({"class": "gossip"}, 422, "class"),
        ({"priority": "P9"}, 422, "priority"),
        ({"class": "other", "link": "S00001"}, 409, "Each by itself"),
        ({"unlink": "S00001"}, 404, "M1 is not linked to S00001"),
        ({"class": "delay_notice"}, 409, "already"),
        ({"class": "other", "reason": "\0"}, 422, "NUL"),
        ({"class": "other", "rev": 7}, 409, "Somebody has worked on M1"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused_in_a_sentence(
    api: TestClient, database: TestDatabase, signed_in: As, said: dict[str, Any], status: int, words: str
) -> None:
    arrived(database, letter(1))
    refused = api.post("/v1/mails/1/corrections", json=said, headers=signed_in(database.person()))
    assert refused.status_code == status
    assert words in refused.json()["error"]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN])
def test_who_only_looks_on_changes_nothing(api: TestClient, database: TestDatabase, signed_in: As, role: Role) -> None:
    arrived(database, letter(1))
    who = signed_in(database.person(None, role))
    for path, said in (
        ("corrections", {"class": "other"}), ("events", {"kind": "done"}), ("following", None),
    ):  # fmt: skip
        refused = api.post(f"/v1/mails/1/{path}", json=said, headers=who)
        assert refused.status_code == 403
        assert "may not handle mails" in refused.json()["error"]
    refused = api.post("/v1/mails/filing", json={"day": "2026-11-27", "reason": "They are about it."}, headers=who)
    assert (refused.status_code, "may not handle mails" in refused.json()["error"]) == (403, True)
    assert api.get("/v1/mails/1", headers=who).status_code == 200


@pytest.mark.parametrize(
    "said",
    [
        {"day": "yesterday", "reason": "So."}, {"day": "9999-12-31", "reason": "So."}, {"day": "2026-11-27", "reason": " "},
        {"reason": "So."},
    ],
)  # fmt: skip
def test_a_days_filing_needs_a_day_and_a_reason(
    api: TestClient, database: TestDatabase, signed_in: As, said: dict[str, Any]
) -> None:
    who = signed_in(database.person())
    assert api.post("/v1/mails/filing", json=said, headers=who).status_code == 422
    asked = api.post("/v1/mails/filing", json={"day": "2026-11-27", "reason": "They are about it."}, headers=who)
    assert asked.status_code == 202
    text = database.one("admin", "SELECT text FROM inbound WHERE id = %s", asked.json()["inbound_id"])
    assert text == '{"mails_of":"2026-11-27","reason":"They are about it."}'


def test_a_thread_is_taken_given_away_and_done(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    arrived(database, letter(1))
    maria, _ = signed_in(database.person("maria")), database.person("bob", Role.BUYER)

    def handle(kind: str, **said: Any) -> MailRow:
        return MailRow.model_validate(api.post("/v1/mails/1/events", json={"kind": kind, **said}, headers=maria).json())

    assert handle("taken").owner == "maria"
    given = handle("taken", owner="bob", reason="He knows the vendor.")
    assert given.owner == "bob"
    ended = handle("done", rev=given.rev)
    assert (ended.state, ended.done_by) == ("done", "maria")
    assert [event.kind for event in ended.events] == ["taken", "taken", "done"]


@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        ({"kind": "taken", "owner": "nobody"}, 404, "nobody"),
        ({"kind": "taken", "owner": "anna"}, 403, "anna may not handle mails"),
        ({"kind": "done", "owner": "maria"}, 409, "Only taking a mail"),
        ({"kind": "linked"}, 422, "kind"),
        ({"kind": "reopened"}, 409, "M1 is open already"),
    ],
)
def test_what_cannot_be_done_about_a_thread_is_said(
    api: TestClient, database: TestDatabase, signed_in: As, said: dict[str, Any], status: int, words: str
) -> None:
    arrived(database, letter(1))
    database.person("anna", Role.AUDITOR)
    refused = api.post("/v1/mails/1/events", json=said, headers=signed_in(database.person("maria")))
    assert (refused.status_code, words in refused.json()["error"]) == (status, True), refused.json()


def test_mine_are_those_of_my_role_until_somebody_takes_them(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    for number, kind in ((1, "delay_notice"), (2, "dispatch_advice"), (3, "invoice_dispute")):
        arrived(database, letter(number), made(**{"class": kind}))
    bob = signed_in(database.person("bob", Role.BUYER))
    wanda = signed_in(database.person("wanda", Role.WAREHOUSE_LEAD))

    def mine(who: dict[str, str]) -> list[str]:
        return [row["label"] for row in api.get("/v1/mails?mine=true", headers=who).json()]

    assert (mine(bob), mine(wanda)) == (["M1"], ["M2"])
    api.post("/v1/mails/1/events", json={"kind": "taken"}, headers=wanda)
    assert (mine(bob), mine(wanda)) == ([], ["M1", "M2"])


def test_mails_that_wait_too_long_stand_in_the_brief(
    demo_api: TestClient, demo_database: DemoDatabase, demo_signed_in: As, demo_erp: DemoErp
) -> None:

    scan(worker_of(demo_database, demo_erp.reader))
    arrived(demo_database, letter(1), made(priority="P2"), hours=-1)
    arrived(demo_database, letter(2))
    who = demo_signed_in(demo_database.person("kai"))
    brief = demo_api.get("/v1/brief", headers=who).json()
    [late] = brief["late_mails"]
    assert brief["late_mails_said"] == "1 mail waits too long for an answer: M1 (P2); nobody has taken it."
    assert (late["label"], late["priority"], late["owner"]) == ("M1", "P2", None)
    assert demo_api.get("/v1/brief?warehouse=RTM", headers=who).json()["late_mails"] == []


def test_the_scorecard_counts_what_was_corrected_and_what_was_done_without_that(
    api: TestClient, database: TestDatabase, signed_in: As
) -> None:
    who = signed_in(database.person())
    assert api.get("/v1/mails/scorecard", headers=who).json()["judged"] == 0
    for number, confidence in ((1, 0.95), (2, 0.5), (3, 0.2), (4, 0.9)):
        arrived(database, letter(number), made(confidence=confidence))
    api.post("/v1/mails/1/events", json={"kind": "done"}, headers=who)
    api.post("/v1/mails/2/corrections", json={"class": "order_change"}, headers=who)
    api.post("/v1/mails/3/events", json={"kind": "done"}, headers=who)
    card = api.get("/v1/mails/scorecard", headers=who).json()
    assert (card["read"], card["judged"], card["corrected"]) == (4, 3, 1)
    delay = next(one for one in card["classes"] if one["class"] == "delay_notice")
    assert (delay["precision"]["part"], delay["precision"]["whole"]) == (1, 2), "what was left to a person claims nothing"
    assert (delay["recall"]["part"], delay["recall"]["whole"]) == (1, 2)
    assert delay["abstained"]["part"] == 1
    before = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    assert api.get("/v1/mails/scorecard", params={"until": before}, headers=who).json()["read"] == 0


def _purchase_whose_delay_breaks_a_promise(reader: ErpReader, now: datetime, late: datetime) -> str:
    for line in take_snapshot(reader, now).purchase_lines:
        [record] = reader.find_by_number("purchase.order", [line.order_name])[line.order_name]
        cause = cause_of_purchase(reader, record)
        found = impact(snapshot_of_cause(reader, cause, now), PACKAGED_POLICY, cause, late)
        if any(order.endangered for order in found.orders):
            return line.order_name
    raise AssertionError("no purchase of the demo company whose delay breaks a promise")


def test_a_person_links_a_vendors_mail_and_has_the_new_date_proposed(
    demo_api: TestClient, demo_database: DemoDatabase, demo_erp: DemoErp, demo_signed_in: As
) -> None:
    now = datetime.now(UTC)
    late = now + timedelta(days=21)
    purchase = _purchase_whose_delay_breaks_a_promise(demo_erp.reader, now, late)
    arrived(demo_database, letter(1), made(fields={"new_eta": {"value": late.date().isoformat(), "span": [0, 4]}}))
    who, worker = demo_signed_in(demo_database.person("bob", Role.BUYER)), worker_of(demo_database, demo_erp.reader)

    def answer(inbound_id: int) -> dict[str, Any]:
        part = demo_database.one("admin", "SELECT body FROM answer_part WHERE inbound_id = %s ORDER BY seq DESC", inbound_id)
        assert isinstance(part, dict)
        return part

    asked = demo_api.post("/v1/mails/1/corrections", json={"link": purchase}, headers=who).json()["inbound_id"]
    link_mail(asked, worker, PostgresMailLinking(demo_database.pool("worker")))
    assert f"M1 is linked to {purchase}" in answer(asked)["answer"]

    asked = demo_api.post("/v1/mails/1/following", headers=who).json()["inbound_id"]
    follow_mail(asked, worker, PostgresInbox(demo_database.pool("worker")))
    found = answer(asked)["follow"]
    assert any(order["endangered"] for order in found["orders"])
    assert "value" not in found["orders"][0]
    date_offer = next(offer for offer in found["offers"] if offer["action"] == "confirm_vendor_date")
    note = next(offer for offer in found["offers"] if offer["action"] == "post_note")
    assert note["arguments"]["text"].startswith("M1 from vera@vendor.example of 2026-11-16: delay notice.")
    assert any(offer["kind"] == "new_dates" for offer in found["offers"])
    assert demo_database.one("admin", "SELECT count(*) FROM proposal") == 0, "nothing is proposed by asking"

    wanted = {name: date_offer[name] for name in ("action", "arguments", "reason")}
    asked = demo_api.post("/v1/proposals", json=wanted, headers=who).json()["inbound_id"]
    propose_change(asked, worker)
    [proposal] = demo_api.get("/v1/proposals", headers=who).json()
    assert (proposal["action"], proposal["subject"]["name"]) == ("confirm_vendor_date", purchase)
    assert proposal["arguments"]["arrives"].startswith(late.date().isoformat())


def test_a_link_that_the_worker_made_before_it_died_is_made_once_and_said_by_the_next_run(
    demo_api: TestClient, demo_database: DemoDatabase, demo_erp: DemoErp, demo_signed_in: As
) -> None:
    arrived(demo_database, letter(1))
    who = demo_signed_in(demo_database.person("kai"))
    shown = demo_api.get("/v1/mails/1", headers=who).json()["rev"]
    order = demo_erp.situations["promise_at_risk"]
    asked = demo_api.post("/v1/mails/1/corrections", json={"link": order, "rev": shown}, headers=who).json()["inbound_id"]
    worker, linking = worker_of(demo_database, demo_erp.reader), PostgresMailLinking(demo_database.pool("worker"))
    linking.link(1, asked, find_record(order, demo_erp.reader), "", shown)
    link_mail(asked, worker, linking)
    said = demo_database.one("admin", "SELECT body->>'answer' FROM answer_part WHERE inbound_id = %s AND kind = 'final'", asked)
    assert f"M1 is linked to {order}" in said
    assert demo_database.one("admin", "SELECT count(*) FROM mail_event WHERE kind = 'linked'") == 1


@pytest.mark.parametrize(
    ("row", "record", "words"),
    [
        (made(), "S99999", "There is no sale order, purchase or delivery S99999"),
        (made(flags=["phishing"]), "S01777", "M1 is suspicious"),
    ],
)
def test_a_link_to_what_is_not_there_and_of_what_is_suspicious_is_refused(
    demo_api: TestClient, demo_database: DemoDatabase, demo_erp: DemoErp, demo_signed_in: As, row: Any, record: str, words: str
) -> None:
    arrived(demo_database, letter(1), row)
    who = demo_signed_in(demo_database.person("kai"))
    order = demo_erp.situations["promise_at_risk"] if record == "S01777" else record
    asked = demo_api.post("/v1/mails/1/corrections", json={"link": order}, headers=who).json()["inbound_id"]
    link_mail(asked, worker_of(demo_database, demo_erp.reader), PostgresMailLinking(demo_database.pool("worker")))
    failed = demo_database.one("admin", "SELECT body->>'text' FROM answer_part WHERE inbound_id = %s AND kind = 'failed'", asked)
    assert words in failed
    assert demo_api.get("/v1/mails/1", headers=who).json()["triage"]["links"] == []


def test_nothing_follows_from_a_mail_that_is_linked_to_nothing(
    demo_database: DemoDatabase, demo_erp: DemoErp, demo_api: TestClient, demo_signed_in: As
) -> None:
    arrived(demo_database, letter(1), made(candidates=[{"model": "sale.order", "id": 12, "name": "S00012", "confidence": 0.4}]))
    who = demo_signed_in(demo_database.person("kai"))
    asked = demo_api.post("/v1/mails/1/following", headers=who).json()["inbound_id"]
    follow_mail(asked, worker_of(demo_database, demo_erp.reader), PostgresInbox(demo_database.pool("worker")))
    failed = demo_database.one("admin", "SELECT body->>'text' FROM answer_part WHERE inbound_id = %s AND kind = 'failed'", asked)
    assert "It may be about S00012" in failed
    assert "expediter mail correct M1 --link NUMBER" in failed
