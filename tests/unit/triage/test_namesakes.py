"""A sender nobody knows may be a partner whose name it resembles: offered to a person, and nothing more."""

from typing import Any, cast

import pytest

from agent.domain.mail import Trust
from agent.ports.erp_reader import ErpReader
from agent.triage import triage
from integrations.email import parse_mail
from tests.unit.triage.company import CAFE, HOTEL, MAIL_OF, NOW, VENDOR, SmallCompany
from tests.unit.triage.mails import OWN_SERVER, judge, raw_mail

ASKS = "Hello, when does our delivery arrive? We have been waiting for it since Monday and need the goods.\n"


def read(company: SmallCompany, **case: Any) -> Any:
    mail = {"from": "office@new-place.example", "proven": True, "subject": "Our delivery", "body": ASKS, **case}
    return triage(parse_mail(raw_mail(mail)), cast(ErpReader, company), NOW, OWN_SERVER, judge=judge())


def misspelt(name: str) -> str:
    """One letter of its longest word is left out."""
    longest = max(name.split(), key=len)
    return name.replace(longest, longest[:3] + longest[4:])


@pytest.mark.parametrize("partner", [HOTEL, CAFE, VENDOR])
def test_a_misspelt_name_in_the_signature_is_offered_and_a_person_looks(partner: Any) -> None:
    found = read(SmallCompany(), body=f"{ASKS}\nKind regards\nAnna\n{misspelt(partner.name).title()} GmbH\n")
    assert found.trust is Trust.ALIGNED
    assert found.links == ()
    assert [link.record for link in found.candidates][:1] == [partner]
    assert found.needs_person
    assert "a record must be chosen" in found.reason


def test_who_is_known_by_the_address_is_not_guessed_at() -> None:
    company = SmallCompany()
    found = read(company, **{"from": MAIL_OF[CAFE.id], "body": f"{ASKS}\n{HOTEL.name} GmbH\n"})
    assert [link.record for link in found.candidates] == [CAFE]
    assert "partners_like" not in company.calls


def test_a_suspicious_mail_is_not_helped_to_a_partner() -> None:
    company = SmallCompany()
    words = f"Our bank details have changed. Please pay to our new account DE02 1203 0000 0000 2020 51.\n{HOTEL.name} GmbH\n"
    found = read(company, body=words)
    assert found.links == ()
    assert "partners_like" not in company.calls


def test_a_name_like_nobodys_offers_nobody() -> None:
    found = read(SmallCompany(), body=f"{ASKS}\nKind regards\nZweigstelle Quarzwerk Xanten GmbH\n")
    assert found.candidates == ()


def test_guessing_takes_one_look_into_the_erp() -> None:
    company = SmallCompany()
    read(company, body=f"{ASKS}\nKind regards\n{misspelt(HOTEL.name)} GmbH\n{misspelt(CAFE.name)} Ltd\n")
    assert company.calls.count("partners_like") == 1
