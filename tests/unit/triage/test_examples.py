"""The examples that a judge learns from, and what the policy has to say of a mail."""

import pytest

from agent.domain.mail import MailClass
from agent.guardrails.policy import Thresholds
from agent.ports.erp_reader import ErpReader
from agent.triage import triage
from agent.triage.schooling import examples_of
from tests.unit.triage.company import NOW, SmallCompany
from tests.unit.triage.mails import OWN_SERVER, cases, mail


@pytest.mark.parametrize("kind", list(MailClass))
def test_every_class_has_examples(kind: MailClass) -> None:
    assert len(examples_of(kind)) >= 20


def test_mails_to_be_tested_are_not_among_the_examples() -> None:
    examples = {example for kind in MailClass for example in examples_of(kind)}
    held_back = [case["body"] for case in cases("classes.yaml") if case["id"].startswith("g-")]
    assert held_back
    assert not [body for body in held_back if any(" ".join(body.split()) in example for example in examples)]


@pytest.mark.parametrize(("limit", "priority"), [(900, "P2"), (901, "P3")])
def test_the_policy_says_what_a_large_order_is(limit: int, priority: str) -> None:
    asked = mail(
        **{"from": "anna@cornercafe.example"},
        proven=True,
        subject="Order S00013",
        body="Hello, where is our order S00013? Thanks",
    )
    reader: ErpReader = SmallCompany()  # type: ignore[assignment]
    assert triage(asked, reader, NOW, OWN_SERVER, Thresholds(weighty_order_value=limit)).priority == priority
