"""What there is of a product, and where."""

from typing import Any

from pydantic import Field

from agent.domain.stock import Product
from agent.guardrails.permissions import Permission
from agent.risk.product_stock import Incoming, WarehouseStock, stock_of
from agent.risk.snapshot import Snapshot
from agent.risk.taking import take_product_snapshot
from agent.tools.base import Effect, Tool, ToolArguments, cited, failure
from agent.tools.context import ToolContext
from agent.tools.values import day

MOST_PRODUCTS = 3
MOST_ARRIVALS = 10


class StockOfProduct(ToolArguments):
    product: str = Field(min_length=1, max_length=128, description="Code of the product, or its name or a part of it")


def stock_of_product(context: ToolContext, arguments: StockOfProduct) -> dict[str, Any]:
    found = _matches(arguments.product, context)
    if not found:
        return failure("No product has that code or name.", _similar(arguments.product, context))
    shown = found[:MOST_PRODUCTS]
    snapshot = take_product_snapshot(context.reader, context.now(), [product.id for product in shown])
    return {
        "as_of": snapshot.now.isoformat(),
        "products": [_product(product, snapshot) for product in shown],
        "also_matching": [_label(product) for product in found[MOST_PRODUCTS:]],
        "records": [cited(product.record, context.reader) for product in shown],
    }


def _matches(text: str, context: ToolContext) -> list[Product]:
    """One product when the code or name says exactly which; the plural of a name finds it too."""
    found = context.reader.search_products(text) or context.reader.search_products(text.removesuffix("s"))
    exact = [product for product in found if text.casefold() in (product.name.casefold(), (product.code or "").casefold())]
    return exact or found


def _similar(text: str, context: ToolContext) -> list[str]:
    """Products that share a word, the longest first."""
    words = sorted((word for word in text.split() if len(word) > 2), key=len, reverse=True)
    found = next((some for word in words[:3] if (some := context.reader.search_products(word.rstrip("s"), 3))), [])
    return [_label(product) for product in found]


def _label(product: Product) -> str:
    return f"[{product.code}] {product.name}" if product.code else product.name


def _product(product: Product, snapshot: Snapshot) -> dict[str, Any]:
    stock = stock_of(snapshot, product.id)
    if stock is None:
        return {"product": product.name, "code": product.code, "counted": False, "warehouses": [], "incoming": []}
    arriving = [(coming, row.warehouse.name) for row in stock.warehouses for coming in row.incoming]
    return {
        "product": product.name,
        "code": product.code,
        "counted": product.storable,
        "on_hand": str(stock.on_hand),
        "reserved": str(stock.reserved),
        "free": str(stock.free),
        "warehouses": [_held(row) for row in sorted(stock.warehouses, key=lambda row: -row.free.amount) if row.on_hand],
        "incoming_total": str(stock.incoming),
        "incoming": [_arriving(*one) for one in sorted(arriving, key=lambda one: one[0].due)[:MOST_ARRIVALS]],
    }


def _held(row: WarehouseStock) -> dict[str, Any]:
    return {
        "warehouse": row.warehouse.name,
        "on_hand": str(row.on_hand),
        "reserved": str(row.reserved),
        "free": str(row.free),
    }


def _arriving(coming: Incoming, warehouse: str) -> dict[str, Any]:
    return {
        "quantity": str(coming.quantity),
        "into": warehouse,
        "source": coming.source.name,
        "vendor": coming.vendor_name,
        "due": day(coming.due),
        "overdue": coming.overdue,
    }


TOOLS = (
    Tool(
        "stock_of_product",
        "What each warehouse holds of a product: on hand, reserved, free, totals, and what is on its way.",
        StockOfProduct,
        Effect.READ,
        Permission.READ,
        stock_of_product,
    ),
)
