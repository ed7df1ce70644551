"""What the planner decides."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

#: Numbers of sale orders, as Odoo and the demo company give them.
ORDER = re.compile(r"\b(?:SO?-?\d{2,})\b", re.I)


@dataclass(frozen=True, slots=True)
class Call:
    tool: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to look up or propose. Without calls, `reply` says what is missing or what can be asked."""

    calls: tuple[Call, ...] = ()
    reply: str = ""


#: One way of reading a question on a given day; None when it does not fit.
Reading = Callable[[str, date], Plan | None]
