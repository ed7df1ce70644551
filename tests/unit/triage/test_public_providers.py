"""An address at a public mail provider says nothing of whom its owner belongs to; the whole address still does."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import pytest

from agent.domain.mail import Trust
from agent.domain.mail_domains import company_domain
from agent.domain.records import Record
from agent.domain.sales import Customer
from agent.ports.erp_reader import ErpReader
from agent.triage import triage
from agent.triage.flags import LOOKALIKE
from integrations.email import parse_mail
from tests.unit.triage.company import CAFE, NOW, SmallCompany
from tests.unit.triage.mails import OWN_SERVER, judge, raw_mail

ON_FILE = "anna.corner@gmail.com"


class OneAtGmail(SmallCompany):
    """The only customer with an address there, for whom the ERP gives the whole domain."""

    def partners_by_email(self, addresses: Sequence[str]) -> dict[str, Record]:
        return {one: CAFE for one in addresses if one in (ON_FILE, "gmail.com")}


@pytest.mark.parametrize(("sender", "linked"), [(ON_FILE, ["S00012"]), ("attacker@gmail.com", [])])
def test_a_stranger_at_a_customers_provider_is_not_the_customer(sender: str, linked: list[str]) -> None:
    case = {"from": sender, "proven": True, "subject": "Where is our order S00012?", "body": "Hello, we wait for it. Regards"}
    found = triage(parse_mail(raw_mail(case)), cast(ErpReader, OneAtGmail()), NOW, OWN_SERVER, judge=judge())
    assert found.trust is Trust.ALIGNED
    assert [link.record.name for link in found.links] == linked
    assert "S00012" in [link.record.name for link in (*found.links, *found.candidates)], "offered to a person all the same"


@pytest.mark.parametrize(
    "domain",
    [
        "gmail.com", "GMail.com", "gmail.com.", "googlemail.com", "outlook.com", "outlook.de", "hotmail.co.uk", "live.nl",
        "yahoo.com.br", "icloud.com", "gmx.de", "gmx.net", "web.de", "t-online.de", "orange.fr", "laposte.net", "libero.it",
        "proton.me", "yandex.ru", "qq.com", "163.com", "ziggo.nl", "telenet.be", "bluewin.ch", "seznam.cz", "wp.pl", "o2.pl",
    ],
)  # fmt: skip
def test_nobody_is_a_company_for_an_address_that_anyone_may_have(domain: str) -> None:
    assert company_domain(f"someone@{domain}") is None


@pytest.mark.parametrize(
    "domain",
    ["vendor.example", "live.harbour.example", "outlook.harbour.example", "gmail.com.example", "mygmail.com", "orange.com"],
)
def test_a_domain_that_only_looks_like_a_providers_is_its_companys(domain: str) -> None:
    assert company_domain(f"someone@{domain}") == domain


@pytest.mark.parametrize("nobody", ["", "someone@", "@"])
def test_no_domain_is_nobodys(nobody: str) -> None:
    assert company_domain(nobody) is None


class CustomerAtGmail(SmallCompany):
    def customers(self, ids: Sequence[int]) -> list[Customer]:
        return [replace(one, email=ON_FILE) for one in super().customers(ids)]


def test_who_writes_from_a_provider_with_a_similar_name_imitates_no_customer() -> None:
    case = {
        "from": "jo@mail.com",
        "proven": True,
        "subject": "Where is our order S00012?",
        "body": "Hello, we wait for it. Regards",
    }
    found = triage(parse_mail(raw_mail(case)), cast(ErpReader, CustomerAtGmail()), NOW, OWN_SERVER, judge=judge())
    assert LOOKALIKE not in found.flags
