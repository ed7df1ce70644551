"""Draft a credit note for an invoice, and cancel the draft."""

from typing import Any

from pydantic import Field

from agent.actions.base import AnyTime, Arguments, Effect
from agent.actions.post_note import MARKER
from agent.actions.wording import clean_text
from agent.domain.decisions import Change, Preview, ProposalContent, Subject
from agent.domain.order_numbers import spellings
from agent.domain.order_terms import CreditNote, Invoice
from agent.domain.sales import Customer
from agent.errors import PreconditionFailed, RecordMissing
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter

MODEL = "account.move"
InvoiceNumber = Field(min_length=1, max_length=64, description="Number of the posted invoice, like INV/2026/00042")


class CreateCreditNote(Arguments):
    invoice: str = InvoiceNumber
    grounds: str = Field(min_length=1, max_length=120, description="What the credit note says it is for; the customer reads it")


class CancelCreditNote(Arguments):
    invoice: str = InvoiceNumber
    marker: str = Field(pattern=MARKER, description="The mark that stands behind the credit note's reference")


class CreateCreditNoteAction(AnyTime):
    """A draft over the whole invoice: finance lowers it where less is owed, and posts it or not."""

    name = "create_credit_note"
    description = "Draft a credit note over a whole posted invoice, for finance to check and post."
    undo = "the draft is cancelled, as long as it was not posted"
    arguments = CreateCreditNote
    lost_answer = "marker: the invoice's credit notes are searched for it; one on its way is waited for before another is sent"
    repeatable = False
    editable = ("grounds",)

    def prepare(self, arguments: CreateCreditNote, reader: ErpReader) -> ProposalContent:
        invoice, customer = _invoice(arguments.invoice, reader)
        if invoice.state != "posted":
            raise PreconditionFailed(f"{invoice.name} is not posted, so it can be changed itself.")
        alive = [note for note in reader.credit_notes(invoice.id, "") if note.state != "cancel"]
        if alive:
            raise PreconditionFailed(f"{invoice.name} has a credit note already ({alive[0].name}, {alive[0].state}).")
        grounds = clean_text(arguments.grounds).replace("\n", " ")
        if not grounds:
            raise PreconditionFailed("Say what the credit note is for.")
        preview = Preview(
            title=f"Draft a credit note of {invoice.total} for {customer.name} ({invoice.name})",
            changes=(Change(label="Credit note", before="none", after=f"draft of {invoice.total}: {grounds}"),),
            consequence=f"{customer.name} ({customer.segment}) gets {invoice.total} back once finance posts the draft; "
            f"{invoice.name} is {invoice.paid.replace('_', ' ')}. Nothing is booked before that.",
            undo="The draft is cancelled, as long as it was not posted.",
        )
        given = {"invoice": invoice.name, "grounds": grounds}
        return _content(self.name, invoice, given, {"state": invoice.state}, _facts(invoice, customer), preview)

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        writer.draft_credit_note(content.subject.record, content.arguments["grounds"], marker)

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        return Effect.DONE if reader.credit_notes(content.subject.id, marker) else Effect.BEFORE

    def verified(self, content: ProposalContent) -> str:
        return f"Read back: {content.subject.name} has a draft credit note."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return CancelCreditNoteAction.name, {"invoice": content.subject.name, "marker": marker}


class CancelCreditNoteAction(AnyTime):
    """A transition of a draft."""

    name = "cancel_credit_note"
    description = "Cancel a draft credit note that was proposed here."
    undo = "irreversible"
    arguments = CancelCreditNote
    lost_answer = "state: the credit note is read; it is cancelled, or still a draft"
    repeatable = True
    editable = ()

    def prepare(self, arguments: CancelCreditNote, reader: ErpReader) -> ProposalContent:
        invoice, customer = _invoice(arguments.invoice, reader)
        note = _note(reader, invoice.id, arguments.marker)
        if note is None:
            raise PreconditionFailed(f"{invoice.name} has no credit note with that mark.")
        if note.state != "draft":
            state = "cancelled already" if note.state == "cancel" else "posted, so only accounting can reverse it"
            raise PreconditionFailed(f"The credit note of {invoice.name} is {state}.")
        preview = Preview(
            title=f"Cancel the draft credit note of {note.total} for {customer.name} ({invoice.name})",
            changes=(Change(label="Credit note", before=f"draft of {note.total}", after="cancelled"),),
            consequence=f"{customer.name} ({customer.segment}) does not get {note.total} back.",
            undo="irreversible",
        )
        given = {"invoice": invoice.name, "marker": arguments.marker}
        before = {"state": note.state, "credit_note_id": note.id, "total": str(note.total)}
        return _content(self.name, invoice, given, before, _facts(invoice, customer), preview)

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        named = Subject(model=MODEL, id=content.before["credit_note_id"], name=f"the credit note of {content.subject.name}")
        writer.cancel_credit_note(named.record)

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        note = _note(reader, content.subject.id, content.arguments["marker"])
        if note is not None and note.state == "cancel":
            return Effect.DONE
        return Effect.BEFORE if note is not None and note.state == "draft" else Effect.OTHER

    def verified(self, content: ProposalContent) -> str:
        return f"Read back: the credit note of {content.subject.name} is cancelled."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return None


def _invoice(number: str, reader: ErpReader) -> tuple[Invoice, Customer]:
    """Raises RecordMissing, and PreconditionFailed when two companies use the same number."""
    found = reader.customer_invoices(spellings(number))
    if not found:
        raise RecordMissing("There is no customer invoice of that number, or its company may not be read.")
    if len(found) > 1:
        raise PreconditionFailed(f"There are {len(found)} invoices {found[0].name}; credit the right one in the ERP.")
    customers = reader.customers([found[0].customer_id])
    if not customers:
        raise RecordMissing(f"The customer of {found[0].name} cannot be read, so nobody can tell who would have to approve.")
    return found[0], customers[0]


def _note(reader: ErpReader, invoice_id: int, marker: str) -> CreditNote | None:
    return next(iter(reader.credit_notes(invoice_id, marker)), None)


def _facts(invoice: Invoice, customer: Customer) -> dict[str, Any]:
    return {
        "amount": f"{invoice.total.amount:f}",
        "currency": invoice.total.currency,
        "segment": customer.segment.value,
        "customer": customer.name,
        "paid": invoice.paid,
    }


def _content(
    action: str, invoice: Invoice, given: dict[str, Any], before: dict[str, Any], facts: dict[str, Any], preview: Preview
) -> ProposalContent:
    subject = Subject(model=MODEL, id=invoice.id, name=invoice.name)
    return ProposalContent(action=action, subject=subject, arguments=given, before=before, facts=facts, preview=preview)
