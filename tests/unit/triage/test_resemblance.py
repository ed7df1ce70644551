"""What the rules are not sure of is compared with mails that persons gave a class."""

import pytest

from agent.domain.mail import MailClass
from agent.guardrails.policy import Thresholds
from agent.guardrails.untrusted_text import fold
from agent.ports.erp_reader import ErpReader
from agent.triage import triage
from agent.triage.resemblance import examples_of, resembles
from tests.unit.triage.company import NOW, SmallCompany
from tests.unit.triage.mails import OWN_SERVER, cases, mail, triaged


@pytest.mark.parametrize("kind", list(MailClass))
def test_every_class_has_examples(kind: MailClass) -> None:
    assert len(examples_of(kind)) >= 20


def test_a_text_is_like_the_examples_of_its_class() -> None:
    assert (
        resembles(fold("The consignee will not take the pallet, we are bringing it back to our depot."))
        is MailClass.DELIVERY_EXCEPTION
    )


@pytest.mark.parametrize("text", ["", "?", "qwertz asdfgh yxcvbn", "12345"])
def test_nothing_is_said_of_a_text_without_telling_words(text: str) -> None:
    assert resembles(text) is None


def test_what_is_only_resembled_goes_to_a_person_and_gets_no_draft() -> None:
    result = triaged(subject="parcel", body="Chap next door says they moved out in May, our man has it back in the van.")
    assert result.needs_person
    assert result.draft is None


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
