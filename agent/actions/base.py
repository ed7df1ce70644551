"""What an action has to bring."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field

from agent.domain.decisions import ProposalContent
from agent.domain.order_numbers import no_such_order, spellings
from agent.domain.sales import Customer, SaleOrder
from agent.errors import PreconditionFailed, RecordMissing
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter


class Effect(StrEnum):
    """What reading back shows."""

    BEFORE = "before"
    """Nothing has changed yet; a write on its way may still arrive."""
    DONE = "done"
    OTHER = "other"
    """Neither as before nor as proposed."""
    UNSEEN = "unseen"
    """Nothing is there. Before anything was sent that is as before; after it, somebody may have deleted what was made."""


class HasState(Protocol):
    @property
    def state(self) -> str: ...


def effect_on_state(now: HasState | None, content: ProposalContent, reached: Collection[str]) -> Effect:
    """Of a change that leads from the state that was approved to one of `reached`. None: the record is gone."""
    if now is None:
        return Effect.OTHER
    if now.state in reached:
        return Effect.DONE
    return Effect.BEFORE if now.state == content.before["state"] else Effect.OTHER


class Arguments(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


NOT_CONFIRMED = {
    "draft": "is still a quotation; confirm it first",
    "sent": "is still a quotation; confirm it first",
    "cancel": "is cancelled",
    "done": "is closed",
}

A = TypeVar("A", bound=Arguments)
OrderNumber = Annotated[str, Field(min_length=1, max_length=64, description="Number of the sale order, like S00042")]


class Action(Protocol[A]):
    """One kind of change. Stateless; everything it needs is in the content and the ERP."""

    name: str
    description: str
    """One sentence: what it does, as a warehouse lead would say it."""
    undo: str
    """How it is taken back, as a clause without a full stop; or the word `irreversible`."""
    arguments: type[A]
    lost_answer: str
    """In words: how it is found out whether a write without an answer took effect."""
    repeatable: bool
    """Sending twice leaves the same as sending once, so a lost write need not be waited for.

    What no reading can tell: our write arrived and somebody put the old value back before we looked. It would be set again.
    """

    @property
    def editable(self) -> Sequence[str]:
        """Names of the arguments that an approver may change, which makes a new revision."""

    def prepare(self, arguments: A, reader: ErpReader) -> ProposalContent:
        """The exact change. Knows no clock: the same ERP state gives the same bytes, which the executor relies on.

        Raises PreconditionFailed and RecordMissing, and what the reader raises.
        """

    def check_time(self, content: ProposalContent, now: datetime) -> None:
        """Raises PreconditionFailed when asking for this now makes no sense. Not asked of an undo, nor at execution."""

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        """Send the write, once. Raises what the writer raises."""

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        """Read back. The answer after a write, and the way to resolve a lost one."""

    def verified(self, content: ProposalContent) -> str:
        """What `Effect.DONE` means here, as a sentence for the outcome."""

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        """Name and arguments of the action that takes it back; None when it is irreversible."""


@runtime_checkable
class Telling(Protocol):
    """An action that has more to put down as evidence than what was read back."""

    def evidence(self, content: ProposalContent, marker: str) -> dict[str, Any]: ...


class AnyTime:
    """Asking for it makes sense at any time."""

    def check_time(self, content: ProposalContent, now: datetime) -> None:
        """Nothing here depends on the present."""


def find_order(name: str, reader: ErpReader) -> SaleOrder:
    """Raises RecordMissing, and PreconditionFailed when two companies use the same number."""
    orders = reader.sale_orders(spellings(name))
    orders = [order for order in orders if order.name == name] or orders
    if not orders:
        raise RecordMissing(no_such_order(name))
    if len(orders) > 1:
        raise PreconditionFailed(f"There are {len(orders)} orders {name}; open the right one in the ERP and change it there.")
    return orders[0]


def find_customer(order: SaleOrder, reader: ErpReader) -> Customer:
    """Raises RecordMissing: without the customer no policy can tell who may approve."""
    customers = reader.customers([order.customer_id])
    if not customers:
        raise RecordMissing(f"The customer of {order.name} cannot be read, so nobody can tell who would have to approve.")
    return customers[0]
