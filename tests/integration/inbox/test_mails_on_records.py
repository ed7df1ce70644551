"""A mail is put on a record as was approved, its bytes unchanged, and the executor sees no mail but that one."""

from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import psycopg
import pytest

from agent.actions import marker_of, prepare
from agent.actions.file_mail import NAME, StrikeFiledMailAction
from agent.domain.decisions import Outcome, Role
from agent.domain.mail_files import BY_PARTS, NoteFile, RecordFile, sha1_of
from agent.domain.records import Record
from agent.errors import ErpAnswerLost, PreconditionFailed
from agent.jobs.mails import follow_mail
from agent.jobs.worker import propose_change, propose_inverse, try_out
from agent.ports.erp_writer import ErpWriter
from integrations.database.execution_desk import PostgresExecutionDesk
from integrations.database.mail_inbox import PostgresInbox
from integrations.database.proposal_desk import PostgresProposalDesk
from tests.fixtures.arriving import arrived, letter, made
from tests.fixtures.demo import DemoDatabase, DemoErp
from tests.fixtures.filing import NOTE, FilingOffice
from tests.fixtures.packaged_policy import PACKAGED_POLICY


@pytest.fixture
def office(demo_database: DemoDatabase, demo_erp: DemoErp) -> FilingOffice:
    asker, approver = demo_database.person("ana"), demo_database.person("olga", Role.OPS_MANAGER)
    return FilingOffice(demo_database, demo_erp, asker, approver)


def with_a_picture() -> EmailMessage:
    message = letter(1)
    message.add_attachment(bytes(range(256)) * 40, maintype="image", subtype="png", filename="pallet.png")
    return message


def test_an_approved_mail_hangs_on_its_order_byte_for_byte_and_once(office: FilingOffice) -> None:
    message = with_a_picture()
    arrived(office.database, message)
    proposal = office.proposed()
    assert PACKAGED_POLICY.require(NAME, proposal.content.facts).rule == "file-mail"
    grant = office.granted(proposal)
    assert office.carried_out(grant) is Outcome.DONE
    assert office.carried_out(grant) is None
    raw = message.as_bytes()
    assert office.hangs() == [NoteFile("M1 Delivery 1.eml", len(raw), sha1_of(raw))]
    assert f"with M1 attached, all {len(raw)} bytes of it" in office.detail(proposal)


def taken_by_parts(whole: EmailMessage) -> EmailMessage:
    message = EmailMessage()
    message[BY_PARTS] = "yes"
    for name in ("From", "To", "Subject", "Date", "Message-ID"):
        if whole[name]:
            message[name] = whole[name]
    message.set_content("It is late; see the drawing.")
    return message


def test_an_approver_is_told_when_files_of_a_large_mail_are_not_attached(office: FilingOffice) -> None:
    arrived(office.database, letter(1))
    assert "without" not in office.proposed().content.preview.changes[1].after
    arrived(office.database, taken_by_parts(letter(2)))
    proposal = office.proposed(mail=2)
    assert proposal.content.preview.changes[1].after.endswith(", without the large files, which stay in the mailbox")
    assert office.carried_out(office.granted(proposal)) is Outcome.DONE
    assert office.detail(proposal).endswith("bytes of what was taken in of it.")


class Losing:
    """A writer whose answer is lost, before or after the note arrived."""

    def __init__(self, writer: ErpWriter, *, arrives: bool) -> None:
        self._writer, self._arrives, self.calls = writer, arrives, 0

    def post_note_with_file(self, record: Record, text: str, marker: str, file: RecordFile) -> None:
        self.calls += 1
        if self._arrives:
            self._writer.post_note_with_file(record, text, marker, file)
        raise ErpAnswerLost("No answer.")


@pytest.mark.parametrize("arrives", [True, False])
def test_a_lost_answer_is_found_out_and_leaves_one_note(office: FilingOffice, arrives: bool) -> None:
    arrived(office.database, letter(1))
    grant = office.granted(office.proposed())
    first = office.carried_out(grant, Losing(office.erp.writer, arrives=arrives))
    assert first is (Outcome.DONE if arrives else None)
    assert office.carried_out(grant) is (None if arrives else Outcome.DONE)
    assert len(office.hangs()) == 1


class Changing:
    """What hangs there in the end is not what was sent: something between here and the ERP changed it."""

    def __init__(self, writer: ErpWriter) -> None:
        self._writer = writer

    def post_note_with_file(self, record: Record, text: str, marker: str, file: RecordFile) -> None:
        self._writer.post_note_with_file(record, text, marker, replace(file, content=file.content[:-1] + b"!"))


def test_a_mail_that_hangs_there_otherwise_than_approved_is_for_a_person(office: FilingOffice) -> None:
    arrived(office.database, letter(1))
    proposal = office.proposed()
    assert office.carried_out(office.granted(proposal), Changing(office.erp.writer)) is Outcome.UNCERTAIN
    assert "reading back does not show it" in office.detail(proposal)


def test_a_note_about_a_mail_is_taken_back_and_the_mail_stays(office: FilingOffice) -> None:
    arrived(office.database, letter(1))
    done = office.proposed()
    assert office.carried_out(office.granted(done)) is Outcome.DONE
    asked = office.database.inbound(office.asker, f"P{done.id}", kind="undo")
    propose_inverse(asked, office.worker)
    back = PostgresProposalDesk(office.database.pool("worker")).proposal(done.id + 1)
    assert back.content.action == StrikeFiledMailAction.name
    assert office.carried_out(office.granted(back)) is Outcome.DONE
    text = office.database.one("admin", "SELECT body FROM demo.note WHERE record_id = %s ORDER BY id DESC", office.order().id)
    assert text.startswith(f"Taken back; it said: {NOTE}")
    assert len(office.hangs()) == 1


