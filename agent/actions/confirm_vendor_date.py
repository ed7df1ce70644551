"""Enter the day that a vendor confirmed."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from agent.actions.base import Arguments, Effect
from agent.actions.finding import class_of, find_purchase, subject_of, vendor_of
from agent.actions.goods import ProductName, PurchaseNumber, listed, of
from agent.actions.harm import Harm, Shift
from agent.actions.harmed import harm_told
from agent.actions.promised_to import waiting_for
from agent.actions.touched import touched
from agent.actions.wording import days, in_utc, moment, stored
from agent.domain.decisions import Change, Preview, ProposalContent
from agent.domain.purchase_papers import PaperLine, PurchasePaper
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter


class ConfirmVendorDate(Arguments):
    purchase: PurchaseNumber
    arrives: Annotated[AwareDatetime | date, Field(union_mode="left_to_right")] = Field(
        description="When the vendor says it comes: a date (the time of day stays) or a moment with its offset"
    )
    product: ProductName | None = Field(
        default=None, description="Only this product of the purchase; null for all that is to come"
    )


class ConfirmVendorDateAction:
    """`date_planned` of a purchase's lines, set to an absolute moment."""

    name = "confirm_vendor_date"
    description = "Enter when a vendor says that a purchase comes."
    undo = "the vendor's date goes back to what it was"
    arguments = ConfirmVendorDate
    lost_answer = "absolute value: the lines' dates are read; they are the old ones, the new one, or somebody else's"
    repeatable = True
    editable = ("arrives",)

    def prepare(self, arguments: ConfirmVendorDate, reader: ErpReader) -> ProposalContent:
        purchase = find_purchase(arguments.purchase, reader)
        lines = _lines(purchase, arguments.product)
        old = lines[0].vendor_promise_date
        new = _target(arguments.arrives, old)
        if stored(new) == stored(old):
            raise PreconditionFailed(f"{purchase.name} is expected for {moment(old)} already.")
        vendor, harmed = vendor_of(purchase.vendor, reader), _harm(lines, purchase, new, reader)
        slipped = (new.astimezone(UTC).date() - old.astimezone(UTC).date()).days
        return ProposalContent(
            action=self.name,
            subject=subject_of(purchase.record),
            arguments={"purchase": purchase.name, "arrives": stored(new), "product": arguments.product and lines[0].product},
            before={
                "vendor_date": stored(old), "state": purchase.state, "vendor": purchase.vendor.name,
                "lines": {str(line.id): str(line.ordered - line.received) for line in lines},
            },
            facts={
                **harmed.facts(), "days_slipped": slipped, "vendor": vendor.name, "vendor_class": class_of(vendor),
            },
            preview=_preview(purchase, lines, new, slipped, harmed),
            touches=touched(harmed.stock),
        )  # fmt: skip

    def check_time(self, content: ProposalContent, now: datetime) -> None:
        target = datetime.fromisoformat(content.arguments["arrives"])
        if target < now:
            raise PreconditionFailed(f"{moment(target)} is in the past; enter a day to come for {content.subject.name}.")

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        target = datetime.fromisoformat(content.arguments["arrives"])
        writer.set_vendor_dates(content.subject.record, {int(line): target for line in content.before["lines"]})

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        now = next((each for each in reader.purchase_papers([content.subject.name]) if each.id == content.subject.id), None)
        wanted = content.before["lines"].keys()
        dates = {stored(line.vendor_promise_date) for line in now.lines if str(line.id) in wanted} if now else set()
        if dates == {content.arguments["arrives"]}:
            return Effect.DONE
        return Effect.BEFORE if dates == {content.before["vendor_date"]} else Effect.OTHER

    def verified(self, content: ProposalContent) -> str:
        target = datetime.fromisoformat(content.arguments["arrives"])
        return f"Read back: {content.subject.name} is expected for {moment(target)}."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return self.name, {**content.arguments, "arrives": content.before["vendor_date"]}


def _target(wanted: datetime | date, old: datetime) -> datetime:
    """A bare date keeps the old one's time of day in UTC."""
    if isinstance(wanted, datetime):
        return in_utc(wanted)
    return datetime.combine(wanted, old.astimezone(UTC).timetz())


def _lines(purchase: PurchasePaper, product: str | None) -> list[PaperLine]:
    if purchase.state == "cancel":
        raise PreconditionFailed(f"{purchase.name} is cancelled; nothing of it is to come.")
    coming = [line for line in purchase.lines if line.received < line.ordered]
    if product is not None:
        wanted = product.strip().casefold()
        coming = [line for line in coming if wanted in (line.product.casefold(), line.product_name.casefold())]
    if not coming:
        raise PreconditionFailed(f"Nothing{f' of {product}' if product else ''} is still to come with {purchase.name}.")
    if len({stored(line.vendor_promise_date) for line in coming}) > 1:
        told = listed(sorted({line.product for line in coming}))
        raise PreconditionFailed(f"The lines of {purchase.name} are expected on different days; name one product of {told}.")
    return coming


def _harm(lines: Sequence[PaperLine], purchase: PurchasePaper, new: datetime, reader: ErpReader) -> Harm:
    """With what is planned on these lines coming on the new day instead of the old one, which they have in common."""
    house, ids = purchase.warehouse_id, [line.id for line in lines]
    if house is None:
        return harm_told(reader, {}, waiting_for(purchase, lines, reader, new))
    after, before = Shift(arrivals=dict.fromkeys(ids, new)), Shift(arrivals=dict.fromkeys(ids, lines[0].vendor_promise_date))
    stock = [(line.product_id, house) for line in lines]
    return harm_told(reader, dict.fromkeys(stock, after), before=dict.fromkeys(stock, before))


def _preview(purchase: PurchasePaper, lines: Sequence[PaperLine], new: datetime, slipped: int, harmed: Harm) -> Preview:
    old = lines[0].vendor_promise_date
    goods = listed([of(line.ordered - line.received, line.product_name) for line in lines])
    way = f"{days(slipped)} {'later' if slipped > 0 else 'earlier'}" if slipped else "at another hour of the same day"
    return Preview(
        title=f"Expect {purchase.name} from {purchase.vendor.name} {way}",
        changes=(Change(label=f"Vendor's date of {goods}", before=moment(old), after=moment(new)),),
        consequence=f"{goods} are expected {way}. {harmed.sentence()}",
        undo=f"The vendor's date goes back to {moment(old)}.",
    )
