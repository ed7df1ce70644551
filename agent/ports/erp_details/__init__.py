"""What only actions need to read: one file per part of the business."""

from typing import Protocol

from agent.ports.erp_details.notes import NoteDetails
from agent.ports.erp_details.purchasing import PurchasingDetails
from agent.ports.erp_details.sales import SalesDetails
from agent.ports.erp_details.stock import StockDetails

__all__ = ["ErpDetails"]


class ErpDetails(SalesDetails, StockDetails, PurchasingDetails, NoteDetails, Protocol):
    """Read one record at a time, at a proposal and again before it is carried out. Raises what `ErpReader` raises."""
