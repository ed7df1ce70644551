"""Which orders will miss their promise, why, and what can be done. Rules only; the same input gives the same answer."""

from agent.risk.assess import assess
from agent.risk.history import HistoryOfTheDay, take_history
from agent.risk.plan import plan
from agent.risk.rows import finding_row, order_row, plan_rows
from agent.risk.snapshot import Snapshot
from agent.risk.taking import take_product_snapshot, take_snapshot

__all__ = [
    "HistoryOfTheDay",
    "Snapshot",
    "assess",
    "finding_row",
    "order_row",
    "plan",
    "plan_rows",
    "take_history",
    "take_product_snapshot",
    "take_snapshot",
]
