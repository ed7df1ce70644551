"""Cancel a purchase of which nothing came yet."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from agent.actions.base import AnyTime, Arguments, Effect, effect_on_state
from agent.actions.buying import money_facts
from agent.actions.finding import find_purchase, subject_of, vendor_of
from agent.actions.goods import PurchaseNumber, listed, of, stored_goods
from agent.actions.harm import Harm, Shift
from agent.actions.harmed import harm_told
from agent.actions.promised_to import waiting_for
from agent.actions.touched import touched
from agent.actions.wording import number
from agent.domain.decisions import Change, Preview, ProposalContent
from agent.domain.purchase_papers import PurchasePaper
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter

STATES = {
    "draft": "draft",
    "sent": "sent to the vendor",
    "to approve": "waiting for approval",
    "purchase": "confirmed",
    "done": "locked",
}


class CancelPurchase(Arguments):
    purchase: PurchaseNumber


class CancelPurchaseAction(AnyTime):
    """`button_cancel` of a purchase order."""

    name = "cancel_purchase"
    description = "Cancel a purchase of which nothing was received yet."
    undo = "the same goods are put into a new draft"
    arguments = CancelPurchase
    lost_answer = "state: the purchase is read; it is as before or cancelled"
    repeatable = True
    editable: Sequence[str] = ()

    def prepare(self, arguments: CancelPurchase, reader: ErpReader) -> ProposalContent:
        purchase = find_purchase(arguments.purchase, reader)
        _check(purchase)
        goods = listed([of(line.ordered, line.product_name) for line in purchase.lines]) if purchase.lines else "nothing"
        again = _again(purchase, reader)
        harmed = _harm(purchase, reader)
        told = "" if purchase.state == "draft" else f" {purchase.vendor.name} has to be told."
        return ProposalContent(
            action=self.name,
            subject=subject_of(purchase.record),
            arguments={"purchase": purchase.name},
            before={"state": purchase.state, "vendor": purchase.vendor.name, "again": again},
            facts={
                **harmed.facts(purchase.amount.currency), "state": purchase.state,
                **money_facts(purchase.amount, vendor_of(purchase.vendor, reader)),
            },
            preview=Preview(
                title=f"Cancel {purchase.name} at {purchase.vendor.name}, over {purchase.amount}",
                changes=(Change(label="State", before=STATES[purchase.state], after="cancelled"),),
                consequence=f"{goods} no longer come with it.{told} {harmed.sentence()}",
                undo="The same goods are put into a new draft." if again else "irreversible",
            ),
            touches=touched(harmed.stock),
        )  # fmt: skip

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        writer.cancel_purchase(content.subject.record)

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        now = next((each for each in reader.purchase_papers([content.subject.name]) if each.id == content.subject.id), None)
        return effect_on_state(now, content, {"cancel"})

    def verified(self, content: ProposalContent) -> str:
        return f"Read back: {content.subject.name} is cancelled."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        again = content.before["again"]
        return ("create_rfq", again) if again else None


def _check(purchase: PurchasePaper) -> None:
    if purchase.state == "cancel":
        raise PreconditionFailed(f"{purchase.name} is cancelled already.")
    if purchase.state == "done":
        raise PreconditionFailed(f"{purchase.name} is locked; unlock it in the ERP first.")
    came = [line for line in purchase.lines if line.received]
    if came:
        goods = listed([of(line.received, line.product_name) for line in came])
        raise PreconditionFailed(f"{goods} came with {purchase.name} already; return them before it is cancelled.")


def _harm(purchase: PurchasePaper, reader: ErpReader) -> Harm:
    cancelled, house = Shift(cancelled=frozenset(line.id for line in purchase.lines)), purchase.warehouse_id
    stock = [] if house is None else [(line.product_id, house) for line in purchase.lines]
    return harm_told(reader, dict.fromkeys(stock, cancelled), waiting_for(purchase, purchase.lines, reader))


def _again(purchase: PurchasePaper, reader: ErpReader) -> dict[str, Any] | None:
    """What puts the same goods into a new draft; None when they were to come on different days, or straight to a customer."""
    days = {line.vendor_promise_date.astimezone(UTC).date() for line in purchase.lines}
    house = next((each for each in reader.warehouses() if each.id == purchase.warehouse_id), None)
    products = {line.product_id for line in purchase.lines}
    if len(days) != 1 or house is None or len(products) < len(purchase.lines):
        return None
    return {
        "vendor": purchase.vendor.name,
        "warehouse": house.code,
        "arrives": min(days).isoformat(),
        "goods": stored_goods([(line.product, line.ordered.amount) for line in purchase.lines]),
        "prices": [{"product": line.product, "price": number(line.price.amount)} for line in purchase.lines],
        "currency": purchase.amount.currency,
    }
