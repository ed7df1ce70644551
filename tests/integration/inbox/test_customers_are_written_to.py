"""Customers whose promise breaks because of a mail: each gets one message, in their language, from the approved template."""

import json
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent.domain.decisions import Outcome, Proposal, ProposalState, Role
from agent.domain.impact import ImpactedOrder
from agent.domain.records import Record
from agent.jobs.mails import follow_mail
from agent.jobs.worker import propose_change, propose_edit
from agent.risk.causes import cause_of_purchase, snapshot_of_cause
from agent.risk.impact import impact
from agent.risk.taking import take_snapshot
from integrations.database.mail_inbox import PostgresInbox
from integrations.database.proposal_desk import PostgresProposalDesk
from tests.fixtures.arriving import arrived, letter, made
from tests.fixtures.demo import DemoDatabase, DemoErp
from tests.fixtures.filing import FilingOffice
from tests.fixtures.packaged_policy import PACKAGED_POLICY

LATE = datetime.now(UTC) + timedelta(days=21)
ITS_DATE = {"new_eta": {"value": LATE.date().isoformat(), "span": [0, 4]}}
Delays = list[tuple[Record, ImpactedOrder]]
"""Purchases, each with the order whose promise breaks when it comes in three weeks."""


@pytest.fixture
def office(demo_database: DemoDatabase, demo_erp: DemoErp) -> FilingOffice:
    asker, approver = demo_database.person("ana"), demo_database.person("olga", Role.OPS_MANAGER)
    return FilingOffice(demo_database, demo_erp, asker, approver)


@pytest.fixture
def delays(office: FilingOffice) -> Delays:
    """The first two break promises to one customer, the third one to a customer of another language."""
    found = defaultdict[int, Delays](list)
    for purchase, order in _breaking(office):
        mine = found[order.customer_id]
        mine.append((purchase, order))
        two = next((each for each in found.values() if len(each) > 1), None)
        others = [each[0] for each in found.values() if two and each[0][1].language not in (two[0][1].language, "en")]
        if two and two[0][1].language != "en" and others:
            return [*two, others[0]]
    raise AssertionError("no customer of the demo company waits for two purchases")


def _breaking(office: FilingOffice, comes: datetime | None = LATE) -> Iterator[tuple[Record, ImpactedOrder]]:
    reader, now = office.erp.reader, datetime.now(UTC)
    for name in sorted({line.order_name for line in take_snapshot(reader, now).purchase_lines}):
        [record] = reader.find_by_number("purchase.order", [name])[name]
        cause = cause_of_purchase(reader, record)
        for order in impact(snapshot_of_cause(reader, cause, now), PACKAGED_POLICY, cause, comes).orders:
            if order.endangered:
                yield record, order


def comes(office: FilingOffice, delays: Delays, number: int = 1, **what: Any) -> None:
    links = [{"model": one.model, "id": one.id, "name": one.name, "confidence": 0.95} for one, _ in delays]
    arrived(office.database, letter(number), made(**{"links": links, "fields": ITS_DATE, **what}))


def followed(office: FilingOffice, mail: int = 1) -> dict[str, Any]:
    inbound = office.database.inbound(office.asker, f'{{"mail": {mail}}}', kind="mail_follow")
    follow_mail(inbound, office.worker, PostgresInbox(office.database.pool("worker")))
    row: dict[str, Any] = office.answer(inbound)["follow"]
    return row


def offered(office: FilingOffice, mail: int = 1) -> list[dict[str, Any]]:
    return [draft for offer in followed(office, mail)["offers"] for draft in offer["drafts"]]


def asked(office: FilingOffice, mail: int = 1) -> str:
    text = f'{{"customers_of": {mail}, "reason": "The vendor is late."}}'
    inbound = office.database.inbound(office.asker, text, kind="propose")
    propose_change(inbound, office.worker)
    return str(office.answer(inbound).get("answer") or office.answer(inbound))


def waiting(office: FilingOffice) -> list[Proposal]:
    return PostgresProposalDesk(office.database.pool("worker")).proposals([ProposalState.PENDING], 100)[::-1]


def sent(office: FilingOffice) -> list[tuple[list[str], str]]:
    with office.database.connect("admin") as connection:
        return connection.execute("SELECT sent_to, body FROM demo.note WHERE sent_to IS NOT NULL ORDER BY id").fetchall()


