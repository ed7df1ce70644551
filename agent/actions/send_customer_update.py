"""Tell a customer something in words that were reviewed; of orders that come late, in those of the approved template."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

from agent.actions.base import Arguments, OrderNumber
from agent.actions.delay_letter import LateGoods, delay_letter, letter_template
from agent.actions.goods import listed, total
from agent.actions.on_order import OneOrder, OnOrder, confirmed, on_order
from agent.actions.post_note import visible
from agent.actions.send_message import Sending, addressees, changes_of, people_before
from agent.actions.touched import touched
from agent.actions.wording import clean_text, moment
from agent.domain.contacts import Contact
from agent.domain.decisions import Change, Preview, ProposalContent
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader

NAME = "send_customer_update"
LONGEST = 10_000
#: Orders that one message is about.
MOST_ORDERS = 10


class LateOrder(Arguments):
    """An order that one message is about, with the moments in the warehouse's own time zone: their days are told."""

    order: OrderNumber
    promised: AwareDatetime = Field(description="The promise that cannot be kept")
    expected: AwareDatetime | None = Field(default=None, description="When the goods are expected to leave; null: nobody knows")
    lines: tuple[int, ...] = Field(min_length=1, max_length=200, description="Ids of the order lines that wait")


class SendCustomerUpdate(OneOrder):
    text: Annotated[str, Field(max_length=LONGEST), AfterValidator(visible)] | None = Field(
        default=None,
        description="The whole message, plain text, as the customer will read it; of `delays` the approved text when left out",
    )
    delays: tuple[LateOrder, ...] = Field(
        default=(),
        max_length=MOST_ORDERS,
        description="This order and others of the same customer, all of which come late; left out for any other message",
    )


@dataclass(frozen=True, slots=True)
class _Late:
    on: OnOrder
    goods: LateGoods


class SendCustomerUpdateAction(Sending):
    name = NAME
    description = "Send the customer of an order a message by mail."
    arguments = SendCustomerUpdate

    def prepare(self, arguments: SendCustomerUpdate, reader: ErpReader) -> ProposalContent:
        if arguments.delays:
            return _about_delays(arguments, reader)
        if arguments.text is None:
            raise PreconditionFailed(f"{NAME} needs its text; `expediter actions {NAME}` shows its arguments.")
        on = on_order(arguments.order, reader)
        people = addressees(on.order.record, reader)
        facts = on.facts(recipients=len(people))
        changes = changes_of(people, arguments.text)
        return on.content(
            NAME, {"text": arguments.text}, people_before(people), facts, _preview(on, people, on.order.name, changes)
        )

    def check_time(self, content: ProposalContent, now: datetime) -> None:
        for late in content.arguments.get("delays", ()):
            expected = datetime.fromisoformat(late["expected"]) if late["expected"] else None
            if expected is not None and expected.date() < now.astimezone(expected.tzinfo).date():
                raise PreconditionFailed(f"{expected.date()} is past; nobody is told that {late['order']} comes then.")


def _about_delays(arguments: SendCustomerUpdate, reader: ErpReader) -> ProposalContent:
    """The text is written here, of what the ERP says: whoever asks chooses neither words nor facts, but may edit the text."""
    late = [_late(one, reader) for one in arguments.delays]
    first, names = late[0].on, [one.on.order.name for one in late]
    people = addressees(first.order.record, reader)
    _check_together(arguments.order, late, people, reader)
    wording = letter_template(people[0].language)
    approved = clean_text(delay_letter(wording, [one.goods for one in late]))
    text = arguments.text or approved
    template = f"{wording}{'' if text == approved else ', edited by a person'}"
    # By its name in the ERP, however it was written: by that the database knows what a customer was told.
    delays = [each.model_dump(mode="json") | {"order": name} for each, name in zip(arguments.delays, names, strict=True)]
    given = {"text": text, "delays": delays}
    facts = {**first.facts(recipients=len(people)), "order_value": _worth(late)}
    told = [f"{one.on.order.name}: {', '.join(one.goods.goods)}" for one in late]
    to, message = changes_of(people, text)
    preview = _preview(first, people, listed(names), (to, Change(label="Template", before="none", after=template), message))
    content = first.content(NAME, given, {**people_before(people), "template": template, "late": told}, facts, preview)
    return content.model_copy(update={"touches": touched((), [one.on.order.id for one in late[1:]])})


def _late(late: LateOrder, reader: ErpReader) -> _Late:
    """Raises PreconditionFailed for what is not late any more, or not as it would be told."""
    on = confirmed(late.order, reader, locked=True)
    order, promise = on.order, on.order.promise_date
    if late.expected is not None and late.expected.date() <= late.promised.date():
        raise PreconditionFailed(f"{order.name} is expected before its promise ends; there is no delay to tell.")
    # A colleague may have promised the new date meanwhile: what the message says stays true.
    moved = promise is not None and late.expected is not None and promise >= late.expected
    if promise != late.promised and not moved:
        raise PreconditionFailed(f"{order.name} is promised for {moment(promise)} now, not for {moment(late.promised)}.")
    lines = {line.id: line for line in reader.sale_order_lines([order.id]) if line.goods and line.outstanding}
    waiting = tuple(lines[key] for key in late.lines if key in lines)
    if not waiting:
        raise PreconditionFailed(f"Of what {order.name} waited for, nothing is left to deliver.")
    expected = late.expected.date() if late.expected else None
    return _Late(on, LateGoods(order, late.promised.date(), expected, waiting))


def _check_together(order: str, late: Sequence[_Late], people: Sequence[Contact], reader: ErpReader) -> None:
    """Raises PreconditionFailed where somebody would read of an order that is not theirs."""
    first = late[0].on
    if order != first.order.name or len({one.on.order.id for one in late}) < len(late):
        raise PreconditionFailed(
            f"A message about delays stands on the first of its orders, {first.order.name}, and names each once."
        )
    for other in [one.on for one in late[1:]]:
        if other.customer.id != first.customer.id:
            raise PreconditionFailed(f"{other.order.name} is not of {first.customer.name}; its customer is told separately.")
        if {one.id for one in addressees(other.order.record, reader)} != {one.id for one in people}:
            raise PreconditionFailed(f"Others read what is sent about {other.order.name}; tell of it separately.")


def _worth(late: Sequence[_Late]) -> str:
    """Of all the orders. Raises PreconditionFailed."""
    worth = total([one.on.order.amount for one in late])
    if worth is None:
        raise PreconditionFailed(
            "The orders are in several currencies, so nobody can tell who would have to approve; tell of each."
        )
    return f"{worth.amount:f}"


def _preview(on: OnOrder, people: Sequence[Contact], about: str, changes: tuple[Change, ...]) -> Preview:
    return Preview(
        title=f"Write to {people[0].name} about {about}",
        changes=changes,
        consequence=f"{on.who} reads it; what was sent cannot be called back.",
        undo="irreversible",
    )
