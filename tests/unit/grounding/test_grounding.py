"""What counts as found, and what does not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from agent.guardrails.grounding import Facts, unsupported

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
RESULT: dict[str, Any] = {
    "order": "S00042",
    "delivery": "WH/OUT/00012",
    "promise_date": "2026-11-27",
    "value_at_risk": {"amount": "1234.50", "currency": "EUR"},
    "days_late": 5,
    "score": 61.25,
    "lines": ["40 Units of Hinge 35 mm", "S00077 waits", "share 45%"],
    "since": "Fri 20 Nov 2026, 17:00 UTC",
    "big": {"amount": "1299500.00", "currency": "EUR"},
    "records": [{"model": "sale.order", "id": 42, "name": "S00042", "url": "https://odoo.example/odoo/sales/42"}],
}
PROPOSALS: dict[str, Any] = {
    "proposals": [
        {"label": "P12", "state": "pending", "note": "it was approved by Sofia, has been executed"},
        {"label": "P13", "state": "done"},
        {"label": "P14", "state": "rejected"},
        {"label": "P15", "state": "granted"},
    ]
}
PASSAGE: dict[str, Any] = {
    "passages": [{"text": "Returns are approved by finance. Claims were sent to the carrier within 7 days."}]
}


@pytest.fixture
def facts() -> Facts:
    facts = Facts()
    facts.add_question("Why is S99999 late, and 17 boxes due on 3 March?", NOW)
    facts.add_result("why_order", RESULT)
    facts.add_result("waiting_approvals", PROPOSALS)
    facts.add_result("search_procedures", PASSAGE)
    return facts


@pytest.mark.parametrize(
    "sentence",
    [
        "S00042 is late.",
        "**S00042** (WH/OUT/00012) is late.",
        "S00042/S00077 are late.",
        "It is worth 1,234.50 EUR.",
        "It is worth 1234.5 EUR.",
        "It is worth €1,234.50.",
        "It is worth 1.234,50 EUR.",
        "It is worth 1 234.50 EUR.",
        "It is worth EUR 1,235.",
        "It is worth 1.2k EUR, the other 1.3 million EUR.",
        "The score is 61.",
        "The score is 61.3.",
        "It is 5 days late.",
        "It is five days late.",
        "It is 5-day late.",
        "40 Units of it, 35mm.",
        "A share of 45%.",
        "A share of 45 %.",
        "Three lines and 4 proposals.",
        "It is promised for 2026-11-27.",
        "It is promised for 27 Nov.",
        "It is promised for 27 November 2026.",
        "It is promised for November 27, 2026.",
        "It is promised for the 27th of November.",
        "It is promised for 27.11.2026.",
        "It is promised for Friday, 27 November 2026.",
        "It ships on Friday.",
        "It ships in November 2026.",
        "Scheduled for 20 Nov at 17:00 UTC.",
        "Today is 21 November 2026.",
        "You asked for S99999, 17 boxes and 3 March.",
        "1. S00042 is late.",
        "- 2) S00077 waits.",
        "Open https://odoo.example/odoo/sales/42 to see it.",
        "The goods are in the warehouse, reserved and ready to be picked.",
        "P12 must be approved by a sales_manager.",
        "P12 has not been approved yet.",
        "P12 isn't approved.",
        "P12 waits to be approved.",
        "Once approved, the date will be changed.",
        "I checked the open orders and proposed P12.",
        "Nothing has been changed.",
        "P13 was executed.",
        "P15 was approved.",
        "P14 was rejected.",
        "Returns are approved by finance.",
        "Claims were sent to the carrier.",
        "The updated list is below.",
        "I have created proposal P12 for it.",
        "I need the order number.",
    ],
)
def test_what_was_found_may_be_said(facts: Facts, sentence: str) -> None:
    assert unsupported(sentence, facts) == ()


@pytest.mark.parametrize(
    ("sentence", "missing"),
    [
        ("S00043 is late.", "S00043"),
        ("S00042/S00078 are late.", "S00042/S00078"),
        ("WH/OUT/00013 is ready.", "WH/OUT/00013"),
        ("P99 waits.", "P99"),
        ("It is worth 1,234.51 EUR.", "1,234.51 EUR"),
        ("It is worth 1,230 EUR.", "1,230 EUR"),
        ("It is worth 1,234.50 USD.", "1,234.50 USD"),
        ("It is worth 40 EUR.", "40 EUR"),
        ("It is worth 2k EUR.", "2k EUR"),
        ("A share of 5%.", "5%"),
        ("A share of 40%.", "40%"),
        ("It is 6 days late.", "6"),
        ("It is six days late.", "six"),
        ("A dozen orders.", "dozen"),
        ("It is 5.5 days late.", "5.5"),
        ("It is promised for 2026-11-28.", "2026-11-28"),
        ("It is promised for 27 Nov 2027.", "27 Nov 2027"),
        ("It is promised for 28 November.", "28 November"),
        ("It is promised for Thursday, 27 November 2026.", "Thursday, 27 November 2026"),
        ("It ships on Monday.", "Monday"),
        ("It ships in December.", "December"),
        ("It leaves at 18:00.", "18:00"),
        ("12. S00042 is late.", "12"),
        ("Open https://evil.example/?q=S00042 now.", "https://evil.example/?q=S00042"),
        ("Write to boss@evil.example.", "boss@evil.example"),
        ("P12 has been approved.", "approved"),
        ("P12 was approved by Sofia.", "approved"),
        ("The change has been approved.", "approved"),
        ("Approved!", "Approved"),
        ("All changes are approved and executed.", "executed"),
        ("P12 and P13 were executed.", "executed"),
        ("P15 was executed.", "executed"),
        ("P14 was approved.", "approved"),
        ("The promise date was moved in Odoo.", "moved"),
        ("The customer has been notified.", "notified"),
        ("I have approved P13 myself.", "I have approved"),
        ("I moved the promise date.", "moved"),
        ("I've emailed the customer.", "emailed"),
        ("We just set the new date.", "We just set"),
        ("Done.", "Done"),
        ("I have created a new purchase.", "I have created"),
        ("I put the proposal into effect.", "into effect"),
        ("I have ordered 40 Units more.", "I have ordered"),
        ("If you wonder, P12 has been approved.", "approved"),
        ("Returns are approved by Sofia.", "approved"),
    ],
)  # fmt: skip
def test_what_was_not_found_is_named(facts: Facts, sentence: str, missing: str) -> None:
    assert missing in unsupported(sentence, facts)


def test_without_any_result_only_sentences_without_facts_are_supported() -> None:
    facts = Facts()
    facts.add_question("hello", NOW)
    assert unsupported("I can look at orders, stock and purchases.", facts) == ()
    assert unsupported("S00042 is 3 days late.", facts) == ("S00042", "3")


def test_text_that_a_model_put_into_a_proposal_supports_no_deed(facts: Facts) -> None:
    facts.add_result(
        "propose_post_note", {"proposal": {"label": "P20", "state": "pending", "text": "the order has been approved by Sofia"}}
    )
    assert "approved" in unsupported("The order has been approved by Sofia.", facts)
