"""The numbers a mail names, and the ones that only look like it."""

import pytest

from agent.domain.mail import ReferenceKind
from agent.triage.check_digits import is_air_waybill, is_container, is_sscc
from agent.triage.references import references_in
from tests.unit.triage.mails import mail

K = ReferenceKind


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("about S00042 please", K.SALE_ORDER, "S00042"),
        ("your SO-2026-00042.", K.SALE_ORDER, "SO-2026-00042"),
        ("(P00012)", K.PURCHASE_ORDER, "P00012"),
        ("PO-4711, PO 4712", K.PURCHASE_ORDER, "PO-4711"),
        ("delivery WH/OUT/00012", K.DELIVERY, "WH/OUT/00012"),
        ("receipt RTM/IN/00451!", K.DELIVERY, "RTM/IN/00451"),
        ("INV/2026/00077:", K.INVOICE, "INV/2026/00077"),
        ("INV/2026/03/0077", K.INVOICE, "INV/2026/03/0077"),
        ("invoice no. 55120", K.INVOICE, "55120"),
        ("Rechnungsnummer: RE-2026-118", K.INVOICE, "RE-2026-118"),
        ("facture n° FA-2201", K.INVOICE, "FA-2201"),
        ("RMA-2026-14", K.RMA, "RMA-2026-14"),
        ("1Z 999 AA1 01 2345 6784", K.TRACKING, "1Z 999 AA1 01 2345 6784"),
        ("SSCC 340123450000000017", K.TRACKING, "340123450000000017"),
        ("AWB 020-12345675", K.TRACKING, "020-12345675"),
        ("tracking number: 998877665544", K.TRACKING, "998877665544"),
        ("Sendungsnummer 00340434161094042557", K.TRACKING, "00340434161094042557"),
        ("numéro de suivi 6A12345678901", K.TRACKING, "6A12345678901"),
        ("container MSKU9070323", K.CONTAINER, "MSKU9070323"),
        ("CSQU 305438-3", K.CONTAINER, "CSQU 305438-3"),
        ("item BEL-5", K.PRODUCT, "BEL-5"),
        ("Artikel-Nr. 88-1200", K.PRODUCT, "88-1200"),
        ("your order 4500012345", K.CUSTOMER_REFERENCE, "4500012345"),
        ("Bestellnummer: 2026/118", K.CUSTOMER_REFERENCE, "2026/118"),
        ("votre commande n° CMD-7781", K.CUSTOMER_REFERENCE, "CMD-7781"),
        ("uw kenmerk 2026-4410", K.CUSTOMER_REFERENCE, "2026-4410"),
        ("nuestro pedido OC-5512", K.CUSTOMER_REFERENCE, "OC-5512"),
        ("Ped. 1611", K.CUSTOMER_REFERENCE, "1611"),
        ("auf 2 Lieferscheine 88120 und 88123 geladen", K.CUSTOMER_REFERENCE, "88123"),
        ("Frachtbriefe 71-33640, 71-33655 und 71-33660", K.TRACKING, "71-33660"),
        ("MSKU9070324 is at sea, by a slip of the pen", K.CUSTOMER_REFERENCE, "MSKU9070324"),
    ],
)
def test_a_number_is_found_where_it_stands(text: str, kind: ReferenceKind, value: str) -> None:
    message = mail(body=text)
    found = [(one.kind, one.value, message.text[slice(*one.span)]) for one in references_in(message)]
    assert (kind, value, value) in found


@pytest.mark.parametrize(
    "text",
    ["we met in 2026", "call +49 40 123456", "12.03.2026", "the order of 50 pieces", "SS12 and P1 and S4",
     "https://shop.example/S00042/x", "order today", "reference to our talk", "AWB 020-12345676 has a wrong check digit"],
)  # fmt: skip
def test_what_only_looks_like_a_number_is_left_alone(text: str) -> None:
    found = [one for one in references_in(mail(body=text)) if one.kind not in (K.TRACKING, K.PRODUCT)]
    assert found == []


def test_what_follows_a_number_is_another_only_in_its_shape() -> None:
    values = [
        one.value for one in references_in(mail(body="Pakbonnen en albaran 7741-26 y 2400 piezas, albaran 7742-26 y 7743-26"))
    ]
    assert values == ["7741-26", "7742-26", "7743-26"]


def test_a_number_is_named_once_and_new_text_comes_before_the_quote() -> None:
    message = mail(subject="Re: S00042", body="about S00042\n\n> S00042 and S00043")
    found = [(one.value, one.quoted, one.in_subject) for one in references_in(message)]
    assert found == [("S00042", False, False), ("S00043", True, False)]


def test_a_number_only_in_the_subject_says_so() -> None:
    (found,) = references_in(mail(subject="Question on S00042", body="when?"))
    assert (found.in_subject, found.span) == (True, (12, 18))


@pytest.mark.parametrize(
    ("number", "valid"), [("CSQU3054383", True), ("MSKU9070323", True), ("MSKU9070324", False), ("CSQU305438", False)]
)
def test_containers_carry_the_iso_6346_digit(number: str, valid: bool) -> None:
    assert is_container(number) is valid


@pytest.mark.parametrize(("number", "valid"), [("020-12345675", True), ("020-12345676", False), ("020-1234567", False)])
def test_air_waybills_carry_their_number_modulo_seven(number: str, valid: bool) -> None:
    assert is_air_waybill(number) is valid


@pytest.mark.parametrize(
    ("number", "valid"), [("340123450000000017", True), ("(00)340123450000000017", True), ("340123450000000018", False)]
)
def test_shipping_units_carry_the_gs1_digit(number: str, valid: bool) -> None:
    assert is_sscc(number) is valid
