"""Confirm a purchase with its vendor, or approve one that waits for it."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from agent.actions.base import AnyTime, Arguments, Effect, effect_on_state
from agent.actions.buying import Wanted, at_least_list, list_sentence, priced_facts
from agent.actions.cancel_purchase import STATES, CancelPurchaseAction
from agent.actions.finding import find_purchase, subject_of, vendor_of
from agent.actions.goods import PurchaseNumber, listed, of
from agent.actions.wording import moment
from agent.domain.decisions import Change, Preview, ProposalContent
from agent.domain.money import Money
from agent.domain.purchase_papers import PurchasePaper
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter

WAITS = "to approve"
STANDS = ("purchase", "done")


class ConfirmPurchase(Arguments):
    purchase: PurchaseNumber


class ConfirmPurchaseAction(AnyTime):
    """`button_confirm` of a purchase order; `button_approve` of one that waits."""

    name = "confirm_purchase"
    description = "Confirm a draft purchase, or approve one that waits for approval: the goods are then ordered."
    undo = "the purchase is cancelled, as long as nothing came; the vendor has to be told"
    arguments = ConfirmPurchase
    lost_answer = "state: the purchase is read; it is as before or confirmed"
    repeatable = True
    editable: Sequence[str] = ()

    def prepare(self, arguments: ConfirmPurchase, reader: ErpReader) -> ProposalContent:
        purchase = find_purchase(arguments.purchase, reader)
        if purchase.state not in ("draft", "sent", WAITS):
            raise PreconditionFailed(f"{purchase.name} is {'cancelled' if purchase.state == 'cancel' else 'confirmed already'}.")
        if not purchase.lines:
            raise PreconditionFailed(f"{purchase.name} has no goods on it, so there is nothing to confirm.")
        comes = sorted({moment(line.vendor_promise_date) for line in purchase.lines})
        goods = [of(line.ordered, line.product_name) for line in purchase.lines]
        cost = _cost(purchase, reader)
        return ProposalContent(
            action=self.name,
            subject=subject_of(purchase.record),
            arguments={"purchase": purchase.name},
            before={
                "state": purchase.state, "vendor": purchase.vendor.name, "goods": goods, "comes": comes,
                "prices": [str(line.price) for line in purchase.lines],
            },
            facts={**priced_facts(cost, purchase.amount, vendor_of(purchase.vendor, reader)), "state": purchase.state},
            preview=Preview(
                title=f"{'Approve' if purchase.state == WAITS else 'Confirm'} {purchase.name} at {purchase.vendor.name}",
                changes=(Change(label="State", before=STATES[purchase.state], after="confirmed"),),
                consequence=f"{listed(goods)} are ordered from {purchase.vendor.name} for {purchase.amount}, to come on "
                f"{listed(comes)}.{list_sentence(cost, purchase.amount)}",
                undo="The purchase is cancelled, as long as nothing came; the vendor has to be told.",
            ),
        )  # fmt: skip

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        if content.before["state"] == WAITS:
            writer.approve_purchase(content.subject.record)
        else:
            writer.confirm_purchase(content.subject.record)

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        """Where the ERP wants a manager's approval as well, a draft that waits for it is neither."""
        now = next((each for each in reader.purchase_papers([content.subject.name]) if each.id == content.subject.id), None)
        return effect_on_state(now, content, STANDS)

    def verified(self, content: ProposalContent) -> str:
        return f"Read back: {content.subject.name} is confirmed."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return CancelPurchaseAction.name, {"purchase": content.subject.name}


def _cost(purchase: PurchasePaper, reader: ErpReader) -> Money:
    """Prices in the draft may be what somebody stated; those below the vendor's list count as the list has them."""
    lines = [
        Wanted(line.product_id, line.ordered, line.price, line.vendor_promise_date.astimezone(UTC).date())
        for line in purchase.lines
    ]
    known = reader.vendor_prices(sorted({line.product_id for line in lines}))
    return at_least_list(purchase.amount, purchase.vendor.id, lines, known)
