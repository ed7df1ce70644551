"""Amounts of money, and what only looks like one."""

from typing import Any

import pytest

from agent.guardrails.masking import HIDDEN, without_money


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ({"value": {"amount": "12.50", "currency": "EUR"}}, {"value": None}),
        (["worth 4,788.40 EUR, is promised"], [f"worth {HIDDEN}, is promised"]),
        ("owes 15 000 and €1.200,50 or $ 7", f"owes 15 000 and {HIDDEN} or {HIDDEN}"),
        ("Fri 27 Nov 2026, 15:00 UTC", "Fri 27 Nov 2026, 15:00 UTC"),
        ("40 PCS of HNG 35", "40 PCS of HNG 35"),
        ({"days_late": 5, "score": 61.25}, {"days_late": 5, "score": 61.25}),
    ],
)
def test_only_money_is_taken_out(value: Any, masked: Any) -> None:
    assert without_money(value) == masked
