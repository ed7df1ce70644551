"""The log tells what mails were taken for, and what people did about them."""

from agent.domain.decisions import Outcome, Preview, ProposalContent, Subject
from agent.domain.mail import MailClass, Priority
from agent.domain.mail_threads import MailDeed, MailEventKind, ThreadState
from agent.guardrails.audit import story
from integrations.database.audit_log import PostgresAuditLog
from integrations.database.execution_desk import PostgresExecutionDesk
from integrations.database.mail_inbox import PostgresMailDesk
from tests.fixtures.arriving import arrived, letter, made
from tests.fixtures.ledger import granted
from tests.fixtures.postgres import TestDatabase

K = MailEventKind


def told(database: TestDatabase, mail_id: int) -> list[str]:
    """Without the times."""
    entries = PostgresAuditLog(database.pool("serve")).about(f"mail:{mail_id}")
    return [sentence.partition("UTC: ")[2] for sentence in story(entries)]


def test_a_mails_story_is_told_from_its_reading_to_its_end(database: TestDatabase) -> None:
    maria, bob = database.person("maria"), database.person("bob")
    desk = PostgresMailDesk(database.pool("serve"))
    link = {"model": "purchase.order", "id": 12, "name": "P00012", "confidence": 0.9}
    arrived(database, letter(1), made(links=[link], needs_person=True))
    desk.say(1, maria.id, MailDeed(K.TAKEN, owner_id=bob.id))
    corrected = MailDeed(K.CORRECTED, mail_class=MailClass.ORDER_CHANGE, priority=Priority.P1, reason="It cancels a line.")
    desk.say(1, bob.id, corrected)
    desk.say(1, bob.id, MailDeed(K.DONE))
    arrived(database, letter(2, "<1@vendor.example>"))
    assert told(database, 1) == [
        "M1 was read as delay notice, P3, about P00012; a person was to look: it says so.",
        "maria gave M1 to bob.",
        "bob corrected M1: order change, P1, saying “It cancels a line.”.",
        "bob said that M1 is done.",
    ]
    assert told(database, 2)[-1] == "another mail reopened M2, saying “Another mail of the same thread came.”."


def test_an_answer_that_went_out_stops_the_clock(database: TestDatabase) -> None:
    arrived(database, letter(1))
    content = ProposalContent(
        action="reply_to_mail", subject=Subject(model="mail", id=1, name="M1"), arguments={"mail": 1, "text": "Thank you."},
        before={"to": "vera@vendor.example"}, facts={},
        preview=Preview(title="Answer M1", changes=(), consequence="It is sent.", undo="irreversible"),
    )  # fmt: skip
    grant = granted(database, database.proposal(content=content))
    executor = PostgresExecutionDesk(database.pool("executor"))
    executor.finish(executor.begin(grant)[0], Outcome.DONE, "It was sent.", {})
    shown = PostgresMailDesk(database.pool("serve")).mail(1)
    assert shown.state is ThreadState.ANSWERED
    assert shown.thread is not None
    assert shown.thread.due_at is None
    assert f"an approved answer answered M1 with P{grant.proposal_id}." in told(database, 1)
