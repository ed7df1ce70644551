"""What keeps an approved answer back: another answer, a sender's share of the day, and what no program gets around."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from agent.actions.answerable import MOST_A_DAY
from agent.actions.dry_run import dry_run
from agent.domain.decisions import Outcome
from agent.errors import NotPermitted
from integrations.database.letters import PostgresLetters, PostgresSendingLog
from integrations.database.proposal_desk import PostgresProposalDesk
from tests.fixtures.answering import DRAFT, ERP, AnsweringOffice, rule_for
from tests.fixtures.dovecot import mail
from tests.fixtures.packaged_policy import PACKAGED_POLICY
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.turns import utc_now

# Approved means still true


def test_an_answer_from_the_mailbox_meanwhile_stops_ours(office: AnsweringOffice) -> None:
    office.received(mail(1))
    grant = office.granted(office.proposed())
    colleague = mail(9)
    colleague["In-Reply-To"] = "<1@vendor.example>"
    office.inbox.deliver(colleague, folder="Sent")
    assert office.carried_out(grant) is Outcome.REFUSED_STALE
    assert "Somebody answered M1 from the mailbox already" in office.detail()
    assert office.smtp.taken == []


def test_of_two_approved_answers_to_one_mail_one_is_sent(office: AnsweringOffice) -> None:
    office.received(mail(1))
    grants = [office.granted(office.proposed(text=text)) for text in ("One.", "Two.")]
    assert [office.carried_out(grant) for grant in grants] == [Outcome.DONE, Outcome.REFUSED_STALE]
    assert len(office.smtp.taken) == 1


def test_a_sender_gets_four_answers_in_a_day_and_no_fifth(office: AnsweringOffice) -> None:
    office.received(*(mail(number) for number in range(1, 6)))
    grants = [office.granted(office.proposed(number)) for number in range(1, 6)]
    outcomes = [office.carried_out(grant) for grant in grants]
    assert outcomes == [Outcome.DONE] * 4 + [Outcome.REFUSED_STALE]
    assert "4 answers in 24 hours" in office.detail(5)
    assert len(office.smtp.taken) == MOST_A_DAY


def test_executors_that_send_at_once_do_not_send_a_fifth_either(office: AnsweringOffice) -> None:
    office.received(*(mail(number) for number in range(1, 9)))
    grants = [office.granted(office.proposed(number)) for number in range(1, 9)]
    with ThreadPoolExecutor(4) as executors:
        outcomes = list(executors.map(office.carried_out, grants))
    assert outcomes.count(Outcome.DONE) == MOST_A_DAY
    assert set(outcomes) <= {Outcome.DONE, Outcome.REFUSED_STALE, Outcome.FAILED}
    assert len(office.smtp.taken) == MOST_A_DAY


def begun(database: TestDatabase) -> None:
    """As an executor begins the newest grant without having looked at anything."""
    newest = "SELECT id, proposal_id, sha256 FROM approval_grant ORDER BY id DESC LIMIT 1"
    database.one("executor", f"INSERT INTO execution (grant_id, proposal_id, sha256) {newest}")
    database.one("executor", "INSERT INTO execution_attempt (execution_id, number) SELECT max(id), 1 FROM execution")
    database.one("executor", "INSERT INTO execution_sending (execution_id, number) SELECT max(id), 1 FROM execution")


def test_the_ledger_itself_counts_to_four(office: AnsweringOffice) -> None:
    office.received(*(mail(number) for number in range(1, 6)))
    grants = [office.granted(office.proposed(number)) for number in range(1, 6)]
    for grant in grants[:4]:
        assert office.carried_out(grant) is Outcome.DONE
    begun(office.database)
    with pytest.raises(NotPermitted, match=r"vera@vendor\.example got four answers in 24 hours"):
        PostgresSendingLog(office.database.pool("executor")).begin(grants[4].sha256)


def test_the_ledger_itself_lets_an_answer_begin_once(office: AnsweringOffice) -> None:
    office.received(mail(1))
    grant = office.granted(office.proposed())
    begun(office.database)
    log = PostgresSendingLog(office.database.pool("executor"))
    log.begin(grant.sha256)
    with pytest.raises(NotPermitted, match="M1 was answered, or may have been, with P1"):
        log.begin(grant.sha256)


def test_many_answers_before_a_mail_came_are_told_to_the_policy(office: AnsweringOffice) -> None:
    for number in range(1, 4):
        office.received(mail(number))
        assert office.answered(number) is Outcome.DONE
    office.received(mail(4))
    fourth = office.proposed(4)
    assert fourth.content.facts["answers_before"] == 3
    assert rule_for(fourth) == "answer-elsewhere"


def test_a_mailbox_that_nothing_is_sent_from_is_said(office: AnsweringOffice) -> None:
    office.received(mail(1))
    assert replace(office, mailbox="another").answered() is Outcome.REFUSED_STALE
    assert "Nothing is sent from mailbox logistics" in office.detail()


# What no program gets around


def refused(database: TestDatabase, role: Any, query: str, *arguments: Any) -> str:
    with pytest.raises(psycopg.Error) as refusal:
        database.one(role, query, *arguments)
    return str(refusal.value)


@pytest.mark.parametrize("role", ["serve", "worker"])
def test_only_the_executor_notes_that_it_sends(office: AnsweringOffice, role: str) -> None:
    said = refused(office.database, role, "INSERT INTO mail_sending (execution_id, number, stage) VALUES (1, 1, 'begun')")
    assert "permission denied" in said


def test_a_stolen_executor_notes_nothing_without_an_approved_answer(office: AnsweringOffice) -> None:
    database = office.database
    office.granted(database.proposal())
    begun(database)
    said = refused(database, "executor", "INSERT INTO mail_sending (execution_id, number, stage) VALUES (1, 1, 'begun')")
    assert "only by carrying out an approved answer" in said


def test_the_executor_does_not_see_what_a_mail_says(office: AnsweringOffice) -> None:
    office.received(mail(1))
    for statement in ("SELECT raw FROM mail", "SELECT said FROM mail_triage", "SELECT * FROM mail_triage"):
        assert "permission denied" in refused(office.database, "executor", statement)


@pytest.mark.parametrize("role", ["serve", "worker", "executor"])
def test_nobody_changes_or_removes_what_was_sent(office: AnsweringOffice, role: str) -> None:
    office.received(mail(1))
    office.answered()
    for statement in (
        "DELETE FROM mail_sending", "UPDATE mail_sending SET recipient = 'x'", "UPDATE mail_envelope SET thread = '{}'",
    ):  # fmt: skip
        assert "permission denied" in refused(office.database, role, statement)


def test_a_dry_run_says_what_would_be_sent_and_sends_nothing(office: AnsweringOffice) -> None:
    office.received(mail(1))
    proposal = office.proposed()
    pool = office.database.pool("worker")
    run = dry_run(proposal, ERP, PACKAGED_POLICY, utc_now(), letters=PostgresLetters(pool))
    assert [check.what for check in run.checks if not check.holds] == ["approvals"]
    assert run.sends == (f"send_mail(to vera@vendor.example, Re: Delivery 1: {DRAFT})",)
    assert office.smtp.taken == []
    assert PostgresProposalDesk(pool).proposal(proposal.id).state == "pending"


@pytest.mark.parametrize(("sender", "known"), [("vera@gmail.com", "known"), ("attacker@gmail.com", "unknown")])
def test_only_the_address_on_file_is_known_at_a_public_provider(office: AnsweringOffice, sender: str, known: str) -> None:
    message = mail(1)
    message.replace_header("From", sender)
    office.received(message)
    assert office.proposed().content.facts["sender"] == known
