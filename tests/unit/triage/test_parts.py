"""Dates, amounts, machines, look-alikes, languages, and an ERP that is away."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import cast

import pytest

from agent.domain.mail import Priority
from agent.guardrails.untrusted_text import clean, fold, instructions_in
from agent.ports.erp_reader import ErpReader
from agent.triage import triage, triage_row
from agent.triage.automatic import machine_signs
from agent.triage.dates import days_in
from agent.triage.flags import changes_bank_details
from agent.triage.language import languages_of
from agent.triage.linking import is_lookalike
from agent.triage.priority import add_working_days
from tests.unit.triage.company import NOW, NoCompany, SmallCompany
from tests.unit.triage.mails import mail, triaged

TODAY = date(2026, 3, 4)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-12", "2026-03-12"), ("12.03.2026", "2026-03-12"), ("12/03/2026", "2026-03-12"), ("03/25/2026", "2026-03-25"),
        ("12.3.", "2026-03-12"), ("12/03", "2026-03-12"), ("12 March 2026", "2026-03-12"), ("March 12th, 2026", "2026-03-12"),
        ("the 1st of April", "2026-04-01"), ("12. März", "2026-03-12"), ("1er avril", "2026-04-01"),
        ("12 maart 2026", "2026-03-12"),
        ("12 de marzo de 2026", "2026-03-12"), ("le 2 août", "2026-08-02"), ("15 januari", "2026-01-15"), ("KW 12", "2026-03-20"),
        ("week 14", "2026-04-03"), ("tomorrow", "2026-03-05"), ("mañana", "2026-03-05"), ("on Friday", "2026-03-06"),
        ("vendredi", "2026-03-06"), ("woensdag", "2026-03-11"), ("5 January", "2026-01-05"), ("12.03.26", "2026-03-12"),
    ],
)  # fmt: skip
def test_a_day_is_read_in_five_languages(text: str, day: str) -> None:
    assert [found.day.isoformat() for found in days_in(fold(text), TODAY)] == [day]


@pytest.mark.parametrize("text", ["31.02.2026", "version 2.3.1", "10-12 pallets", "1,240.50 EUR", "99/99/2026", "in may be"])
def test_what_is_no_day_is_left_alone(text: str) -> None:
    assert days_in(fold(text), TODAY) == []


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [("EUR 1,234.50", "1234.50", "EUR"), ("1.234,50 €", "1234.50", "EUR"), ("£99", "99", "GBP"), ("USD 12000", "12000", "USD"),
     ("1 240,00 EUR", "1240.00", "EUR"), ("412,5 euros", "412.5", "EUR")],
)  # fmt: skip
def test_an_amount_is_read_with_its_currency(text: str, amount: str, currency: str) -> None:
    (found,) = triaged(subject="invoice wrong", body=f"it says {text} too much").fields["amounts"]
    assert (found["value"], found["currency"]) == (amount, currency)


def test_a_field_names_the_place_it_was_read_from() -> None:
    message = mail(subject="Delay", body="P00021 is delayed. New delivery date: 24 March 2026, 60 pieces by DHL.")
    fields = triaged(subject="Delay", body=message.text).fields
    assert message.text[slice(*fields["new_eta"]["span"])] == "24 March 2026"
    assert message.text[slice(*fields["quantities"][0]["span"])] == "60 pieces"
    assert message.text[slice(*fields["carrier"]["span"])] == "DHL"


@pytest.mark.parametrize(
    "headers",
    [{"Auto-Submitted": "auto-generated"}, {"Auto-Submitted": "auto-replied; owner-email=x"}, {"Precedence": "bulk"},
     {"List-Id": "<x>"},
     {"X-Auto-Response-Suppress": "All"}, {"Return-Path": "<>"}, {"X-Autoreply": "yes"}, {"X-Expediter-Action": "7"}],
)  # fmt: skip
def test_a_machine_gives_itself_away(headers: dict[str, str]) -> None:
    assert machine_signs(mail(headers=headers))


def test_a_person_is_no_machine() -> None:
    assert not machine_signs(mail(**{"from": "norepa@partner.example", "headers": {"Auto-Submitted": "no"}}))


@pytest.mark.parametrize(
    "domain", ["kess1er.example", "kessler.other", "kessler-payments.example", "kesler.example", "kesslerr.example"]
)
def test_a_domain_that_imitates_a_partner_is_seen(domain: str) -> None:
    assert is_lookalike(domain, "kessler.example")


@pytest.mark.parametrize("domain", ["kessler.example", "mail.kessler.example", "nordpump.example", "", "castlehotels.example"])
def test_another_or_the_same_domain_is_no_imitation(domain: str) -> None:
    assert not is_lookalike(domain, "kessler.example")


@pytest.mark.parametrize(
    "text",
    ["please pay to our new bank account", "unsere bankverbindung hat sich geandert", "nos coordonnees bancaires ont change",
     "ons rekeningnummer is gewijzigd", "nuestros datos bancarios han cambiado", "kindly update the iban in your records"],
)  # fmt: skip
def test_a_change_of_bank_details_is_heard(text: str) -> None:
    assert changes_bank_details(text)


@pytest.mark.parametrize(
    "text",
    ["we have moved to another bank", "wir haben die bank gewechselt", "nous changeons de banque",
     "wij bankieren voortaan bij de sparbank",
     "hemos cambiado de entidad", "pay the balance to the subsidiary's account", "el anticipo va a la cuenta del grupo",
     "pay po 77 with the right one, gb33 bukb 2020 1555 5555 55"],
)  # fmt: skip
def test_another_bank_or_somebody_elses_account_is_heard_too(text: str) -> None:
    assert changes_bank_details(text)


@pytest.mark.parametrize(
    "text",
    [
        "the bank holiday changes our hours",
        "please pay invoice 55 by transfer",
        "we received your payment",
        "iban gb33 bukb 2020 1555 5555 55, bic bukbgb22",
        "wir nutzen die rampe an der bank",
    ],
)
def test_talk_of_banks_and_payments_is_no_change(text: str) -> None:
    assert not changes_bank_details(text)


@pytest.mark.parametrize(
    "text",
    ["please follow the packing instructions", "our delivery instructions: ring twice", "you are a valued customer",
     "please ignore my last mail", "bitte beachten Sie die Anweisungen des Fahrers",
     "merci de suivre nos instructions de livraison",
     "we will release the goods after payment", "please call our agent in Rotterdam", "the system shows your order"],
)  # fmt: skip
def test_ordinary_instructions_are_no_attempt_on_a_machine(text: str) -> None:
    assert instructions_in(text) == ()


def test_cleaned_text_keeps_its_words() -> None:
    assert clean("a\u200bb\u202ec\u00a0d\r\ne\x00") == "abc d\ne"
    assert len(fold("Größe ½ ﬁ Ω")) == len("Größe ½ ﬁ Ω")


@pytest.mark.parametrize("text", ["", "P00012", "12 x 55"])
def test_a_language_is_not_guessed_from_nothing(text: str) -> None:
    assert languages_of(text) == []


def test_an_unknown_language_goes_to_a_person_with_an_english_draft() -> None:
    result = triaged(
        subject="P00021 delay", body="Buongiorno, il vostro ordine P00021 non sara consegnato. Grazie e saluti, siamo in ritardo"
    )
    assert result.language == "it"
    assert (result.draft or "Hello").startswith("Hello")


def test_without_the_erp_a_mail_is_still_triaged() -> None:
    result = triaged(
        subject="P00021 delayed", body="P00021 is delayed until 24 March 2026.", proven=True, reader=cast(ErpReader, NoCompany())
    )
    assert (result.mail_class, result.priority, result.links, result.needs_person) == ("delay_notice", Priority.P2, (), True)
    assert "Odoo does not answer" in result.reason


def test_the_number_of_reads_does_not_grow_with_the_numbers_named() -> None:
    few, many = SmallCompany(), SmallCompany()
    triaged(subject="delay", body="S00090 is late", reader=cast(ErpReader, few))
    triaged(
        subject="delay", body=" ".join(f"S{number:05}" for number in range(100, 150)) + " are late", reader=cast(ErpReader, many)
    )
    assert few.calls == many.calls


def test_the_row_is_the_contract() -> None:
    row = triage_row("a.eml", triaged(subject="S00013", body="where is our order S00013?"))
    assert list(row) == [
        "file", "class", "intents", "priority", "language", "confidence", "alternatives", "needs_person", "reason", "automatic",
        "trust", "flags", "references", "links", "candidates", "fields", "draft", "attachments", "opinion",
    ]  # fmt: skip
    assert row["references"] == [{"kind": "sale_order", "value": "S00013", "span": [19, 25], "source": "body"}]


def test_working_days_skip_the_weekend() -> None:
    assert add_working_days(date(2026, 3, 5), 2) == date(2026, 3, 9)


@pytest.mark.parametrize(
    ("domain", "known"),
    [("castlehotels.example.orders.example", "castlehotels.example"), ("harbourva1e.example", "harbourvale.example")],
)
def test_a_domain_that_holds_or_imitates_another_is_a_lookalike(domain: str, known: str) -> None:
    assert is_lookalike(domain, known)


def test_a_sender_who_imitates_us_is_linked_to_nothing_and_answered_by_nobody() -> None:
    result = triaged(
        **{"from": "boss@harbourva1e.example"}, proven=True, subject="S00013", body="Please cancel order S00013 now."
    )
    assert "lookalike_domain" in result.flags
    assert (result.links, result.draft, result.needs_person) == ((), None, True)


@pytest.mark.parametrize("proven", [True, False])
def test_colleagues_get_no_draft_and_whoever_claims_to_be_one_is_looked_at(proven: bool) -> None:
    result = triaged(
        **{"from": "walter@harbourvale.example"},
        proven=proven,
        subject="S00013",
        body="Where is our order S00013? The customer asks.",
    )
    assert result.draft is None
    assert ("claims to come from one of us" in result.reason) is not proven


@pytest.mark.parametrize(
    "text", ["IBAN DE89 3704 0044 0532 0130 00", "NL91ABNA0417164300", "sort code 20-00-00, account 55779911"]
)
def test_a_mail_that_names_an_account_is_linked_and_answered_by_a_person(text: str) -> None:
    result = triaged(
        **{"from": "anna@cornercafe.example"},
        proven=True,
        subject="S00013",
        body=f"Where is our order S00013? Regards, Anna. {text}",
    )
    assert "bank_account" in result.flags
    assert (result.links, result.draft, result.needs_person) == ((), None, True)


@pytest.mark.parametrize(
    "text", ["JJD014600006281230704", "SSCC 340123450000000017", "RTM/OUT/00072", "040 12345678", "12-03-26 at 9"]
)
def test_numbers_of_parcels_and_telephones_are_no_accounts(text: str) -> None:
    assert "bank_account" not in triaged(subject="x", body=text).flags


def test_no_mail_was_sent_later_than_now_whatever_its_date_says() -> None:
    """Tomorrow of the last day of all calendars is no day at all."""
    sent = replace(mail(subject="Delay of P00012", body="It comes tomorrow."), sent_at=datetime(9999, 12, 31, 8, tzinfo=UTC))
    fields = triage(sent, cast(ErpReader, SmallCompany()), NOW).fields
    assert fields["new_eta"]["value"] == "2026-03-05"
