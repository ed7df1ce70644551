"""What only actions need to read."""

from typing import Protocol

from agent.ports.erp_details.notes import NoteDetails
from agent.ports.erp_details.sales import SalesDetails

__all__ = ["ErpDetails"]


class ErpDetails(SalesDetails, NoteDetails, Protocol):
    """Read one record at a time, at a proposal and again before it is carried out. Raises what `ErpReader` raises."""