def test_who_takes_a_note_back_cannot_say_that_it_is_about_another_mail(office: FilingOffice) -> None:
    arrived(office.database, letter(1))
    arrived(office.database, letter(2))
    done = office.proposed()
    assert office.carried_out(office.granted(done)) is Outcome.DONE
    name, arguments = office.worker.own[NAME].inverse(done.content, marker_of(done)) or ("", {})
    with pytest.raises(PreconditionFailed, match="M2 does not hang on that note"):
        prepare(name, arguments | {"mail": 2}, office.erp.reader, own=office.worker.own)
    assert prepare(name, arguments, office.erp.reader, own=office.worker.own).preview.title.startswith(
        "Take back the note about M1"
    )


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"flags": ["bank_change"]}, "M1 carries bank change"),
        ({"flags": ["injection_text"]}, "M1 carries injection text"),
        ({"trust": "fail"}, "is forged"),
        ({"class": "automated_noise"}, "M1 is noise"),
    ],
)
def test_what_may_be_a_trick_and_what_is_noise_is_put_nowhere(office: FilingOffice, row: dict[str, Any], words: str) -> None:
    arrived(office.database, letter(1), made(**row))
    with pytest.raises(PreconditionFailed, match=words):
        office.proposed()


def test_a_mail_whose_sender_is_said_to_be_forged_after_the_approval_is_not_put_there(office: FilingOffice) -> None:
    arrived(office.database, letter(1))
    proposal = office.proposed()
    grant = office.granted(proposal)
    said = {"kind": "corrected", "mail_class": "automated_noise"}
    office.database.one(
        "serve", "INSERT INTO mail_event (mail_id, kind, person_id, mail_class, reason) VALUES (1, %s, %s, %s, '')",
        said["kind"], office.asker.id, said["mail_class"],
    )  # fmt: skip
    assert office.carried_out(grant) is Outcome.REFUSED_STALE
    assert office.hangs() == []


def test_following_a_mail_offers_to_put_it_on_what_it_is_linked_to(office: FilingOffice) -> None:
    order = office.order()
    link = {"model": order.model, "id": order.id, "name": order.name, "confidence": 0.95}
    arrived(office.database, letter(1), made(links=[link]))
    asked = office.database.inbound(office.asker, '{"mail": 1}', kind="mail_follow")
    follow_mail(asked, office.worker, PostgresInbox(office.database.pool("worker")))
    [offer] = office.answer(asked)["follow"]["offers"]
    assert (offer["action"], offer["arguments"]["record"]) == (NAME, order.name)
    customer = office.erp.reader.partner_of_record(order)
    assert customer is not None
    assert offer["title"] == f"Put M1 from vera@vendor.example on {order.name} ({customer.name})"
    assert office.carried_out(office.granted(office.proposed())) is Outcome.DONE
    again = office.database.inbound(office.asker, '{"mail": 1}', kind="mail_follow")
    follow_mail(again, office.worker, PostgresInbox(office.database.pool("worker")))
    assert office.answer(again)["follow"]["offers"] == [], "it hangs there"
    text = f'{{"action": "{NAME}", "arguments": {{"mail": 1, "record": "{order.name}", "text": "See it."}}, "reason": "It is."}}'
    asked = office.database.inbound(office.asker, text, kind="propose")
    propose_change(asked, office.worker)
    assert office.database.one("admin", "SELECT action FROM proposal") == NAME, office.answer(asked)


def test_a_dry_run_names_the_file_and_not_its_bytes(office: FilingOffice) -> None:
    arrived(office.database, with_a_picture())
    proposal = office.proposed()
    asked = office.database.inbound(office.asker, str(proposal.id), kind="dry_run")
    try_out(asked, office.worker)
    [sent] = office.answer(asked)["dry_run"]["sends"]
    assert sent.startswith(f"post_note_with_file({office.order().name}, {NOTE}, expediter-p{proposal.id}-")
    assert sent.endswith(f"M1 Delivery 1.eml, {len(with_a_picture().as_bytes())} bytes)")
    assert office.hangs() == []


# What no program gets around


def refused(office: FilingOffice, role: Any, mail: int) -> str:
    with pytest.raises(psycopg.Error) as refusal:
        office.database.one(role, "SELECT mail_being_filed(%s)", mail)
    return str(refusal.value)


def test_a_stolen_executor_reads_no_mail_but_the_one_that_it_was_approved_to_put_somewhere(office: FilingOffice) -> None:
    arrived(office.database, letter(1))
    arrived(office.database, letter(2))
    assert "M1 is shown only to whoever carries out" in refused(office, "executor", 1)
    grant = office.granted(office.proposed())
    assert "M1 is shown only to whoever carries out" in refused(office, "executor", 1), "approved is not begun"
    PostgresExecutionDesk(office.database.pool("executor")).begin(grant)
    assert office.database.one("executor", "SELECT mail_being_filed(1)") == letter(1).as_bytes()
    assert "M2 is shown only" in refused(office, "executor", 2)
    assert office.carried_out(grant) is Outcome.DONE
    assert "M1 is shown only" in refused(office, "executor", 1), "it has ended"


@pytest.mark.parametrize("role", ["serve", "worker"])
def test_no_other_process_asks_for_a_mail_that_way(office: FilingOffice, role: str) -> None:
    arrived(office.database, letter(1))
    assert "permission denied" in refused(office, role, 1)
