"""Leave an internal note on an order, and take it back."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from agent.actions.base import AnyTime, Arguments, Effect, OrderNumber, find_customer, find_order
from agent.actions.wording import clean_text
from agent.domain.decisions import Change, Preview, ProposalContent, Subject
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter

MARKER = r"^expediter-p\d+-[0-9a-f]{12}$"
MAX_LENGTH = 2000


def visible(text: str) -> str:
    """Cleaned. Raises ValueError when nothing is left."""
    cleaned = clean_text(text)
    if not cleaned:
        raise ValueError("the note has no text")
    return cleaned


NoteText = Annotated[str, Field(max_length=MAX_LENGTH), AfterValidator(visible)]


class PostNote(Arguments):
    order: OrderNumber
    text: NoteText = Field(description="Plain text for colleagues; the customer does not see it")


class StrikeNote(Arguments):
    order: OrderNumber
    marker: str = Field(pattern=MARKER, description="The mark that stands in small print below the note")
    text: NoteText = Field(description="What the note says")


class PostNoteAction(AnyTime):
    """A chatter note that carries the grant's marker."""

    name = "post_note"
    description = "Leave an internal note on a sale order, for colleagues only."
    undo = "the note is marked as taken back"
    arguments = PostNote
    lost_answer = "marker: the order's notes are searched for it; one on its way is waited for before another is sent"
    repeatable = False
    editable = ("text",)

    def prepare(self, arguments: PostNote, reader: ErpReader) -> ProposalContent:
        order = find_order(arguments.order, reader)
        customer = find_customer(order, reader)
        return ProposalContent(
            action=self.name,
            subject=Subject(model=order.record.model, id=order.id, name=order.name),
            arguments={"order": order.name, "text": arguments.text},
            before={"customer": customer.name, "segment": customer.segment.value},
            facts={"segment": customer.segment.value, "length": len(arguments.text)},
            preview=Preview(
                title=f"Note on {order.name} ({customer.name})",
                changes=(Change(label="Internal note", before="none", after=arguments.text),),
                consequence=f"Colleagues who open {order.name} read the note; {customer.name} does not.",
                undo="The note is marked as taken back; it stays readable.",
            ),
        )

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        writer.post_note(content.subject.record, content.arguments["text"], marker)

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        return Effect.DONE if reader.note_exists(content.subject.record, marker) else Effect.BEFORE

    def verified(self, content: ProposalContent) -> str:
        return f"Read back: {content.subject.name} carries the note."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return StrikeNoteAction.name, {"order": content.subject.name, "marker": marker, "text": content.arguments["text"]}


class StrikingNote(AnyTime):
    """Takes a note back: its text is replaced by one that says so."""

    lost_answer = "absolute value: the record's notes are searched for the marker that only the struck note carries"
    repeatable = True
    editable = ()

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        note = content.arguments
        writer.strike_note(content.subject.record, note["marker"], f"{struck(note['text'])} ({marker})")

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        if reader.note_exists(content.subject.record, marker):
            return Effect.DONE
        there = reader.note_exists(content.subject.record, content.arguments["marker"])
        return Effect.BEFORE if there else Effect.OTHER

    def verified(self, content: ProposalContent) -> str:
        return f"Read back: the note on {content.subject.name} is marked as taken back."


class StrikeNoteAction(StrikingNote):
    """The note's text is replaced by one that says so; its own marker stands in the new text, so that it can be found."""

    name = "strike_note"
    description = "Take back a note that was posted on a sale order; it stays readable as taken back."
    undo = "the note is posted again"
    arguments = StrikeNote

    def prepare(self, arguments: StrikeNote, reader: ErpReader) -> ProposalContent:
        order = find_order(arguments.order, reader)
        check_words(order.name, arguments.text, reader.note_text(order.record, arguments.marker))
        customer = find_customer(order, reader)
        return ProposalContent(
            action=self.name,
            subject=Subject(model=order.record.model, id=order.id, name=order.name),
            arguments={"order": order.name, "marker": arguments.marker, "text": arguments.text},
            before={"customer": customer.name, "segment": customer.segment.value, "note": arguments.text},
            facts={"segment": customer.segment.value, "length": len(arguments.text)},
            preview=Preview(
                title=f"Take back a note on {order.name} ({customer.name})",
                changes=(Change(label="Internal note", before=arguments.text, after=struck(arguments.text)),),
                consequence=f"Colleagues who open {order.name} see that the note no longer holds.",
                undo="The note is posted again.",
            ),
        )

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return PostNoteAction.name, {"order": content.subject.name, "text": content.arguments["text"]}


def check_words(name: str, said: str, now: str | None) -> None:
    """What the approver is shown, and what will stand in the note, is what it really says. Raises PreconditionFailed."""
    if now is None:
        raise PreconditionFailed(f"The note is no longer on {name}, so there is nothing to take back.")
    if now != " ".join(said.split()):
        raise PreconditionFailed(f"The note on {name} no longer says what was posted; take it back in the ERP.")


def struck(text: str) -> str:
    """What a note says once it was taken back."""
    return f"Taken back; it said: {text}"