def test_each_customer_gets_one_message_in_their_language_about_all_their_orders(office: FilingOffice, delays: Delays) -> None:
    comes(office, delays)
    drafts = offered(office)
    (_, first), (_, second), (_, other) = delays
    assert {tuple(sorted(draft["orders"])) for draft in drafts} == {
        tuple(sorted([first.order.name, second.order.name])),
        (other.order.name,),
    }
    assert {draft["template"] for draft in drafts} == {f"customer delay, version 1 ({one.language})" for one in (first, other)}
    ranked = sorted([first, second, other], key=lambda order: (-order.score, order.order.name))
    assert drafts[0]["customer"] == ranked[0].customer_name, "who loses most first"
    assert waiting(office) == [], "nothing is proposed by asking"
    said = asked(office)
    assert "Proposed as G1, one request of 2 lines: Tell 2 customers of delays that M1 announces" in said
    proposals = waiting(office)
    assert [one.content.arguments["text"] for one in proposals] == [draft["text"] for draft in drafts]
    assert {one.group_id for one in proposals} == {1}
    for proposal in proposals:
        assert office.carried_out(office.granted(proposal)) is Outcome.DONE
    assert [(to, body) for to, body in sent(office)] == [
        ([email for _, email in one.content.before["to"]], one.content.arguments["text"]) for one in proposals
    ]


def test_no_vendor_price_colleague_or_other_customer_is_named(office: FilingOffice, delays: Delays) -> None:
    comes(office, delays)
    with office.database.connect("admin") as connection:
        partners = [name for (name,) in connection.execute("SELECT name FROM demo.partner").fetchall()]
        staff = [name for (name,) in connection.execute("SELECT DISTINCT salesperson FROM demo.sale_order").fetchall()]
    for draft in offered(office):
        assert [name for name in (*partners, *staff) if name and name in draft["text"]] == []
        assert not any(sign in draft["text"] for sign in ("€", "EUR", "M1", *(purchase.name for purchase, _ in delays)))
        assert LATE.date().isoformat() in draft["text"]


def test_nobody_is_told_twice_of_the_same_delay_and_whoever_was_turned_down_is_asked_for_again(
    office: FilingOffice, delays: Delays
) -> None:
    comes(office, delays)
    asked(office)
    found = followed(office)
    assert [draft for offer in found["offers"] for draft in offer["drafts"]] == []
    (_, first), *_ = delays
    words = f"{first.customer_name} was told, or is about to be, that {first.order.name} is expected on {LATE.date()}."
    assert words in found["left_out"]
    assert "Nothing is proposed: no customer has to be written to because of M1." in asked(office)
    one, two = waiting(office)
    office.rejected(one)
    assert [draft["text"] for draft in offered(office)] == [one.content.arguments["text"]]
    assert office.carried_out(office.granted(two)) is Outcome.DONE
    comes(office, delays, 2)
    assert [draft["text"] for draft in offered(office, 2)] == [one.content.arguments["text"]], "nor because of another mail"


def test_two_who_ask_at_the_same_moment_have_each_customer_told_once(office: FilingOffice, delays: Delays) -> None:
    comes(office, delays)
    text = '{"customers_of": 1, "reason": "The vendor is late."}'
    questions = [office.database.inbound(office.asker, text, kind="propose") for _ in range(2)]
    worker = office.worker
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda question: propose_change(question, worker), questions))
    said = [str(office.answer(question)) for question in questions]
    assert sum("Proposed as G" in one for one in said) == 1, said
    assert len(waiting(office)) == 2


def test_the_database_takes_no_second_message_about_a_delay_whoever_asks(office: FilingOffice, delays: Delays) -> None:
    comes(office, delays[2:])
    asked(office)
    [first] = waiting(office)
    text = {"text": "Once more: it is late."}
    wanted = {"action": "send_customer_update", "arguments": first.content.arguments | text, "reason": "To be sure."}
    inbound = office.database.inbound(office.asker, json.dumps(wanted), kind="propose")
    propose_change(inbound, office.worker)
    name = first.content.subject.name
    assert f"The customer of {name} was told of this delay, or is about to be, with P{first.id}" in str(office.answer(inbound))
    office.rejected(first)
    again = office.database.inbound(office.asker, json.dumps(wanted), kind="propose")
    propose_change(again, office.worker)
    assert [one.content.arguments["text"] for one in waiting(office)] == ["Once more: it is late."]


