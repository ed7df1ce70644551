"""What a customer whose promise breaks is told, in the customer's language, as the approved template has it.

It names the orders, their goods and a date that can be kept; never a cause, a vendor, money or another customer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from agent.domain.quantity import Quantity
from agent.domain.sales import SaleOrder, SaleOrderLine
from agent.guardrails.templates import Template, template

#: Goods of an order that are named one by one; of more only the number is told.
NAMED = 5
#: Characters of a product's name, or of a customer's own number: ten orders fit into what one message may hold.
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class LateGoods:
    """Of one order."""

    order: SaleOrder
    promised: date
    expected: date | None
    """None: no date is known."""
    lines: tuple[SaleOrderLine, ...]
    """Those that wait, as the customer ordered them: of a kit the kit."""

    @property
    def goods(self) -> list[str]:
        """`4 Units Blue Chair`."""
        owed = [(line.outstanding, line.product_name) for line in self.lines]
        return [f"{Quantity(round(quantity.amount, 4), quantity.unit)} {_in_a_line(product)}" for quantity, product in owed]


def letter_template(language: str) -> Template:
    """Languages we do not write fall back to English."""
    return template("customer_delay", language)


def delay_letter(wording: Template, late: Sequence[LateGoods]) -> str:
    """Commits to nothing before a person has sent it. All of one customer."""
    words = wording.words
    orders = [part for one in late for part in _of_order(wording, one)]
    return "\n\n".join([words["greeting"], *orders, words["choice"], words["closing"]])


def _of_order(wording: Template, late: LateGoods) -> tuple[str, str, str]:
    words, order = wording.words, late.order
    theirs = words["reference"].format(reference=_in_a_line(order.customer_reference)) if order.customer_reference else ""
    goods = [f"- {one}" for one in late.goods[:NAMED]]
    more = len(late.lines) - len(goods)
    then = words["new_date"].format(date=late.expected.isoformat()) if late.expected else words["no_date"]
    return (
        words["late"].format(order=order.name, reference=theirs, promised=late.promised.isoformat()),
        "\n".join([*goods, *([words["more"].format(count=more)] if more else [])]),
        then,
    )


def _in_a_line(text: str) -> str:
    """What others wrote makes no paragraph of its own among the words of the template."""
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_NAME else f"{words[:LONGEST_NAME]}…"
