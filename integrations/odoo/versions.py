"""What differs between versions of Odoo: the only place that knows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from agent.errors import ErpIncomplete


@dataclass(frozen=True, slots=True)
class Dialect:
    """Names and rules of one major version."""

    sale_line_unit: str
    """Unit of measure of a `sale.order.line`."""
    purchase_line_unit: str
    move_unit: str
    reserved: str
    """What a `stock.move` has reserved, in the move's unit."""
    reserved_is_written: bool
    """Whether writing `reserved` reserves; before, it is computed from the move's lines. A move then needs a name, too."""
    transfer_moves: str
    """The moves of a `stock.picking`; up to 15 `move_lines`."""
    counts_are_papers: bool
    """Whether only a count that is a `stock.inventory` of its own can be named; from 15 on one on a `stock.quant` can."""
    moved: str
    """What a finished `stock.move` has moved, in the move's unit; in 14 that is `product_uom_qty`."""
    lot_model: str
    """14 calls it `stock.production.lot`."""
    unit_factor_multiplies: bool
    """Whether `uom.uom.factor` says how many reference units one unit is, or its reciprocal."""
    not_goods: frozenset[str]
    """Values of a product's `type` that are never shipped themselves."""
    storable_type: str | None
    """The `type` of products whose stock is counted; None where `is_storable` tells."""
    delivery_status: bool
    """Whether a sale order has one; without it the transfers have to be looked at."""
    locked_state: str | None
    """The `state` of a locked sale order; None where `locked` tells and the state stays `sale`."""
    location_has_warehouse: bool
    """Whether a location knows its warehouse; without it its path tells."""
    search_read_load: bool
    """Whether `search_read` can leave display names out, as `read` can."""
    reads_along: bool
    """Whether `web_search_read` reads what a record points to in the same call."""
    access_check: str
    """The method that tells, for one operation, whether the login may do it."""
    access_arguments: Mapping[str, Any]
    """What it needs besides the operation."""
    acknowledged: str
    """Whether the vendor of a `purchase.order` confirmed it; 14 calls it `mail_reception_confirmed`."""
    price_list_vendor: str
    """Partner of a `product.supplierinfo`; 14 calls it `name`."""
    price_list_unit: str
    """Unit of measure that its price and minimum are for; 14 calls it `product_uom`."""
    purchase_discount: tuple[str, ...]
    """Percent off a price, of a vendor's price list and of a purchase line alike; none where they have no such field."""
    record_path: str
    """Where the web client shows a record."""
    note_arguments: Mapping[str, bool]
    """What `message_post` needs so that its body is taken as HTML."""
    lock_method: str
    """Of a sale order."""
    credit_note_method: str
    """Of the wizard that makes them."""
    credit_note_arguments: Mapping[str, str]
    """What it needs to make a draft and no more."""
    tasks_have_several_owners: bool


_NINETEEN = Dialect(
    sale_line_unit="product_uom_id",
    purchase_line_unit="product_uom_id",
    move_unit="product_uom",
    reserved="quantity",
    reserved_is_written=True,
    transfer_moves="move_ids",
    counts_are_papers=False,
    moved="quantity",
    lot_model="stock.lot",
    unit_factor_multiplies=True,
    not_goods=frozenset({"service", "combo"}),
    storable_type=None,
    delivery_status=True,
    locked_state=None,
    location_has_warehouse=True,
    search_read_load=True,
    reads_along=True,
    access_check="has_access",
    access_arguments=MappingProxyType({"ids": []}),
    acknowledged="acknowledged",
    price_list_vendor="partner_id",
    price_list_unit="product_uom_id",
    purchase_discount=("discount",),
    record_path="odoo/{model}/{id}",
    note_arguments=MappingProxyType({"body_is_html": True}),
    lock_method="action_lock",
    credit_note_method="refund_moves",
    credit_note_arguments=MappingProxyType({}),
    tasks_have_several_owners=True,
)

# Each as the next one, but for what that one brought. 14 and 19 are tested against real servers.
_EIGHTEEN = replace(
    _NINETEEN,
    sale_line_unit="product_uom",
    purchase_line_unit="product_uom",
    price_list_unit="product_uom",
    unit_factor_multiplies=False,
    acknowledged="mail_reception_confirmed",
)
_SEVENTEEN = replace(
    _EIGHTEEN,
    storable_type="product",
    access_check="check_access_rights",
    access_arguments=MappingProxyType({"raise_exception": False}),
    record_path="web#id={id}&model={model}&view_type=form",
)
_SIXTEEN = replace(
    _SEVENTEEN,
    reads_along=False,
    reserved="reserved_availability",
    reserved_is_written=False,
    moved="product_uom_qty",
    locked_state="done",
    purchase_discount=(),
    note_arguments=MappingProxyType({}),
    lock_method="action_done",
    credit_note_method="reverse_moves",
    credit_note_arguments=MappingProxyType({"refund_method": "refund"}),
)
_FIFTEEN = replace(
    _SIXTEEN,
    delivery_status=False,
    search_read_load=False,
    price_list_vendor="name",
    lot_model="stock.production.lot",
    transfer_moves="move_lines",
)
_FOURTEEN = replace(_FIFTEEN, location_has_warehouse=False, tasks_have_several_owners=False, counts_are_papers=True)

_DIALECTS = {
    "14": _FOURTEEN, "15": _FIFTEEN, "16": _SIXTEEN, "17": _SEVENTEEN, "18": _EIGHTEEN, "19": _NINETEEN,
}  # fmt: skip


def dialect_of(version: str) -> Dialect:
    """The dialect of a server version such as `19.0` or `saas~19.2`. Raises ErpIncomplete for one that is not supported."""
    major = version.removeprefix("saas~").split(".")[0]
    if major not in _DIALECTS:
        raise ErpIncomplete(f"Odoo {version} is not supported; use a server of version {min(_DIALECTS)} to {max(_DIALECTS)}.")
    return _DIALECTS[major]
