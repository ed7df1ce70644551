"""What differs between versions of Odoo: the only place that knows."""

from collections.abc import Mapping
from dataclasses import dataclass
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
    unit_factor_multiplies: bool
    """Whether `uom.uom.factor` says how many reference units one unit is, or its reciprocal."""
    not_goods: frozenset[str]
    """Values of a product's `type` that are never shipped themselves."""
    access_check: str
    """The method that tells, for one operation, whether the login may do it."""
    access_arguments: Mapping[str, Any]
    """What it needs besides the operation."""
    acknowledged: str
    """Whether the vendor of a `purchase.order` confirmed it."""
    price_list_vendor: str
    """Partner of a `product.supplierinfo`."""
    price_list_unit: str
    """Unit of measure that its price and minimum are for."""
    price_list_discount: tuple[str, ...]
    """Percent off its price; none where it has no such field."""
    record_path: str
    """Where the web client shows a record."""
    note_arguments: Mapping[str, bool]
    """What `message_post` needs so that its body is taken as HTML."""


_NINETEEN = Dialect(
    sale_line_unit="product_uom_id",
    purchase_line_unit="product_uom_id",
    move_unit="product_uom",
    reserved="quantity",
    unit_factor_multiplies=True,
    not_goods=frozenset({"service", "combo"}),
    access_check="has_access",
    access_arguments=MappingProxyType({"ids": []}),
    acknowledged="acknowledged",
    price_list_vendor="partner_id",
    price_list_unit="product_uom_id",
    price_list_discount=("discount",),
    record_path="odoo/{model}/{id}",
    note_arguments=MappingProxyType({"body_is_html": True}),
)

_DIALECTS = {"19": _NINETEEN}


def dialect_of(version: str) -> Dialect:
    """The dialect of a server version such as `19.0` or `saas~19.2`. Raises ErpIncomplete for one that is not supported."""
    major = version.removeprefix("saas~").split(".")[0]
    if major not in _DIALECTS:
        supported = ", ".join(sorted(_DIALECTS))
        raise ErpIncomplete(f"Odoo {version} is not supported; use a server of version {supported}.")
    return _DIALECTS[major]
