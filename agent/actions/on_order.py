"""What actions on a sale order share."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from agent.actions.base import NOT_CONFIRMED, Arguments, OrderNumber, find_customer, find_order
from agent.domain.decisions import Preview, ProposalContent, Subject
from agent.domain.money import Money
from agent.domain.sales import Customer, SaleOrder
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader

CENT = Decimal("0.01")


class OneOrder(Arguments):
    order: OrderNumber


@dataclass(frozen=True, slots=True)
class OnOrder:
    """An order and its customer, as read."""

    order: SaleOrder
    customer: Customer

    @property
    def who(self) -> str:
        return f"{self.customer.name} ({self.customer.segment})"

    def facts(self, **more: Any) -> dict[str, Any]:
        """Those that every action on an order gives the policy, and `more`."""
        return {
            "order_value": f"{self.order.amount.amount:f}",
            "currency": self.order.amount.currency,
            "segment": self.customer.segment.value,
            "customer": self.customer.name,
            **more,
        }

    def before(self, **more: Any) -> dict[str, Any]:
        return {"state": self.order.state, "locked": self.order.locked, **more}

    def over_limit(self, more: Money | None = None) -> str | None:
        """How much the customer would owe beyond the credit limit, `more` included; None where no limit can be read.

        The order's own value counts already: the ERP adds what is confirmed and not invoiced.
        """
        limit, exposure = self.customer.credit_limit, self.customer.exposure
        if limit is None or exposure is None or (more is not None and more.currency != limit.currency):
            return None
        total = exposure + more if more is not None else exposure
        return f"{max(Decimal(0), total.amount - limit.amount).quantize(CENT):f}"

    def content(
        self, action: str, arguments: dict[str, Any], before: dict[str, Any], facts: dict[str, Any], preview: Preview
    ) -> ProposalContent:
        subject = Subject(model=self.order.record.model, id=self.order.id, name=self.order.name)
        given = {"order": self.order.name, **arguments}
        return ProposalContent(action=action, subject=subject, arguments=given, before=before, facts=facts, preview=preview)


def on_order(name: str, reader: ErpReader) -> OnOrder:
    """Raises RecordMissing, and PreconditionFailed when two companies use the same number."""
    order = find_order(name, reader)
    return OnOrder(order, find_customer(order, reader))


def confirmed(name: str, reader: ErpReader, *, locked: bool = False) -> OnOrder:
    """An order that is confirmed and, unless `locked` says that it may be, not held. Raises PreconditionFailed too."""
    found = on_order(name, reader)
    order = found.order
    if order.state != "sale":
        raise PreconditionFailed(f"{order.name} {NOT_CONFIRMED.get(order.state, f'is in state {order.state}')}.")
    if order.locked and not locked:
        raise PreconditionFailed(f"{order.name} is on hold; release it first.")
    return found


def again(content: ProposalContent, reader: ErpReader) -> SaleOrder | None:
    """The order as it is now."""
    return next((order for order in reader.sale_orders([content.subject.name]) if order.id == content.subject.id), None)
