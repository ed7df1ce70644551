"""The linked mails of a day are put on what they are about as one group: asked for once, decided at once or line by line."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from agent.actions.file_mail import NAME
from agent.domain.decisions import Outcome, ProposalState, Role
from agent.jobs.worker import propose_change
from integrations.database.proposal_desk import PostgresProposalDesk
from tests.fixtures.arriving import arrived, letter, made
from tests.fixtures.demo import DemoDatabase, DemoErp
from tests.fixtures.filing import FilingOffice


@pytest.fixture
def office(demo_database: DemoDatabase, demo_erp: DemoErp) -> FilingOffice:
    asker, approver = demo_database.person("ana"), demo_database.person("olga", Role.OPS_MANAGER)
    return FilingOffice(demo_database, demo_erp, asker, approver)


def links(office: FilingOffice, *situations: str) -> list[dict[str, Any]]:
    found = [office.erp.reader.open_sale_orders([office.erp.situations[each]])[0].record for each in situations]
    return [{"model": one.model, "id": one.id, "name": one.name, "confidence": 0.95} for one in found]


def asked(office: FilingOffice, day: date | None = None) -> dict[str, Any]:
    """Of the day of the office on which the mails of the test came, unless another is given."""
    came = office.database.one("admin", "SELECT max(received_at) FROM mail").astimezone(office.worker.policy.inbox.hours.zone)
    text = f'{{"mails_of": "{day or came.date()}", "reason": "They are about it."}}'
    inbound = office.database.inbound(office.asker, text, kind="propose")
    propose_change(inbound, office.worker)
    return office.answer(inbound)


def lines(office: FilingOffice) -> list[tuple[str, str]]:
    desk = PostgresProposalDesk(office.database.pool("worker"))
    found = sorted(desk.proposals([ProposalState.PENDING], 100), key=lambda one: one.id)
    return [(one.content.before["label"], one.content.subject.name) for one in found]


def test_each_linked_mail_is_a_line_for_each_record_and_candidates_are_none(office: FilingOffice) -> None:
    two, one = links(office, "healthy", "no_supply"), links(office, "dozens")
    arrived(office.database, letter(1), made(links=two))
    arrived(office.database, letter(2), made(links=[], candidates=one))
    arrived(office.database, letter(3), made(links=one))
    answer = asked(office)["answer"]
    assert lines(office) == [("M1", two[0]["name"]), ("M1", two[1]["name"]), ("M3", one[0]["name"])]
    assert "Proposed as G1, one request of 3 lines: Put 2 mails of" in answer
    assert office.database.one("admin", "SELECT count(DISTINCT group_id) FROM proposal") == 1
    desk = PostgresProposalDesk(office.database.pool("worker"))
    for proposal in desk.proposals([ProposalState.PENDING], 100):
        assert office.carried_out(office.granted(proposal)) is Outcome.DONE
    assert office.database.one("admin", "SELECT count(*) FROM demo.note_file") == 3


def test_what_waits_or_hangs_there_is_not_asked_for_again_and_what_was_turned_down_is(office: FilingOffice) -> None:
    arrived(office.database, letter(1), made(links=links(office, "healthy")))
    asked(office)
    assert "Nothing is proposed: no mail of" in asked(office)["answer"]
    [proposal] = PostgresProposalDesk(office.database.pool("worker")).proposals([ProposalState.PENDING], 100)
    assert office.carried_out(office.granted(proposal)) is Outcome.DONE
    assert "Nothing is proposed" in asked(office)["answer"]
    arrived(office.database, letter(2), made(links=links(office, "dozens")))
    asked(office)
    [other] = PostgresProposalDesk(office.database.pool("worker")).proposals([ProposalState.PENDING], 100)
    office.rejected(other)
    assert "Proposed as G" in asked(office)["answer"]


def test_mails_of_another_day_are_left_alone(office: FilingOffice) -> None:
    arrived(office.database, letter(1), made(links=links(office, "healthy")))
    tomorrow = datetime.now(UTC).date() + timedelta(days=2)
    assert f"no mail of {tomorrow} is linked" in asked(office, tomorrow)["answer"]
    assert lines(office) == []


def test_a_suspicious_mail_and_a_record_that_is_gone_are_left_out_and_said(office: FilingOffice) -> None:
    gone = {"model": "sale.order", "id": 999_999, "name": "S99999", "confidence": 0.95}
    arrived(office.database, letter(1), made(links=links(office, "healthy"), flags=["hidden_text"]))
    arrived(office.database, letter(2), made(links=[gone, *links(office, "dozens")]))
    answer = asked(office)["answer"]
    assert [mail for mail, _ in lines(office)] == ["M2"]
    assert "- not M1 on" in answer
    assert "M1 carries hidden text" in answer
    assert "- not M2 on S99999: There is no sale order, purchase or delivery S99999" in answer


def test_who_may_not_handle_mails_has_none_put_anywhere(office: FilingOffice) -> None:
    arrived(office.database, letter(1), made(links=links(office, "healthy")))
    office.asker = office.database.person("audrey", Role.AUDITOR)
    assert "may not" in str(asked(office))
    assert office.database.one("admin", "SELECT count(*) FROM proposal WHERE action = %s", NAME) == 0
