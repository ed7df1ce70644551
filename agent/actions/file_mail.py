"""Put a mail of the shared inbox on the record that it is about, as a note with the mail attached; and take the note back."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from pydantic import Field

from agent.actions.any_record import KINDS, find_record
from agent.actions.base import Action, AnyTime, Arguments, Effect
from agent.actions.filing import check_filed, fileable, hangs_there
from agent.actions.post_note import MARKER, NoteText, StrikingNote, check_words, struck
from agent.domain.decisions import Change, Preview, ProposalContent, Subject
from agent.domain.letters import Letter
from agent.domain.mail_files import RecordFile, file_name, is_file_of, is_whole, sha1_of
from agent.domain.records import Record
from agent.errors import (
    DatabaseUnavailable,
    ErpUnavailable,
    NotPermitted,
    PreconditionFailed,
    RecordMissing,
    SendingNotAllowed,
)
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter
from agent.ports.mail_files import MailFiles
from agent.ports.mail_sending import Letters

NAME, STRIKE = "file_mail", "strike_filed_mail"
RECORD = Field(min_length=1, max_length=64, description="Number of a sale order, a purchase or a delivery, like P00042")
MAIL = Field(ge=1, le=2**53, description="Number of the mail, like 12")


class FileMail(Arguments):
    mail: int = MAIL
    record: str = RECORD
    text: NoteText = Field(description="Plain text for colleagues, above the mail; nobody outside sees it")


class StrikeFiledMail(Arguments):
    mail: int = MAIL
    record: str = RECORD
    marker: str = Field(pattern=MARKER, description="The mark that stands in small print below the note")
    text: NoteText = Field(description="What the note says")


class FileMailAction(AnyTime):
    """Of mails that triage or a person linked, usually. The bytes that are attached are those of the hash that was approved."""

    name = NAME
    description = "Put a mail of the inbox on an order, a purchase or a delivery: a note for colleagues, with the mail attached."
    undo = "the note is marked as taken back; the mail stays attached"
    arguments = FileMail
    lost_answer = (
        "marker: the record's notes are searched for it and what hangs there is compared; "
        "one on its way is waited for before another is sent"
    )
    repeatable = False
    editable = ("text",)

    def __init__(self, letters: Letters | None = None, files: MailFiles | None = None) -> None:
        """Who only checks arguments needs neither."""
        self._letters, self._files = letters, files

    def prepare(self, arguments: FileMail, reader: ErpReader) -> ProposalContent:
        if self._letters is None:
            raise PreconditionFailed("Mails are put on records through the server only.")
        letter = self._letters.letter(arguments.mail)
        fileable(letter)
        record = find_record(arguments.record, reader)
        owner, content = reader.partner_of_record(record), self._raw(letter.id)
        whose = f"{record.name} ({owner.name})" if owner else record.name
        return ProposalContent(
            action=NAME,
            subject=Subject(model=record.model, id=record.id, name=record.name),
            arguments={"mail": letter.id, "record": record.name, "text": arguments.text},
            before=_before(letter, content, owner),
            facts=_facts(letter, record, arguments.text),
            preview=Preview(
                title=f"Put {letter.label} from {letter.sender or 'no single sender'} on {whose}",
                changes=(
                    Change(label="Internal note", before="none", after=arguments.text),
                    Change(label="Attached", before="none", after=f"{_name(letter)}, {_size(content)}{_lacking(content)}"),
                ),
                consequence=f"Colleagues who open {record.name} read the note and the mail; nobody outside does.",
                undo="The note is marked as taken back; the mail stays attached.",
            ),
        )

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        try:
            raw = self._raw(content.arguments["mail"])
        except (NotPermitted, PreconditionFailed, RecordMissing) as refused:
            raise SendingNotAllowed(str(refused)) from refused
        check_filed(content, raw)
        file = RecordFile(content.before["file"], raw)
        writer.post_note_with_file(content.subject.record, content.arguments["text"], marker, file)

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        record = content.subject.record
        if not reader.note_exists(record, marker):
            return Effect.BEFORE
        return Effect.DONE if hangs_there(content, reader.note_files(record, marker)) else Effect.OTHER

    def verified(self, content: ProposalContent) -> str:
        return (
            f"Read back: {content.subject.name} carries the note with {content.before['label']} attached, "
            f"all {content.before['bytes']} bytes of {'it' if content.before['whole'] else 'what was taken in of it'}."
        )

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return STRIKE, {**content.arguments, "marker": marker}

    def _raw(self, mail_id: int) -> bytes:
        if self._files is None:
            raise PreconditionFailed("Mails are put on records through the server only.")
        try:
            return self._files.content(mail_id)
        except DatabaseUnavailable as away:
            raise ErpUnavailable(str(away)) from away


class StrikeFiledMailAction(StrikingNote):
    """The note's text is replaced by one that says so. Nothing is deleted: what hangs on it stays."""

    name = STRIKE
    description = "Take back the note with which a mail was put on a record; it stays readable as taken back."
    undo = "the mail is put on the record again"
    arguments = StrikeFiledMail

    def prepare(self, arguments: StrikeFiledMail, reader: ErpReader) -> ProposalContent:
        record = find_record(arguments.record, reader)
        check_words(record.name, arguments.text, reader.note_text(record, arguments.marker))
        if not any(is_file_of(f"M{arguments.mail}", file) for file in reader.note_files(record, arguments.marker)):
            raise PreconditionFailed(f"M{arguments.mail} does not hang on that note on {record.name}; say the mail that does.")
        return ProposalContent(
            action=STRIKE,
            subject=Subject(model=record.model, id=record.id, name=record.name),
            arguments=arguments.model_dump() | {"record": record.name},
            before={"note": arguments.text},
            facts={"kind": KINDS[record.model], "length": len(arguments.text)},
            preview=Preview(
                title=f"Take back the note about M{arguments.mail} on {record.name}",
                changes=(Change(label="Internal note", before=arguments.text, after=struck(arguments.text)),),
                consequence=f"Colleagues who open {record.name} see that the mail does not belong there; it stays attached.",
                undo="The mail is put on the record again.",
            ),
        )

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return NAME, {name: content.arguments[name] for name in ("mail", "record", "text")}


#: For whoever checks arguments.
FILING: Mapping[str, Action[Any]] = {NAME: FileMailAction(), STRIKE: StrikeFiledMailAction()}


def _name(letter: Letter) -> str:
    return file_name(letter.label, letter.subject)


def _size(content: bytes) -> str:
    return f"{len(content) / 1000:.0f} kB" if len(content) >= 1000 else f"{len(content)} bytes"


def _lacking(content: bytes) -> str:
    return "" if is_whole(content) else ", without the large files, which stay in the mailbox"


def _before(letter: Letter, content: bytes, owner: Record | None) -> dict[str, Any]:
    return {
        "label": letter.label,
        "sender": letter.sender,
        "partner": owner.name if owner else None,
        "file": _name(letter),
        "bytes": len(content),
        "whole": is_whole(content),
        "sha256": sha256(content).hexdigest(),
        "sha1": sha1_of(content),
    }


def _facts(letter: Letter, record: Record, text: str) -> dict[str, Any]:
    return {
        "kind": KINDS[record.model],
        "mail_class": str(letter.mail_class),
        "trust": letter.trust.value,
        "length": len(text),
    }
