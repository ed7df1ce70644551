"""Where the stock lies that is counted or written off."""

from agent.actions.finding import check_not_by_lot, detail_of
from agent.domain.stock import Product, Warehouse
from agent.domain.transfers import StockPlace
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader


def only_place(product: Product, house: Warehouse, reader: ErpReader) -> StockPlace:
    """The one place of this warehouse that holds the product. Raises PreconditionFailed when one number is not enough."""
    if not product.storable:
        raise PreconditionFailed(f"Stock of {product.name} is not counted.")
    check_not_by_lot(product, detail_of(product, reader))
    places = reader.stock_places(product.id, house.id)
    if len(places) > 1 or not places[0].plain:
        where = ", ".join(dict.fromkeys(each.name for each in places))
        raise PreconditionFailed(
            f"{product.name} lies in several places or packages of {house.name} ({where}); "
            "make this change in the ERP, place by place."
        )
    return places[0]
