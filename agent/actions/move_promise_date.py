"""Promise an order for another day."""

from datetime import UTC, date, datetime, time
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from agent.actions.base import NOT_CONFIRMED, Arguments, Effect, OrderNumber, find_customer, find_order
from agent.actions.wording import days, in_utc, moment, stored
from agent.domain.decisions import Change, Preview, ProposalContent, Subject
from agent.domain.sales import Customer, SaleOrder
from agent.errors import PreconditionFailed
from agent.guardrails.vocabulary import PromiseChange
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter

NOON = time(12, tzinfo=UTC)


class MovePromiseDate(Arguments):
    order: OrderNumber
    promise_date: Annotated[AwareDatetime | date | None, Field(union_mode="left_to_right")] = Field(
        description="The new promise: a date (the time of day stays) or a moment with its offset; null takes the promise away"
    )


class MovePromiseDateAction:
    """`commitment_date` of a confirmed sale order, set to an absolute moment."""

    name = "move_promise_date"
    description = "Promise a confirmed order for another day, or take its promise date away."
    undo = "the promise date goes back to what it was"
    arguments = MovePromiseDate
    lost_answer = "absolute value: the order's promise date is read; it is the old one, the new one, or somebody else's"
    repeatable = True
    editable = ("promise_date",)

    def prepare(self, arguments: MovePromiseDate, reader: ErpReader) -> ProposalContent:
        order = find_order(arguments.order, reader)
        target = _target(arguments.promise_date, order.promise_date)
        _check(order, target)
        customer = find_customer(order, reader)
        facts = _facts(order, customer, target)
        return ProposalContent(
            action=self.name,
            subject=Subject(model=order.record.model, id=order.id, name=order.name),
            arguments={"order": order.name, "promise_date": stored(target)},
            before=_before(order, customer),
            facts=facts,
            preview=_preview(order, customer, target, PromiseChange(facts["change"])),
        )

    def check_time(self, content: ProposalContent, now: datetime) -> None:
        target = _moment(content.arguments["promise_date"])
        if target is not None and target < now:
            raise PreconditionFailed(f"{moment(target)} is in the past; promise {content.subject.name} for a day to come.")

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        target = _moment(content.arguments["promise_date"])
        if target is None:
            writer.clear_promise_date(content.subject.record)
        else:
            writer.set_promise_date(content.subject.record, target)

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        now = next((order for order in reader.sale_orders([content.subject.name]) if order.id == content.subject.id), None)
        if now is None:
            return Effect.OTHER
        found = stored(now.promise_date)
        if found == content.arguments["promise_date"]:
            return Effect.DONE
        return Effect.BEFORE if found == content.before["promise_date"] else Effect.OTHER

    def verified(self, content: ProposalContent) -> str:
        target = _moment(content.arguments["promise_date"])
        if target is None:
            return f"Read back: {content.subject.name} has no promise date any more."
        return f"Read back: the promise date of {content.subject.name} is {moment(target)}."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return self.name, {"order": content.subject.name, "promise_date": content.before["promise_date"]}


def _target(wanted: datetime | date | None, old: datetime | None) -> datetime | None:
    """A bare date keeps the old promise's time of day in UTC; without an old one it means noon."""
    if wanted is None:
        return None
    if isinstance(wanted, datetime):
        return in_utc(wanted)
    return datetime.combine(wanted, old.astimezone(UTC).timetz() if old else NOON)


def _check(order: SaleOrder, target: datetime | None) -> None:
    if order.state != "sale":
        raise PreconditionFailed(f"{order.name} {NOT_CONFIRMED.get(order.state, f'is in state {order.state}')}.")
    if order.complete:
        raise PreconditionFailed(f"{order.name} is completely delivered; its promise date no longer matters.")
    if stored(target) == stored(order.promise_date):
        raise PreconditionFailed(f"{order.name} is already promised for {moment(target)}.")


def _before(order: SaleOrder, customer: Customer) -> dict[str, Any]:
    return {
        "promise_date": stored(order.promise_date),
        "state": order.state,
        "complete": order.complete,
        "locked": order.locked,
        "amount": f"{order.amount.amount:f}",
        "currency": order.amount.currency,
        "customer": customer.name,
        "segment": customer.segment.value,
    }


def _facts(order: SaleOrder, customer: Customer, target: datetime | None) -> dict[str, Any]:
    old = order.promise_date
    return {
        "change": _change(old, target).value,
        "days_slipped": _slip(old, target),
        "order_value": f"{order.amount.amount:f}",
        "currency": order.amount.currency,
        "segment": customer.segment.value,
        "customer": customer.name,
    }


def _change(old: datetime | None, target: datetime | None) -> PromiseChange:
    if target is None:
        return PromiseChange.CLEARED
    if old is None:
        return PromiseChange.FIRST
    return PromiseChange.LATER if target > old else PromiseChange.EARLIER


def _slip(old: datetime | None, target: datetime | None) -> int | None:
    """Calendar days (UTC) from the old promise to the new one; None when there is only one of them."""
    return (target.astimezone(UTC).date() - old.astimezone(UTC).date()).days if old and target else None


def _preview(order: SaleOrder, customer: Customer, target: datetime | None, change: PromiseChange) -> Preview:
    old, slip = order.promise_date, _slip(order.promise_date, target) or 0
    worth = f"{customer.name} ({customer.segment}), whose order {order.name} is worth {order.amount},"
    title, consequence = {
        PromiseChange.FIRST: (f"Promise {order.name} for the first time", f"{worth} gets a first promise."),
        PromiseChange.CLEARED: (f"Take the promise date of {order.name} away", f"{worth} has no promise any more."),
        PromiseChange.LATER: (f"Promise {order.name} {days(slip)} later", f"{worth} is promised it {days(slip)} later."),
        PromiseChange.EARLIER: (f"Promise {order.name} {days(slip)} earlier", f"{worth} is promised it {days(slip)} earlier."),
    }[change]
    return Preview(
        title=title,
        changes=(Change(label="Promise date", before=moment(old), after=moment(target)),),
        consequence=consequence,
        undo=f"The promise date goes back to {moment(old)}." if old else "The promise date is taken away again.",
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
