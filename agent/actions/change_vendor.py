"""Buy a draft purchase from another vendor."""

from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from typing import Any

from pydantic import Field

from agent.actions.base import AnyTime, Arguments, Effect
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
from agent.actions.finding import find_purchase, find_vendor, subject_of
from agent.actions.goods import Prices, PurchaseNumber, money_of, total
from agent.actions.wording import number
from agent.domain.decisions import Change, Preview, ProposalContent
from agent.domain.money import Money
from agent.domain.purchase_papers import PaperLine, PurchasePaper
from agent.domain.purchasing import Vendor
from agent.domain.records import Record
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter


class ChangeVendor(Arguments):
    purchase: PurchaseNumber
    vendor: str = Field(min_length=1, max_length=200, description="Whole name of the vendor to buy from instead")
    prices: Prices = Field(
        default=(), description="Prices that were agreed; without one the vendor's price list holds. `HAR-4: 52.50`"
    )


@dataclass(frozen=True, slots=True)
class _Switch:
    line: PaperLine
    price: Money
    """The new vendor's, for one stocking unit."""
    usual: Money | None
    """On the new vendor's list, in the purchase's currency; None when its list has no such price."""

    @property
    def over_list(self) -> str | None:
        """Percent above the list; None when it has no price."""
        return percent_over(self.price.amount, self.usual.amount) if self.usual else None

    @property
    def cost(self) -> Money:
        return Money(self.price.amount * self.line.ordered.amount, self.price.currency)

    @property
    def decided(self) -> Money:
        return Money(the_higher(self.price, self.usual).amount * self.line.ordered.amount, self.price.currency)


class ChangeVendorAction(AnyTime):
    """Vendor and prices of a draft purchase order, set to absolute values in one write."""

    name = "change_vendor"
    description = "Buy a draft purchase from another vendor, at that vendor's prices."
    undo = "vendor and prices go back to what they were"
    arguments = ChangeVendor
    lost_answer = "absolute value: the purchase's vendor and prices are read; they are as before, as proposed, or neither"
    repeatable = True
    editable = ("prices",)

    def prepare(self, arguments: ChangeVendor, reader: ErpReader) -> ProposalContent:
        purchase, vendor = find_purchase(arguments.purchase, reader), find_vendor(arguments.vendor, reader)
        _check(purchase, vendor)
        switches = [_switch(line, vendor, arguments, reader) for line in purchase.lines]
        agreed, cost = total([each.cost for each in switches]), total([each.decided for each in switches])
        if agreed is None or cost is None or cost.currency != purchase.amount.currency:
            raise PreconditionFailed(f"{vendor.name} sells in another currency than {purchase.name} is in; make a new purchase.")
        old = total([Money(each.line.price.amount * each.line.ordered.amount, cost.currency) for each in switches])
        assert old is not None  # one purchase has one currency
        return ProposalContent(
            action=self.name,
            subject=subject_of(purchase.record),
            arguments={
                "purchase": purchase.name, "vendor": vendor.name,
                "prices": [{"product": each.line.product, "price": number(each.price.amount)} for each in switches],
            },
            before={
                "vendor": purchase.vendor.name, "state": purchase.state, "to": vendor.id,
                "lines": {str(each.line.id): number(each.line.ordered.amount) for each in switches},
                "prices": [{"product": each.line.product, "price": number(each.line.price.amount)} for each in switches],
            },
            facts={
                **priced_facts(cost, agreed, vendor), **against_list([each.over_list for each in switches]),
                "from_vendor": purchase.vendor.name, "extra_cost": money_of(cost - old),
                "extra_percent": percent_over(cost.amount, old.amount),
            },
            preview=_preview(purchase, vendor, switches, old, agreed, cost),
        )  # fmt: skip

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        prices = (Decimal(each["price"]) for each in content.arguments["prices"])
        lines = dict(zip(map(int, content.before["lines"]), prices, strict=True))
        vendor = Record("res.partner", content.before["to"], content.arguments["vendor"])
        writer.set_vendor(content.subject.record, vendor, lines)

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        now = next((each for each in reader.purchase_papers([content.subject.name]) if each.id == content.subject.id), None)
        if now is None or now.state != content.before["state"]:
            return Effect.OTHER
        prices = [{"product": line.product, "price": number(line.price.amount)} for line in now.lines]
        if (now.vendor.id, _money(prices)) == (content.before["to"], _money(content.arguments["prices"])):
            return Effect.DONE
        as_before = (now.vendor.name, prices) == (content.before["vendor"], content.before["prices"])
        return Effect.BEFORE if as_before else Effect.OTHER

    def verified(self, content: ProposalContent) -> str:
        return f"Read back: {content.subject.name} is bought from {content.arguments['vendor']}."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        before = content.before
        return self.name, {"purchase": content.subject.name, "vendor": before["vendor"], "prices": before["prices"]}


def _preview(purchase: PurchasePaper, vendor: Vendor, switches: list[_Switch], old: Money, agreed: Money, cost: Money) -> Preview:
    prices = (
        Change(
            label=f"Price of {each.line.product_name}",
            before=str(each.line.price),
            after=f"{each.price} ({list_words(each.over_list)})",
        )
        for each in switches
    )
    return Preview(
        title=f"Buy {purchase.name} from {vendor.name} instead of {purchase.vendor.name}",
        changes=(
            Change(label="Vendor", before=purchase.vendor.name, after=vendor.name),
            *prices,
            Change(label="Total", before=str(old), after=str(agreed)),
        ),
        consequence=f"The purchase costs {_compared(agreed - old)}; {purchase.vendor.name} no longer gets it. The day it "
        f"is expected stays as it is.{list_sentence(cost, agreed)}",
        undo=f"Vendor and prices go back to {purchase.vendor.name}'s.",
    )


def _check(purchase: PurchasePaper, vendor: Vendor) -> None:
    if purchase.state not in ("draft", "sent"):
        raise PreconditionFailed(f"{purchase.name} is not a draft any more; cancel it, and prepare a purchase at {vendor.name}.")
    if purchase.vendor.id == vendor.id:
        raise PreconditionFailed(f"{purchase.name} is bought from {vendor.name} already.")
    if not purchase.lines:
        raise PreconditionFailed(f"{purchase.name} has no goods on it.")
    if len({line.product_id for line in purchase.lines}) < len(purchase.lines):
        raise PreconditionFailed(f"{purchase.name} has several lines of one product; change its vendor in the ERP.")


def _switch(line: PaperLine, vendor: Vendor, arguments: ChangeVendor, reader: ErpReader) -> _Switch:
    names = (line.product.casefold(), line.product_name.casefold())
    agreed = next((each.price for each in arguments.prices if each.product.strip().casefold() in names), None)
    arrives = line.vendor_promise_date.astimezone(UTC).date()
    found = list_price(vendor, line.product_id, line.ordered.amount, arrives, reader)
    if agreed is None:
        if found is None:
            raise no_price(vendor, line.product_name)
        return _Switch(line, found.price, found.price)
    usual = found.price if found and found.price.currency == line.price.currency else None
    return _Switch(line, Money(agreed, line.price.currency), usual)


def _money(prices: list[dict[str, str]]) -> list[tuple[str, str]]:
    """To the cent: the ERP keeps no more of a price."""
    return sorted((each["product"], f"{Decimal(each['price']):.2f}") for each in prices)


def _compared(extra: Money) -> str:
    if not extra.amount:
        return "the same"
    return f"{Money(abs(extra.amount), extra.currency)} {'more' if extra.amount > 0 else 'less'}"
