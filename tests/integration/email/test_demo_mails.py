"""The demo company's inbox, from file to links in its ERP."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.domain.mail import Triage
from agent.triage import triage
from integrations.demo.mailbox import write_mails
from integrations.email import read_mail
from tests.fixtures.demo import DemoErp

AUTHSERV = "mx.harbourvale.example"


@pytest.fixture
def inbox(demo_erp: DemoErp, tmp_path: Path) -> dict[str, Triage]:
    now = datetime.now(UTC)
    files = write_mails(tmp_path, now)
    return {file.stem: triage(read_mail(file), demo_erp.reader, now, AUTHSERV) for file in files}


def test_the_inbox_is_triaged_as_its_story_says(inbox: dict[str, Triage]) -> None:
    assert {name: result.mail_class.value for name, result in inbox.items()} == {
        "1-delay-notice": "delay_notice",
        "2-purchase-confirmed": "po_confirmation",
        "3-where-is-our-order": "order_status_inquiry",
        "4-damage-claim": "damage_shortage_claim",
        "5-out-of-office": "automated_noise",
        "6-changed-bank-details": "invoice_dispute",
    }


def test_aligned_partners_are_linked_to_their_own_records(inbox: dict[str, Triage]) -> None:
    linked = {name: [link.record.name for link in result.links] for name, result in inbox.items()}
    assert linked["1-delay-notice"] == ["P00222"]
    assert linked["2-purchase-confirmed"] == ["P00333"]
    assert linked["3-where-is-our-order"] == ["S01111"]
    assert linked["4-damage-claim"] == ["S01234"]


def test_the_fraud_is_urgent_unlinked_and_unanswered(inbox: dict[str, Triage]) -> None:
    fraud = inbox["6-changed-bank-details"]
    assert fraud.priority == "P1"
    assert set(fraud.flags) >= {"bank_change", "hidden_text", "injection_text", "lookalike_domain"}
    assert (fraud.links, fraud.draft) == ((), None)
    assert fraud.needs_person


def test_a_strategic_guest_without_goods_is_urgent(inbox: dict[str, Triage]) -> None:
    assert inbox["3-where-is-our-order"].priority == "P1"
    assert (inbox["3-where-is-our-order"].draft or "").startswith("Bonjour")


def test_a_machine_is_not_answered(inbox: dict[str, Triage]) -> None:
    away = inbox["5-out-of-office"]
    assert (away.automatic, away.priority, away.draft) == (True, "P5", None)
