"""Amounts of money in a text, in the ways in which people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.actions.money_named import in_words, money_named
from agent.domain.money import Money


def named(text: str) -> list[tuple[Decimal, str | None]]:
    return [(each.amount, each.currency) for each in money_named(text)]


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("500 EUR", "500", "EUR"),
        ("500EUR", "500", "EUR"),
        ("EUR500", "500", "EUR"),
        ("EUR 500,-", "500", "EUR"),
        ("500,- €", "500", "EUR"),
        ("€ 1,250.50", "1250.50", "EUR"),
        ("1.250,50 €", "1250.50", "EUR"),
        ("1.500 EUR", "1500", "EUR"),
        ("1 500 EUR", "1500", "EUR"),
        ("1'500 CHF", "1500", "CHF"),
        ("0.125 EUR", "0.125", "EUR"),
        ("12k €", "12000", "EUR"),
        ("5 hundred euros", "500", "EUR"),
        ("20 eur", "20", "EUR"),
        ("300-500 EUR", "500", "EUR"),
        ("EUR 300 to 500", "500", "EUR"),
        ("£40.", "40", "GBP"),
        ("75 dollars", "75", None),
        ("80 SEK", "80", "SEK"),
    ],
)
def test_an_amount_is_found_however_it_is_written(text: str, amount: str, currency: str | None):
    assert named(f"We pay {text} for it.") == [(Decimal(amount), currency)]


@pytest.mark.parametrize(
    "text",
    ["P00042 by 4 December", "10 harnesses HAR-4", "please try 2 days sooner", "20 % of 30.11.2026", "500 pounds of steel"],
)
def test_what_is_no_money_is_none(text: str):
    assert named(text) == []
    assert in_words(text) is None


def test_every_amount_of_a_text_is_found():
    assert named("Freight 40 EUR, handling €60 and 5.50 USD.") == [
        (Decimal(40), "EUR"), (Decimal(60), "EUR"), (Decimal("5.50"), "USD"),
    ]  # fmt: skip


@pytest.mark.parametrize("currency", ["USD", "CAD"])
def test_dollars_are_those_of_the_purchase(currency: str):
    [offered] = money_named("$75")
    assert offered.within(Money(Decimal(75), currency))
    assert not offered.within(Money(Decimal("74.99"), currency))
    assert not offered.within(Money(Decimal(75), "EUR"))


@given(st.decimals(0, 10**7, places=2), st.sampled_from(["{:.2f} EUR", "EUR {:,.2f}", "€{:.2f}", "{:,.2f}€"]))
def test_what_a_program_writes_is_read_back(amount: Decimal, form: str):
    assert named(form.format(amount)) == [(amount, "EUR")]


@given(st.text(max_size=200))
def test_any_text_can_be_looked_at(text: str):
    assert all(each.amount >= 0 for each in money_named(text))
    in_words(text)
