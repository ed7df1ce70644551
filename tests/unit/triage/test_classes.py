"""The class that a person gave to each of the mails."""

from typing import Any, cast

import pytest

from agent.domain.mail import MailClass
from agent.ports.erp_reader import ErpReader
from agent.triage import triage
from integrations.email import parse_mail
from tests.unit.triage.company import NOW, NoCompany
from tests.unit.triage.mails import cases, judge, raw_mail

CASES = cases("classes.yaml")


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_mail_gets_the_class_a_person_gave_it(case: dict[str, Any]) -> None:
    result = triage(parse_mail(raw_mail(case)), cast(ErpReader, NoCompany()), NOW, judge=judge())
    assert result.mail_class == case["expect"], result.reason


def test_every_class_is_there_in_every_language() -> None:
    there = {(case["expect"], case["id"].rpartition("-")[2]) for case in CASES}
    assert {(kind.value, language) for kind in MailClass for language in ("en", "de", "fr", "nl", "es")} <= there
