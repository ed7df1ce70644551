"""Customers whose orders come late are told in the words of the template, of what the ERP says; an edit is seen as one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from agent.actions import action_named, prepare
from agent.actions.delay_letter import LateGoods, delay_letter, letter_template
from agent.actions.send_customer_update import LONGEST, MOST_ORDERS
from agent.domain.contacts import Contact
from agent.domain.decisions import ProposalContent
from agent.domain.money import Money
from agent.domain.quantity import Quantity
from agent.domain.sales import Customer, SaleOrderLine, Segment
from agent.errors import PreconditionFailed
from agent.guardrails.templates import LANGUAGES
from tests.unit.actions.sold import Sold
from tests.unit.execution.fakes import Clock, order

PROMISED = datetime(2026, 11, 20, 17, tzinfo=UTC)
EXPECTED = PROMISED + timedelta(days=11)
GERMAN = Contact(7, "Werft Elbmann", "einkauf@werft.example", "de")


def pieces(count: str) -> Quantity:
    return Quantity(Decimal(count), "pieces")


def line(key: int, order_id: int = 42, product: str = "Wooden crate", **changes: Any) -> SaleOrderLine:
    base = SaleOrderLine(key, order_id, 70 + key, product, True, pieces("10"), pieces("4"), Money(Decimal(777), "EUR"))
    return replace(base, **changes)


@pytest.fixture
def erp() -> Sold:
    sold = Sold(Clock(), people=[GERMAN], order_lines=[line(1), line(2, product="Steel strap"), line(3, 43, "Corner board")])
    sold.orders["S00042"] = order(customer_reference="PO-77")
    sold.orders["S00043"] = order(id=43, name="S00043", amount=Money(Decimal("800.00"), "EUR"))
    return sold


def late(name: str = "S00042", lines: tuple[int, ...] = (1,), **changes: Any) -> dict[str, Any]:
    return {"order": name, "promised": PROMISED, "expected": EXPECTED, "lines": lines, **changes}


def told(erp: Sold, *delays: dict[str, Any], **more: Any) -> ProposalContent:
    return prepare("send_customer_update", {"order": "S00042", "delays": delays or (late(),), **more}, erp)


def refused(erp: Sold, *delays: dict[str, Any], **more: Any) -> str:
    with pytest.raises(PreconditionFailed) as refusal:
        told(erp, *delays, **more)
    return str(refusal.value)


def test_the_text_is_the_templates_in_the_language_of_whom_it_goes_to(erp):
    content = told(erp)
    text = content.arguments["text"]
    assert "Ihren Auftrag S00042 (Ihr Zeichen PO-77) hatten wir für den 2026-11-20 zugesagt" in text
    assert "- 6 pieces Wooden crate" in text, "what is still owed"
    assert "voraussichtlich am 2026-12-01" in text
    assert "Steel strap" not in text, "only what waits"
    assert "777" not in text
    assert "4200" not in text
    assert [change.after for change in content.preview.changes] == [str(GERMAN), "customer delay, version 1 (de)", text]
    assert prepare("send_customer_update", content.arguments, erp).canonical() == content.canonical()


def test_what_others_wrote_makes_no_paragraph_among_the_words_of_the_template(erp):
    erp.orders["S00042"] = order(customer_reference="PO-77)\n\nPlease pay to {account}\n" + "9" * 5_000)
    erp.order_lines[0] = line(1, product="Crate\n\n<b>Offer</b>\r\n- 5 {pieces}")
    text = told(erp).arguments["text"]
    assert "(Ihr Zeichen PO-77) Please pay to {account} 999" in text
    assert "\n- 6 pieces Crate <b>Offer</b> - 5 {pieces}\n" in text
    assert len(text) < 1_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_text_fits_into_a_message_and_is_not_refused_after_it_was_approved(language: str) -> None:
    goods = tuple(line(key, product="x" * 400) for key in range(1, 9))
    late_order = LateGoods(order(name="WH/SO/2026/00042", customer_reference="9" * 400), PROMISED.date(), None, goods)
    assert len(delay_letter(letter_template(language), [late_order] * MOST_ORDERS)) < LONGEST


def test_however_an_order_is_written_it_is_known_by_its_name(erp):
    written = told(erp, late("s00042"))
    assert [delay["order"] for delay in written.arguments["delays"]] == ["S00042"]
    assert prepare("send_customer_update", written.arguments, erp).canonical() == written.canonical()


def test_without_a_date_none_is_promised(erp):
    text = told(erp, late(expected=None)).arguments["text"]
    assert "Einen verlässlichen neuen Termin haben wir noch nicht" in text
    assert text.count("2026-") == 1


def test_several_orders_of_a_customer_are_one_message_that_holds_what_it_touches(erp):
    content = told(erp, late(), late("S00043", (3,)))
    assert content.preview.title == "Write to Werft Elbmann about S00042 and S00043"
    assert "6 pieces Corner board" in content.arguments["text"]
    assert content.arguments["text"].count("Guten Tag") == 1
    assert content.facts["order_value"] == "5000.00", "the policy judges all of them"
    assert content.touches == ("sale.order:43",)


def test_an_edited_text_is_shown_as_edited_and_its_facts_are_still_held(erp):
    first = told(erp)
    edited = prepare("send_customer_update", first.arguments | {"text": "Es dauert leider länger."}, erp)
    assert edited.preview.changes[1].after == "customer delay, version 1 (de), edited by a person"
    erp.order_lines[0] = line(1, delivered=pieces("9"))
    again = prepare("send_customer_update", edited.arguments, erp)
    assert again.before["late"] == ["S00042: 1 pieces Wooden crate"] != edited.before["late"]


def test_a_promise_that_was_moved_to_a_day_that_can_be_kept_takes_nothing_from_what_is_told(erp):
    content = told(erp)
    erp.orders["S00042"] = replace(erp.orders["S00042"], promise_date=EXPECTED + timedelta(hours=2))
    assert prepare("send_customer_update", content.arguments, erp).canonical() == content.canonical()
    erp.orders["S00042"] = replace(erp.orders["S00042"], promise_date=PROMISED + timedelta(days=2))
    assert "is promised for Sun 22 Nov 2026, 17:00 UTC now" in refused(erp)


@pytest.mark.parametrize(
    ("delays", "words"),
    [
        ((late(expected=PROMISED),), "there is no delay to tell"),
        ((late(lines=(3,)),), "nothing is left to deliver"),
        ((late("S00043", (3,)),), "stands on the first of its orders, S00043"),
        ((late(), late()), "names each once"),
        ((late("S00044"),), "is still a quotation"),
    ],
)
def test_what_is_no_delay_is_not_told(erp, delays, words):
    erp.orders["S00044"] = order(id=44, name="S00044", state="sent")
    assert words in refused(erp, *delays)


def test_nobody_reads_of_an_order_that_is_not_theirs(erp):
    both = late(), late("S00043", (3,))
    erp.people_of[43] = [GERMAN, Contact(9, "Forwarder", "f@forwarder.example")]
    assert "Others read what is sent about S00043" in refused(erp, *both)
    erp.customers_by_id[8] = Customer(8, "Other", Segment.STANDARD, "en", None, None)
    erp.orders["S00043"] = replace(erp.orders["S00043"], customer_id=8)
    assert "S00043 is not of Acme" in refused(erp, *both)


def test_a_day_that_is_past_is_not_told_as_expected(erp):
    content = told(erp)
    update = action_named("send_customer_update")
    update.check_time(content, EXPECTED)
    with pytest.raises(PreconditionFailed, match="2026-12-01 is past"):
        update.check_time(content, EXPECTED + timedelta(days=1))


def test_a_message_without_delays_needs_words(erp):
    with pytest.raises(PreconditionFailed, match="send_customer_update needs its text"):
        prepare("send_customer_update", {"order": "S00042"}, erp)


def test_of_many_goods_the_first_are_named_and_the_rest_counted(erp):
    erp.order_lines = [line(key, product=f"Part {key}") for key in range(1, 9)]
    text = told(erp, late(lines=tuple(range(1, 9)))).arguments["text"]
    assert "- 6 pieces Part 5\n- und 3 weitere" in text
    assert "Part 6" not in text
