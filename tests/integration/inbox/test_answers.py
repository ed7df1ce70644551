"""An approved answer goes out once, to one address, whatever dies, is refused or is lost on the way."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP
from typing import Any, cast

import pytest

from agent.domain.decisions import Outcome, Role
from agent.domain.letters import Outgoing
from agent.errors import DatabaseUnavailable, MailboxUnavailable, PreconditionFailed
from agent.ports.mail_sending import MailSender, SendingLog
from integrations.database.execution_control import PostgresExecutionControl
from integrations.database.letters import PostgresSendingLog
from tests.fixtures.answering import DRAFT, AnsweringOffice, rule_for
from tests.fixtures.dovecot import mail
from tests.fixtures.smtp import Mishap, SmtpServer


class Died(BaseException):
    """A process that is no more."""


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
