"""How soon a mail is answered, and by whom, as the policy says it."""

from datetime import UTC, datetime

import pytest

from agent.domain.decisions import Role
from agent.domain.mail import MailClass, Priority
from agent.errors import PolicyInvalid
from agent.guardrails.inbox_rules import InboxRules
from agent.guardrails.policy import read_policy
from agent.guardrails.policy_diff import changed_settings
from tests.fixtures.packaged_policy import PACKAGED_POLICY

RULE = """
version: 1
hours:
  office: {time_zone: Europe/Berlin, working_days: [mon, tue, wed, thu, fri], opens: "08:00", closes: "18:00"}
rules:
  - {id: note, action: post_note, approve: [{role: ops_agent}], expires_after: 7d, sla: 4h}
"""
FRIDAY_LATE = datetime(2026, 11, 27, 16, 45, tzinfo=UTC)  # 17:45 in Berlin


@pytest.mark.parametrize(
    ("priority", "due"),
    [
        (Priority.P1, datetime(2026, 11, 30, 7, 15, tzinfo=UTC)),
        (Priority.P2, datetime(2026, 11, 30, 8, 45, tzinfo=UTC)),
        (Priority.P3, datetime(2026, 11, 30, 14, 45, tzinfo=UTC)),
        (Priority.P4, datetime(2026, 11, 30, 16, 45, tzinfo=UTC)),
        (Priority.P5, None),
    ],
)
def test_the_packaged_policy_counts_in_office_hours(priority: Priority, due: datetime | None) -> None:
    assert PACKAGED_POLICY.inbox.due(priority, FRIDAY_LATE) == due


def test_a_policy_that_says_nothing_of_the_inbox_never_lets_the_clock_stand_still() -> None:
    rules = read_policy(RULE, "p").inbox
    assert rules.due(Priority.P1, FRIDAY_LATE) == datetime(2026, 11, 27, 17, 15, tzinfo=UTC)
    assert rules.due(Priority.P4, FRIDAY_LATE) == datetime(2026, 11, 28, 16, 45, tzinfo=UTC)


def test_every_class_is_somebodys() -> None:
    assert {kind for role in Role for kind in PACKAGED_POLICY.inbox.routed_to((role,))} == set(MailClass)
    assert MailClass.DELAY_NOTICE in PACKAGED_POLICY.inbox.routed_to((Role.BUYER,))
    assert InboxRules().routed_to((Role.AUDITOR,)) == ()


def test_what_is_left_out_stays_as_usual() -> None:
    rules = read_policy(RULE + "inbox: {first_response: {P1: 10m}, routes: {other: buyer}}", "p").inbox
    assert rules.due(Priority.P1, FRIDAY_LATE) == datetime(2026, 11, 27, 16, 55, tzinfo=UTC)
    assert rules.due(Priority.P2, FRIDAY_LATE) == datetime(2026, 11, 27, 18, 45, tzinfo=UTC)
    assert set(rules.routed_to((Role.BUYER,))) == {MailClass.DELAY_NOTICE, MailClass.PO_CONFIRMATION, MailClass.OTHER}


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("{hours: night}", "there are no hours `night`; office"),
        ("{first_response: {P5: 1h}}", "P5 is noise"),
        ("{first_response: {P1: soon}}", "next_day"),
        ("{first_response: {P7: 1h}}", "P7"),
        ("{routes: {other: auditor}}", "the role auditor handles no mails"),
        ("{routes: {gossip: buyer}}", "gossip"),
        ("{speed: high}", "speed"),
    ],
)
def test_a_mistake_is_told_with_its_line(section: str, words: str) -> None:
    with pytest.raises(PolicyInvalid, match="line 7") as refusal:
        read_policy(f"{RULE}inbox: {section}", "p")
    assert words in str(refusal.value)


def test_a_changed_clock_and_route_are_seen_before_anybody_approves_the_policy() -> None:
    old = read_policy(RULE, "old")
    new = read_policy(RULE + "inbox: {hours: office, first_response: {P1: 10m}, routes: {other: buyer}}", "new")
    said = [part.words() for part in changed_settings(old, new)]
    assert "inbox, first response to P1: 30m → 10m" in said
    assert "inbox, route of other: ops_agent → buyer" in said
    assert any(words.startswith("inbox hours: nothing → zone Europe/Berlin") for words in said)
