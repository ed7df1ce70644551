"""What vendors are late with."""

from datetime import UTC
from difflib import get_close_matches
from typing import Any

from pydantic import Field

from agent.domain.purchasing import PurchaseLine
from agent.domain.sales import SaleOrder
from agent.guardrails.permissions import Permission
from agent.tools.base import Effect, Tool, ToolArguments, cited, failure
from agent.tools.context import ToolContext
from agent.tools.values import day

SHOWN = 25


class LateFromVendor(ToolArguments):
    vendor: str | None = Field(
        default=None, max_length=128, description="Name of the vendor, or a part of it; null for all vendors"
    )


def late_from_vendor(context: ToolContext, arguments: LateFromVendor) -> dict[str, Any]:
    vendors = context.reader.search_vendors(arguments.vendor) if arguments.vendor else []
    lines = context.reader.open_purchase_lines()
    if arguments.vendor and not vendors:
        known = sorted({line.vendor_name for line in lines})
        return failure("No vendor has that name.", get_close_matches(arguments.vendor, known, 3, 0.4))
    wanted = {vendor.id for vendor in vendors}
    lines = [line for line in lines if not wanted or line.vendor_id in wanted]
    late = sorted((line for line in lines if _days_late(line, context) > 0), key=lambda line: line.vendor_promise_date)
    waiting = context.reader.orders_of_lines(sorted({line_id for line in late for line_id in line.for_sale_line_ids}))
    return {
        "as_of": context.now().isoformat(),
        "vendors": [vendor.name for vendor in vendors],
        "open_lines": len(lines),
        "late_lines": len(late),
        "late_orders": len({line.order_id for line in late}),
        "not_shown": max(0, len(late) - SHOWN),
        "lines": [_row(line, context, waiting) for line in late[:SHOWN]],
        "records": [cited(record, context.reader) for record in dict.fromkeys(line.record for line in late[:SHOWN])],
    }


def _days_late(line: PurchaseLine, context: ToolContext) -> int:
    """Whole calendar days past the vendor's own promise."""
    return (context.now().astimezone(UTC).date() - line.vendor_promise_date.astimezone(UTC).date()).days


def _row(line: PurchaseLine, context: ToolContext, waiting: dict[int, SaleOrder]) -> dict[str, Any]:
    orders = {waiting[line_id].name: waiting[line_id].customer_name for line_id in line.for_sale_line_ids if line_id in waiting}
    return {
        "purchase": line.order_name,
        "state": line.order_state,
        "vendor": line.vendor_name,
        "product": line.product_name,
        "ordered": str(line.ordered),
        "received": str(line.received),
        "outstanding": str(line.outstanding),
        "vendor_promise_date": day(line.vendor_promise_date),
        "days_late": _days_late(line, context),
        "waited_for_by": [{"order": name, "customer": customer} for name, customer in orders.items()],
    }


TOOLS = (
    Tool(
        "late_from_vendor",
        "Purchase lines that are past the vendor's own promise date and not completely received, with quantities, days late "
        "and the customer orders that wait for them; of one vendor or of all.",
        LateFromVendor,
        Effect.READ,
        Permission.READ,
        late_from_vendor,
    ),
)