def test_a_date_that_comes_back_is_told_again_and_the_last_one_told_is_not(office: FilingOffice, delays: Delays) -> None:
    for number, days in enumerate((0, 4, 0), 1):
        day = (LATE + timedelta(days=days)).date().isoformat()
        comes(office, delays[2:], number, fields={"new_eta": {"value": day, "span": [0, 4]}})
        assert "Proposed as G" in asked(office, number)
        [proposal] = waiting(office)
        assert "Nothing is proposed" in asked(office, number), "it is about to be told"
        assert office.carried_out(office.granted(proposal)) is Outcome.DONE
        assert day in sent(office)[-1][1]
        assert "Nothing is proposed" in asked(office, number), "it was told"
    assert len(sent(office)) == 3


def test_a_text_that_an_approver_edited_is_shown_as_edited_and_counts_as_told(office: FilingOffice, delays: Delays) -> None:
    comes(office, delays[2:])
    asked(office)
    [first] = waiting(office)
    wanted = {"proposal": first.id, "sha256": first.sha256, "changes": {"text": "Sorry."}, "reason": "Shorter."}
    propose_edit(office.database.inbound(office.approver, json.dumps(wanted), kind="edit"), office.worker)
    [edited] = waiting(office)
    assert edited.content.preview.changes[1].after.endswith("edited by a person")
    assert edited.content.arguments["text"] == "Sorry."
    assert offered(office) == []


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({"flags": ["hidden_text"]}, "M1 is suspicious, so no customer is written to"),
        ({"trust": "fail"}, "M1 is suspicious"),
        ({"class": "automated_noise"}, "M1 is noise"),
    ],
)
def test_no_customer_is_written_to_because_of_a_mail_that_cannot_be_trusted(
    office: FilingOffice, delays: Delays, what: dict[str, Any], words: str
) -> None:
    comes(office, delays[2:], **what)
    assert offered(office) == []
    assert any(words in why for why in followed(office)["left_out"])
    assert words in asked(office)
    assert waiting(office) == []


def test_candidates_lead_to_nothing(office: FilingOffice, delays: Delays) -> None:
    comes(office, delays[2:])
    links = [{"model": one.model, "id": one.id, "name": one.name, "confidence": 0.4} for one, _ in delays]
    arrived(office.database, letter(2), made(candidates=links, fields=ITS_DATE))
    assert "M2 is linked to nothing" in asked(office, 2)
    assert waiting(office) == []


def test_a_mail_without_a_date_has_its_sender_asked_before_customers_are_told(office: FilingOffice) -> None:
    comes(office, [next(_breaking(office, None))], fields={})
    assert offered(office) == []
    assert any("M1 names no new date, so no customer is written to" in why for why in followed(office)["left_out"])


@pytest.mark.parametrize(("day", "words"), [("2020-01-03", "is past"), ("2099-12-31", "is too far away")])
def test_a_day_on_which_nothing_comes_is_neither_told_nor_entered(
    office: FilingOffice, delays: Delays, day: str, words: str
) -> None:
    comes(office, delays, fields={"new_eta": {"value": day, "span": [0, 4]}})
    found = followed(office)
    assert [offer["action"] for offer in found["offers"] if offer["action"] != "file_mail"] == []
    assert [words in why for why in found["left_out"]] == [True]
    assert "Nothing is proposed" in asked(office)


def test_a_customer_without_an_address_is_left_out_and_said(office: FilingOffice, delays: Delays) -> None:
    comes(office, delays)
    (_, first), _, (_, other) = delays
    with office.database.connect("admin") as connection:
        connection.execute("UPDATE demo.partner SET email = '' WHERE id = %s", [first.customer_id])
    found = followed(office)
    assert [draft["customer"] for offer in found["offers"] for draft in offer["drafts"]] == [other.customer_name]
    assert any(f"The ERP has no mail address for {first.customer_name}" in why for why in found["left_out"])


def test_a_new_promise_for_the_day_that_is_told_does_not_stop_the_message(office: FilingOffice, delays: Delays) -> None:
    """Both follow from one mail; what is carried out first is chance."""
    comes(office, delays[2:])
    asked(office)
    [proposal] = waiting(office)
    order = delays[2][1].order
    office.erp.writer.set_promise_date(order, LATE + timedelta(days=1))
    assert office.carried_out(office.granted(proposal)) is Outcome.DONE


def test_who_may_not_handle_mails_has_nobody_written_to(office: FilingOffice, delays: Delays) -> None:
    comes(office, delays[2:])
    office.asker = office.database.person("audrey", Role.AUDITOR)
    assert "may not" in asked(office)
    assert waiting(office) == []
