"""Which orders will miss their promise, why, and what can be done. Rules only; the same input gives the same answer."""

from agent.risk.assess import assess
from agent.risk.rows import order_row
from agent.risk.snapshot import Snapshot, take_product_snapshot, take_snapshot

__all__ = ["Snapshot", "assess", "order_row", "take_product_snapshot", "take_snapshot"]
