"""Tell a vendor something, in words that were reviewed; and what every message to an outside person shares."""

from decimal import Decimal
from typing import Any

from pydantic import Field

from agent.actions.base import AnyTime, Arguments, Effect
from agent.actions.finding import only
from agent.actions.money_named import in_words, money_named
from agent.actions.post_note import NoteText
from agent.domain.contacts import Contact
from agent.domain.decisions import Change, Preview, ProposalContent, Subject
from agent.domain.money import Money
from agent.domain.order_numbers import spellings
from agent.domain.records import Record
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter

TEXT = Field(description="The whole message, plain text, as the other side will read it")


class Sending(AnyTime):
    """A message on the record, which the ERP mails to the people that it names itself."""

    name: str
    undo = "irreversible"
    lost_answer = "marker: the record's messages are searched for it; one on its way is waited for before another is sent"
    repeatable = False
    editable: tuple[str, ...] = ("text",)

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        to = [Contact(key, "", email) for key, email in content.before["to"]]
        writer.send_message(content.subject.record, to, content.arguments["text"], marker)

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        return Effect.DONE if reader.note_exists(content.subject.record, marker) else Effect.BEFORE

    def verified(self, content: ProposalContent) -> str:
        return f"Read back: the message stands on {content.subject.name}, and the ERP sends it."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return None


class SendVendorMessage(Arguments):
    purchase: str = Field(min_length=1, max_length=64, description="Number of the purchase, like P00042")
    text: NoteText = TEXT
    cost: Decimal = Field(
        default=Decimal(0),
        ge=0,
        max_digits=10,
        decimal_places=2,
        description="What the message offers to pay beyond the purchase, such as an expedite fee, in the purchase's currency",
    )


class SendVendorMessageAction(Sending):
    name = "send_vendor_message"
    description = "Send the vendor of a purchase a message by mail, such as a reminder or a request to expedite."
    arguments = SendVendorMessage
    editable = ("text", "cost")

    def prepare(self, arguments: SendVendorMessage, reader: ErpReader) -> ProposalContent:
        numbered = reader.find_by_number("purchase.order", spellings(arguments.purchase)).values()
        record = only([found for each in numbered for found in each], "purchase", arguments.purchase)
        people = addressees(record, reader)
        purchase = next(iter(reader.purchases([record.id])), None)
        if purchase is None:
            raise PreconditionFailed(f"{record.name} is finished or cancelled; there is nothing left to write about.")
        currency = purchase.amount.currency
        _check_offer(arguments.text, Money(arguments.cost, currency))
        offer = f" and offers {arguments.cost:.2f} {currency}" if arguments.cost else ""
        preview = Preview(
            title=f"Write to {people[0].name} about {record.name}{offer}",
            changes=changes_of(people, arguments.text),
            consequence=f"{purchase.vendor_name} reads it{offer}; what was sent cannot be called back.",
            undo="irreversible",
        )
        facts = {
            "cost": f"{arguments.cost:f}", "currency": currency, "vendor": purchase.vendor_name, "recipients": len(people),
        }  # fmt: skip
        given = {"purchase": record.name, "text": arguments.text, "cost": f"{arguments.cost:f}"}
        subject = Subject(model=record.model, id=record.id, name=record.name)
        return ProposalContent(
            action=self.name, subject=subject, arguments=given, before=people_before(people), facts=facts, preview=preview
        )


def _check_offer(text: str, cost: Money) -> None:
    """What is approved is the stated cost, so the words may offer no more than that."""
    if words := in_words(text):
        raise PreconditionFailed(f"The message says `{words}`; write amounts of money in digits, and state them as the cost.")
    for named in money_named(text):
        if named.within(cost):
            continue
        stated = f"the stated cost is {cost}" if cost.amount else "no cost is stated"
        raise PreconditionFailed(
            f"The message names {named.text}, and {stated}; state as cost, in {cost.currency}, what the message offers to pay, "
            "or leave the amount out."
        )


def addressees(record: Record, reader: ErpReader) -> list[Contact]:
    """Raises PreconditionFailed when the one who is meant cannot be mailed."""
    people = reader.addressees(record)
    if not people or not people[0].email:
        who = people[0].name if people else "whom it is from"
        raise PreconditionFailed(f"The ERP has no mail address for {who}, so nothing about {record.name} can be sent.")
    return [people[0], *(person for person in people[1:] if person.email)]


def people_before(people: list[Contact]) -> dict[str, Any]:
    return {"to": [[person.id, person.email] for person in people], "recipients": [str(person) for person in people]}


def changes_of(people: list[Contact], text: str) -> tuple[Change, Change]:
    to = ", ".join(map(str, people))
    return (Change(label="To", before="none", after=to), Change(label="Message", before="none", after=text))
