"""An approved answer goes out once, to one address, whatever dies, is refused or is lost on the way."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP
from typing import Any, cast

import psycopg
import pytest

from agent.actions.answerable import MOST_A_DAY
from agent.actions.dry_run import dry_run
from agent.domain.decisions import Outcome, Proposal, Role
from agent.domain.letters import Outgoing
from agent.errors import DatabaseUnavailable, MailboxUnavailable, NotPermitted, PreconditionFailed
from agent.ports.mail_sending import MailSender, SendingLog
from integrations.database.execution_control import PostgresExecutionControl
from integrations.database.letters import PostgresLetters, PostgresSendingLog
from integrations.database.proposal_desk import PostgresProposalDesk
from tests.fixtures.answering import DRAFT, ERP, AnsweringOffice
from tests.fixtures.dovecot import TestInbox, mail
from tests.fixtures.packaged_policy import PACKAGED_POLICY
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.smtp import Mishap, SmtpServer
from tests.fixtures.turns import utc_now


class Died(BaseException):
    """A process that is no more."""


@pytest.fixture
def office(database: TestDatabase, shared_inbox: TestInbox, smtp: SmtpServer) -> AnsweringOffice:
    return AnsweringOffice.open(database, shared_inbox, smtp)


def rule_for(proposal: Proposal) -> str:
    return PACKAGED_POLICY.require("reply_to_mail", proposal.content.facts).rule


def test_an_approved_answer_is_sent_once_in_its_thread_and_kept_in_sent(office: AnsweringOffice) -> None:
    office.received(mail(1))
    grant = office.granted(office.proposed(text="Thank you. We tell our customers today."))
    assert office.carried_out(grant) is Outcome.DONE
    assert office.carried_out(grant) is None
    [sent] = office.smtp.mails
    assert office.smtp.recipients == ["vera@vendor.example"]
    assert (sent["Subject"], sent["In-Reply-To"]) == ("Re: Delivery 1", "<1@vendor.example>")
    assert sent.get_content().strip() == "Thank you. We tell our customers today."
    [(kept, flags)] = office.in_folder("Sent")
    copy = message_from_bytes(kept, policy=SMTP)
    assert (copy["Message-ID"], copy["X-Expediter-Action"]) == (sent["Message-ID"], sent["X-Expediter-Action"])
    assert rb"\Seen" in flags


def test_what_was_sent_is_kept_beside_what_was_drafted(office: AnsweringOffice) -> None:
    office.received(mail(1))
    said = DRAFT.replace("We look into it.", "We tell our customers.")
    office.answered(text=said)
    [answer] = office.shown().answers
    assert (answer.state, answer.to, answer.text, answer.draft) == ("done", "vera@vendor.example", said, DRAFT)
    assert answer.changed_percent == 33, "six of eighteen words, counted in both"
    evidence = office.database.one("admin", "SELECT evidence FROM execution_outcome")
    assert (evidence["draft"], evidence["sent"], evidence["changed_percent"]) == (DRAFT, said, 33)
    logged = office.database.one(
        "admin", "SELECT body::jsonb -> 'evidence' FROM audit_payload JOIN audit_entry ON id = entry_id"
        " WHERE kind = 'execution.finished'",
    )  # fmt: skip
    assert logged["sent"] == said


def test_an_answer_is_approved_by_whom_the_policy_names_and_shows_the_draft_beside_it(office: AnsweringOffice) -> None:
    office.received(mail(1))
    assert rule_for(office.proposed()) == "plain-answer"
    unchanged, edited = office.proposed().content, office.proposed(text="Other words.").content
    message = {change.label: change for change in unchanged.preview.changes}["Message"]
    assert (message.before, message.after) == ("as drafted", DRAFT)
    message = {change.label: change for change in edited.preview.changes}["Message"]
    assert (message.before, message.after) == (DRAFT, "Other words.")
    assert unchanged.preview.undo == "irreversible"


def test_words_that_name_money_and_senders_we_do_not_know_take_somebody_else(office: AnsweringOffice) -> None:
    stranger = mail(2)
    stranger.replace_header("From", "somebody@elsewhere.example")
    office.received(mail(1), stranger)
    assert rule_for(office.proposed(text="We pay 500 EUR.")) == "weighty-answer"
    assert rule_for(office.proposed(2)) == "answer-to-a-stranger"


@pytest.mark.parametrize(
    ("read", "said"),
    [
        ({"automatic": True, "class": "automated_noise", "draft": None}, "sent by a machine"),
        ({"automatic": True}, "sent by a machine"),
        ({"flags": ["bank_change"], "draft": None}, "carries bank change"),
        ({"trust": "fail"}, "forged"),
    ],
)
def test_a_mail_that_must_not_be_answered_is_not_even_proposed(office: AnsweringOffice, read: dict[str, Any], said: str) -> None:
    office.received(mail(1), **read)
    with pytest.raises(PreconditionFailed, match=said):
        office.proposed(text="Hello")


def test_a_hostile_reply_to_diverts_nothing_and_a_person_who_follows_it_is_a_manager(office: AnsweringOffice) -> None:
    diverted = mail(1)
    diverted["Reply-To"] = "Vera Vendor <vera@vendor-payments.example>"
    office.received(diverted)
    with pytest.raises(PreconditionFailed, match="say to which one it goes"):
        office.proposed()
    with pytest.raises(PreconditionFailed, match="is no address of M1"):
        office.proposed(to="crook@elsewhere.example")
    followed = office.proposed(to="vera@vendor-payments.example")
    assert rule_for(followed) == "answer-elsewhere"
    assert office.answered(to="vera@vendor.example") is Outcome.DONE
    assert office.smtp.recipients == ["vera@vendor.example"]
    assert office.smtp.mails[0]["To"] == "vera@vendor.example"


# Once


class DyingLog:
    """The process dies as it notes this, or after it did."""

    def __init__(self, log: SendingLog, at: str) -> None:
        self._log, self._at = log, at

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def noted(*said: Any) -> Any:
            if self._at == f"before {name}":
                raise Died
            result = getattr(self._log, name)(*said)
            if self._at == f"after {name}":
                raise Died
            return result

        return noted


@pytest.mark.parametrize("server_files", [False, True])
@pytest.mark.parametrize("point", ["before begin", "after begin", "before accepted", "after accepted"])
def test_whoever_dies_between_sending_and_recording_sends_at_most_one_mail_and_says_what_is_true(
    office: AnsweringOffice, point: str, server_files: bool
) -> None:
    office.received(mail(1))
    if server_files:
        office.server_files = True
        office.smtp.files = lambda raw: office.inbox.deliver(raw, folder="Sent")
    grant = office.granted(office.proposed())
    dying = replace(office, log=lambda log: cast(SendingLog, DyingLog(log, point)))
    with pytest.raises(Died):
        dying.carried_out(grant)
    outcome = office.carried_out(grant)
    sent = len(office.smtp.taken)
    # Where nobody files what the server took before we noted it, nothing can tell; a person looks, and nothing is sent again.
    told = {"before begin": (Outcome.DONE, 1), "after begin": (Outcome.UNCERTAIN, 0), "after accepted": (Outcome.DONE, 1)} | {
        "before accepted": (Outcome.DONE if server_files else Outcome.UNCERTAIN, 1)
    }
    assert (outcome, sent) == told[point]
    assert len(office.in_folder("Sent")) == (1 if outcome is Outcome.DONE else 0)
    assert office.carried_out(grant) is None
    assert len(office.smtp.taken) == sent


def test_a_process_that_died_is_followed_up_only_when_nothing_can_arrive_any_more(office: AnsweringOffice) -> None:
    office.received(mail(1))
    grant = office.granted(office.proposed())
    office.smtp.mishaps = [Mishap.GONE_AFTER]
    waiting = replace(office, in_flight=timedelta(minutes=10))
    assert waiting.carried_out(grant) is None
    assert waiting.carried_out(grant) is None
    assert office.carried_out(grant) is Outcome.UNCERTAIN
    assert len(office.smtp.taken) == 1
    assert "A person has to look at M1" in office.detail()


def test_an_answer_that_was_lost_is_found_where_the_server_files_it(office: AnsweringOffice) -> None:
    office.received(mail(1))
    office.server_files = True
    office.smtp.files = lambda raw: office.inbox.deliver(raw, folder="Sent")
    office.smtp.mishaps = [Mishap.GONE_AFTER]
    assert office.answered() is Outcome.DONE
    assert len(office.smtp.taken) == 1


def test_a_mail_that_may_have_been_answered_is_answered_again_only_after_somebody_looked(office: AnsweringOffice) -> None:
    office.received(mail(1))
    office.smtp.mishaps = [Mishap.GONE_BEFORE]
    grant = office.granted(office.proposed())
    assert [office.carried_out(grant) for _ in range(2)] == [None, Outcome.UNCERTAIN]
    with pytest.raises(PreconditionFailed, match="was answered, or may have been, with P1"):
        office.proposed(text="Again.")
    seen = PostgresExecutionControl(office.database.pool("serve"))
    seen.resolve(1, took_effect=False, person_id=office.database.person(None, Role.OPS_MANAGER).id, reason="Not in Sent.")
    assert office.answered(text="Again.") is Outcome.DONE
    assert len(office.smtp.taken) == 1


@pytest.mark.parametrize("mishap", [Mishap.NO_SUCH_ADDRESS, Mishap.REFUSED_WORDS])
def test_what_the_server_refuses_is_said_in_its_words_and_may_be_tried_anew(office: AnsweringOffice, mishap: Mishap) -> None:
    office.received(mail(1))
    office.smtp.mishaps = [mishap]
    assert office.answered() is Outcome.FAILED
    assert f"The mail server refused: 127.0.0.1 says {mishap.value[:3]}" in office.detail()
    assert office.answered(text="In other words.") is Outcome.DONE
    assert len(office.smtp.taken) == 1


@pytest.mark.parametrize("mishap", [Mishap.GREYLISTED, Mishap.LATER])
def test_a_server_that_wants_to_be_asked_later_is(office: AnsweringOffice, mishap: Mishap) -> None:
    office.received(mail(1))
    office.smtp.mishaps = [mishap]
    grant = office.granted(office.proposed())
    assert replace(office, in_flight=timedelta(minutes=10)).carried_out(grant) is None
    assert office.carried_out(grant) is Outcome.DONE
    assert len(office.smtp.taken) == 1


def test_servers_that_are_away_or_refuse_the_login_use_up_no_attempt(office: AnsweringOffice) -> None:
    office.received(mail(1))
    grant = office.granted(office.proposed())
    away = replace(office, smtp=SmtpServer(port=1))
    locked = replace(office, sender=lambda _: office.smtp_sender("wrong"))
    for _ in range(5):
        assert away.carried_out(grant) is None
        assert locked.carried_out(grant) is None
    assert office.database.one("admin", "SELECT count(*) FROM execution_attempt") == 0
    assert office.carried_out(grant) is Outcome.DONE


class WithoutCopies:
    """The Sent folder is out of reach once the mail is out."""

    def __init__(self, sender: MailSender) -> None:
        self._sender = sender

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sender, name)

    def file(self, mail: Outgoing) -> None:
        raise MailboxUnavailable("Sent cannot be reached.")


def test_a_copy_that_cannot_be_kept_does_not_make_the_answer_unsent(office: AnsweringOffice) -> None:
    office.received(mail(1))
    assert replace(office, sender=lambda sender: cast(MailSender, WithoutCopies(sender))).answered() is Outcome.DONE
    assert len(office.smtp.taken) == 1


class Forgetful(PostgresSendingLog):
    def accepted(self, sha256: str) -> None:
        raise DatabaseUnavailable("PostgreSQL does not answer.")


def test_where_the_ledger_is_away_after_sending_the_copy_in_sent_tells_it(office: AnsweringOffice) -> None:
    office.received(mail(1))
    grant = office.granted(office.proposed())
    pool = office.database.pool("executor")
    assert replace(office, log=lambda _: Forgetful(pool)).carried_out(grant) is None
    assert office.carried_out(grant) is Outcome.DONE
    assert len(office.smtp.taken) == 1


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
