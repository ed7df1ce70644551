"""An ERP and a desk kept in memory, for trying every way in which an execution can go wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from agent.domain.decisions import (
    Decision,
    Grant,
    Person,
    Proposal,
    ProposalContent,
    ProposalState,
    Provenance,
    Role,
    Verdict,
)
from agent.domain.money import Money
from agent.domain.records import Record
from agent.domain.sales import Customer, SaleOrder, Segment
from agent.errors import ErpAnswerLost, ErpRefused, ErpUnavailable

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class ProcessDied(BaseException):
    """Not an Exception: nothing in the process can catch its own death."""


class Clock:
    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


@dataclass
class Crashes:
    """Names of the points at which the process dies, each once."""

    at: set[str] = field(default_factory=set)

    def pass_by(self, point: str) -> None:
        if point in self.at:
            self.at.discard(point)
            raise ProcessDied(point)


class Answer(StrEnum):
    """What becomes of one write."""

    OK = "ok"
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    LOST_APPLIED = "lost_applied"
    LOST_NEVER = "lost_never"
    LOST_LATE = "lost_late"
    """Takes effect `late_by` after the client gave up."""
    IGNORED = "ignored"
    """The ERP says yes and something of its own puts the old value back."""


def order(**changes: Any) -> SaleOrder:
    base = SaleOrder(
        id=42,
        name="S00042",
        customer_id=7,
        customer_name="Acme",
        state="sale",
        ordered_at=NOW - timedelta(days=10),
        promise_date=datetime(2026, 11, 20, 17, 0, tzinfo=UTC),
        amount=Money(Decimal("4200.00"), "EUR"),
        warehouse_id=1,
        complete=False,
        locked=False,
        customer_reference=None,
        salesperson=None,
    )
    return replace(base, **changes)


def customer(segment: Segment = Segment.STANDARD) -> Customer:
    return Customer(7, "Acme", segment, "en", None, None)


@dataclass
class Erp:
    """Reader and writer in one. `effects` lists every write that took effect, in order."""

    clock: Clock
    crashes: Crashes = field(default_factory=Crashes)
    orders: dict[str, SaleOrder] = field(default_factory=lambda: {"S00042": order()})
    customers_by_id: dict[int, Customer] = field(default_factory=lambda: {7: customer()})
    answers: list[Answer] = field(default_factory=list)
    late_by: timedelta = timedelta(minutes=5)
    read_takes: timedelta = timedelta(0)
    readable: bool = True
    notes: list[str] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)
    on_their_way: list[tuple[datetime, Callable[[], None]]] = field(default_factory=list)

    def sale_orders(self, names: Sequence[str]) -> list[SaleOrder]:
        self._read()
        return [self.orders[name] for name in names if name in self.orders]

    def customers(self, ids: Sequence[int]) -> list[Customer]:
        self._read()
        return [self.customers_by_id[id] for id in ids if id in self.customers_by_id]

    def note_exists(self, record: Record, marker: str) -> bool:
        self._read()
        return any(marker in note for note in self.notes)

    def note_text(self, record: Record, marker: str) -> str | None:
        self._read()
        own = [note.removesuffix(f" [{marker}]") for note in self.notes if note.endswith(f"[{marker}]")]
        return " ".join(own[0].split()) if len(own) == 1 else None

    def _read(self) -> None:
        self.crashes.pass_by("reading")
        if not self.readable:
            raise ErpUnavailable("The ERP does not answer; try again later.")
        self.clock.advance(self.read_takes)
        self.arrive()

    def arrive(self) -> None:
        """Let writes on their way take effect when their time has come."""
        due = [write for at, write in self.on_their_way if at <= self.clock()]
        self.on_their_way = [(at, write) for at, write in self.on_their_way if at > self.clock()]
        for write in due:
            write()

    def meanwhile(self) -> None:
        """What people and customers do while we look elsewhere: here the order grows by one."""
        order = self.orders["S00042"]
        self.orders["S00042"] = replace(order, amount=order.amount + Money(Decimal(1), "EUR"))

    def set_promise_date(self, order: Record, promise_date: datetime) -> None:
        self._write(lambda: self._promise(order.name, promise_date))

    def clear_promise_date(self, order: Record) -> None:
        self._write(lambda: self._promise(order.name, None))

    def post_note(self, record: Record, text: str, marker: str) -> None:
        self._write(lambda: self._append_note(f"{text} [{marker}]"))

    def strike_note(self, record: Record, marker: str, text: str) -> None:
        self._write(lambda: self._replace_note(marker, f"{text} [{marker}]"))

    def _write(self, take_effect: Callable[[], None]) -> None:
        self.crashes.pass_by("before the write is sent")
        answer = self.answers.pop(0) if self.answers else Answer.OK
        match answer:
            case Answer.REFUSED:
                raise ErpRefused("The order is locked.")
            case Answer.NOT_SENT:
                raise ErpUnavailable("The ERP cannot be reached; nothing was sent.")
            case Answer.OK | Answer.LOST_APPLIED:
                take_effect()
            case Answer.LOST_LATE:
                self.on_their_way.append((self.clock() + self.late_by, take_effect))
        self.crashes.pass_by("after the write was sent")
        if answer in (Answer.LOST_APPLIED, Answer.LOST_LATE, Answer.LOST_NEVER):
            raise ErpAnswerLost("The ERP did not answer in time; whether the change was made has to be looked up.")

    def _promise(self, name: str, promise_date: datetime | None) -> None:
        self.orders[name] = replace(self.orders[name], promise_date=promise_date)
        self.effects.append(f"{name} promised for {promise_date}")

    def _append_note(self, note: str) -> None:
        self.notes.append(note)
        self.effects.append(note)

    def _replace_note(self, marker: str, note: str) -> None:
        self.notes = [note if marker in old else old for old in self.notes]
        self.effects.append(note)


def person(id: int, handle: str, *roles: Role) -> Person:
    return Person(id, handle, handle.title(), f"{handle}@example.com", frozenset(roles))


ASKER = person(1, "ana", Role.OPS_AGENT)
SALES = person(2, "sam", Role.SALES_MANAGER)
OPS = person(3, "olga", Role.OPS_MANAGER)
LEAD = person(4, "walt", Role.WAREHOUSE_LEAD)


def proposal_of(content: ProposalContent, **changes: Any) -> Proposal:
    base = Proposal(
        id=12,
        content=content,
        sha256=content.sha256(),
        asker=ASKER,
        rationale="the vendor is late",
        provenance=Provenance("rules"),
        inverse_of=None,
        created_at=NOW,
        expires_at=NOW + timedelta(days=2),
        state=ProposalState.PENDING,
    )
    return replace(base, **changes)


def approval(proposal: Proposal, approver: Person, step: int = 0, **changes: Any) -> Decision:
    at = proposal.created_at + timedelta(minutes=len(proposal.decisions) + 1)
    base = Decision(proposal.id, step, approver, Verdict.APPROVE, "ok", proposal.sha256, "v1", "small-slip", at)
    return replace(base, **changes)


def approved(proposal: Proposal, *approvers: Person) -> Proposal:
    """The proposal with one approval a step."""
    for step, approver in enumerate(approvers):
        proposal = replace(proposal, decisions=(*proposal.decisions, approval(proposal, approver, step)))
    return proposal


def grant_of(proposal: Proposal, lasts: timedelta = timedelta(hours=24)) -> Grant:
    return Grant(5, proposal.id, proposal.sha256, "v1", NOW, NOW + lasts)
