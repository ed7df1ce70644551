"""Prepare a purchase at a vendor."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from pydantic import Field

from agent.actions.base import Arguments, Effect
from agent.actions.buying import (
    against_list,
    list_price,
    list_sentence,
    list_words,
    no_price,
    percent_over,
    priced_facts,
    the_higher,
)
from agent.actions.cancel_purchase import CancelPurchaseAction
from agent.actions.finding import called, check_once_each, find_product, find_vendor, find_warehouse, subject_of
from agent.actions.goods import Goods, GoodsLine, Prices, Warehouse, listed, of, stored_goods, total
from agent.actions.wording import number
from agent.domain.decisions import Change, Preview, ProposalContent
from agent.domain.money import Money
from agent.domain.purchasing import Vendor
from agent.domain.quantity import Quantity
from agent.domain.stock import Product
from agent.domain.stock_changes import PurchaseGoods
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter

NOON = time(12, tzinfo=UTC)


class CreateRfq(Arguments):
    vendor: str = Field(min_length=1, max_length=200, description="Whole name of the vendor")
    warehouse: Warehouse
    goods: Goods
    arrives: date = Field(description="The day on which the goods are to come")
    prices: Prices = Field(
        default=(), description="Prices that were agreed; without one the vendor's price list holds. `HAR-4: 52.50`"
    )
    currency: str | None = Field(default=None, pattern="^[A-Z]{3}$", description="Of agreed prices where no price list tells it")


@dataclass(frozen=True, slots=True)
class _Item:
    product: Product
    quantity: Decimal
    price: Money
    usual: Money | None
    """On the vendor's list, in the same currency; None when its list has no price."""

    @property
    def over_list(self) -> str | None:
        """Percent above the list; None when it has no price."""
        return percent_over(self.price.amount, self.usual.amount) if self.usual else None

    @property
    def value(self) -> Money:
        return Money(self.price.amount * self.quantity, self.price.currency)

    @property
    def decided(self) -> Money:
        return Money(the_higher(self.price, self.usual).amount * self.quantity, self.price.currency)


class CreateRfqAction:
    """A draft purchase order with the grant's marker in its origin."""

    name = "create_rfq"
    description = "Prepare a purchase at a vendor: a draft with goods, prices and the day they are to come."
    undo = "the draft is cancelled"
    arguments = CreateRfq
    lost_answer = "marker: purchases are searched for it; one on its way is waited for before another is sent"
    repeatable = False
    editable = ("goods", "arrives", "prices")

    def prepare(self, arguments: CreateRfq, reader: ErpReader) -> ProposalContent:
        vendor, house = find_vendor(arguments.vendor, reader), find_warehouse(arguments.warehouse, reader)
        items = [_item(wanted, vendor, arguments, reader) for wanted in arguments.goods]
        check_once_each([item.product.id for item in items])
        agreed, cost = total([item.value for item in items]), total([item.decided for item in items])
        if agreed is None or cost is None:
            raise PreconditionFailed(f"The prices of {vendor.name} are in several currencies; make one purchase for each.")
        goods = listed([of(Quantity(item.quantity, item.product.unit), item.product.name) for item in items])
        return ProposalContent(
            action=self.name,
            subject=subject_of(vendor.record),
            arguments={
                "vendor": vendor.name, "warehouse": house.code, "arrives": arguments.arrives.isoformat(),
                "goods": stored_goods([(called(item.product), item.quantity) for item in items]),
                "prices": [{"product": called(item.product), "price": number(item.price.amount)} for item in items],
                "currency": cost.currency,
            },
            before={
                "warehouse": house.id, "products": [item.product.id for item in items],
                "over_list": [item.over_list for item in items],
            },
            facts={**priced_facts(cost, agreed, vendor), **against_list([item.over_list for item in items])},
            preview=Preview(
                title=f"Prepare a purchase of {goods} from {vendor.name}",
                changes=(
                    *(_change(item, vendor) for item in items),
                    Change(label="Purchase", before="none", after=f"draft over {agreed}, for {house.name}"),
                ),
                consequence=f"A buyer finds the draft and can confirm it; {vendor.name} is not told yet. "
                f"{goods} would come on {arguments.arrives.isoformat()}.{list_sentence(cost, agreed)}",
                undo="The draft is cancelled.",
            ),
        )  # fmt: skip

    def check_time(self, content: ProposalContent, now: datetime) -> None:
        if date.fromisoformat(content.arguments["arrives"]) < now.date():
            raise PreconditionFailed(f"{content.arguments['arrives']} is in the past; goods come on a day to come.")

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        given, before = content.arguments, content.before
        goods = [
            PurchaseGoods(product, Decimal(line["quantity"]), Money(Decimal(price["price"]), given["currency"]))
            for product, line, price in zip(before["products"], given["goods"], given["prices"], strict=True)
        ]
        arrives = datetime.combine(date.fromisoformat(given["arrives"]), NOON)
        writer.create_purchase(content.subject.record, before["warehouse"], goods, arrives, marker)

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        made = reader.purchases_marked(marker)
        if not made:
            return Effect.BEFORE
        given = content.arguments
        wanted = {
            (product, line["quantity"])
            for product, line in zip(content.before["products"], given["goods"], strict=True)
        }  # fmt: skip
        lines = {(line.product_id, number(line.ordered.amount)) for line in made[0].lines}
        right = len(made) == 1 and lines == wanted and f"{made[0].amount.amount:.2f}" == content.facts["agreed_cost"]
        return Effect.DONE if right and made[0].state != "cancel" else Effect.OTHER

    def verified(self, content: ProposalContent) -> str:
        return f"Read back: the draft purchase at {content.subject.name} is there."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return CancelPurchaseAction.name, {"purchase": marker}


def _item(wanted: GoodsLine, vendor: Vendor, arguments: CreateRfq, reader: ErpReader) -> _Item:
    product = find_product(wanted.product, reader)
    found = list_price(vendor, product.id, wanted.quantity, arguments.arrives, reader)
    agreed = _agreed(product, arguments)
    if agreed is None:
        if found is None:
            raise no_price(vendor, product.name)
        return _Item(product, wanted.quantity, found.price, found.price)
    currency = found.price.currency if found else arguments.currency
    if currency is None:
        raise PreconditionFailed(f"{vendor.name} has no price list for {product.name}; say in which currency the price is.")
    return _Item(product, wanted.quantity, Money(agreed, currency), found.price if found else None)


def _agreed(product: Product, arguments: CreateRfq) -> Decimal | None:
    names = {name.casefold() for name in (product.code, product.name) if name}
    return next((line.price for line in arguments.prices if line.product.strip().casefold() in names), None)


def _change(item: _Item, vendor: Vendor) -> Change:
    amount, where = Quantity(item.quantity, item.product.unit), list_words(item.over_list)
    after = f"{amount} at {item.price} each ({where}): {item.value}"
    return Change(label=f"{item.product.name} from {vendor.name}", before="none", after=after)
