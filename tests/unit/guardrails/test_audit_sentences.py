"""Each kind of entry as an auditor reads it, whole and with what may be missing left out."""

from datetime import UTC, datetime
from typing import Any

import pytest

from agent.domain.audit import AuditEntry
from agent.guardrails.audit import AuditKind, story

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
UNTIL = "2026-11-24T16:30:00+01:00"
ERP_USER = {"erp_id": 7, "login": "ana@ours", "name": "Ana Ruiz"}
FINDING = {"severity": "high", "finding": "S00042 misses its promise"}
Row = dict[str, Any]

SENTENCES: list[tuple[AuditKind, str, Row, str]] = [
    (
        AuditKind.JOB_REPLAYED,
        "job:4",
        {"task": "answer_chat", "reason": "Odoo did not answer."},
        "ana had J4 (answer_chat) run again, which was given up: “Odoo did not answer.”.",
    ),
    (AuditKind.INBOUND_RECEIVED, "inbound:7", {"kind": "undo", "text": "12"}, "ana asked to undo P12."),
    (AuditKind.INBOUND_RECEIVED, "inbound:7", {"kind": "dry_run", "text": "12"}, "ana asked what would be done for P12 now."),
    (
        AuditKind.INBOUND_RECEIVED,
        "inbound:7",
        {"kind": "propose", "text": '{"action": "post_note", "arguments": {"order": "S1", "text": "hi"}, "reason": "so"}'},
        "ana asked for post_note (order S1, text hi): “so”.",
    ),
    (
        AuditKind.INBOUND_RECEIVED,
        "inbound:7",
        {"kind": "propose", "text": '{"cause": "P00042", "new_date": "2026-12-01", "reason": "so"}'},
        "ana asked for new promise dates for what waits for P00042 when it comes 2026-12-01: “so”.",
    ),
    (
        AuditKind.INBOUND_RECEIVED,
        "inbound:7",
        {"kind": "propose", "text": '{"mails_of": "2026-11-27", "reason": "so"}'},
        "ana asked for the linked mails of 2026-11-27 to be put on what they are about: “so”.",
    ),
    (
        AuditKind.INBOUND_RECEIVED,
        "inbound:7",
        {"kind": "mail_link", "text": '{"mail": 12, "record": "S00042"}'},
        "ana asked to link M12 to S00042.",
    ),
    (
        AuditKind.INBOUND_RECEIVED,
        "inbound:7",
        {"kind": "mail_follow", "text": '{"mail": 12}'},
        "ana asked what follows from M12.",
    ),
    (
        AuditKind.INBOUND_RECEIVED,
        "inbound:7",
        {"kind": "propose", "text": '{"customers_of": 12, "reason": "It is late."}'},
        "ana asked for messages to the customers whose promise breaks because of M12: “It is late.”.",
    ),
    (AuditKind.INBOUND_RECEIVED, "inbound:7", {"kind": "chat", "text": "why?"}, "ana asked: “why?”."),
    (AuditKind.PROPOSAL_CREATED, "proposal:12", {}, "P12 was proposed for ana by the rules: a change."),
    (
        AuditKind.PROPOSAL_CREATED,
        "proposal:12",
        {
            "content": {
                "before": {"locked": False, "state": "sale", "nobody": None},
                "facts": {"new_date": UNTIL, "urgent": True},
                "preview": {"title": "Hold S1", "changes": [{"label": "Held", "before": "no", "after": "yes"}]},
            },
            "supersedes": 11,
            "group_id": 3,
            "rationale": "They do not pay.",
            "provenance": {"origin": "model"},
        },
        "P12 was proposed for ana by the model unknown: Hold S1 (Held: no → yes), in place of P11, a line of G3. "
        "Reason given: They do not pay. It rests on locked no, new date 2026-11-24 15:30 UTC, state sale, urgent yes.",
    ),
    (
        AuditKind.DECISION_RECORDED,
        "proposal:12",
        {"verdict": "approve", "step": 1, "rule": "note", "policy_version": "v1-ab", "reason": "ok", "second_factor_id": 4},
        "ana approved P12 (step 2) with a code of their authenticator under rule note of policy v1-ab, saying “ok”.",
    ),
    (AuditKind.DECISION_RECORDED, "proposal:12", {"verdict": "reject"}, "ana rejected P12."),
    (
        AuditKind.DECISION_REFUSED,
        "proposal:12",
        {"kind": "NotPermitted", "said": "ana may not."},
        "ana was refused a click on P12 (NotPermitted): ana may not.",
    ),
    (AuditKind.PROPOSAL_WITHDRAWN, "proposal:12", {"reason": "too late"}, "ana withdrew P12, saying “too late”."),
    (AuditKind.PROPOSAL_COMMENTED, "proposal:12", {"text": "call them"}, "ana commented on P12: “call them”."),
    (
        AuditKind.GROUP_CREATED,
        "group:3",
        {"id": 3, "title": "P00015 is late"},
        "G3 was made for ana, to be decided together or line by line: P00015 is late.",
    ),
    (AuditKind.GRANT_ISSUED, "proposal:12", {}, "The approvals added up: P12 may be carried out once."),
    (
        AuditKind.GRANT_ISSUED,
        "proposal:12",
        {"expires_at": UNTIL, "sha256": "0123456789abcdef"},
        "The approvals added up: P12 may be carried out once until 2026-11-24 15:30 UTC, for exactly the content 0123456789ab.",
    ),
    (AuditKind.EXECUTION_STARTED, "execution:3", {"proposal_id": 12}, "The executor began to carry P12 out."),
    (AuditKind.EXECUTION_FINISHED, "execution:3", {"proposal_id": 12, "outcome": "failed"}, "P12 failed."),
    (
        AuditKind.EXECUTION_FINISHED,
        "execution:3",
        {"proposal_id": 12, "outcome": "uncertain", "detail": "It is neither."},
        "P12 needs a person to look. It is neither.",
    ),
    (AuditKind.EXECUTION_FINISHED, "execution:3", {"outcome": "vanished"}, "execution:3 ended."),
    (
        AuditKind.EXECUTION_RESOLVED,
        "execution:3",
        {"proposal_id": 12, "took_effect": True, "reason": "I see it"},
        "ana looked and found that P12 took effect, saying “I see it”.",
    ),
    (
        AuditKind.EXECUTION_RESOLVED,
        "execution:3",
        {"proposal_id": 12, "took_effect": False, "reason": "not there"},
        "ana looked and found that P12 did not take effect, saying “not there”.",
    ),
    (
        AuditKind.EXECUTION_STOPPED,
        "executions",
        {"action": "*", "reason": "an upgrade"},
        "ana stopped all executions, saying “an upgrade”.",
    ),
    (
        AuditKind.EXECUTION_LIMITED,
        "executions",
        {"action": "post_note", "per_hour": 5, "reason": "slow"},
        "ana let 5 executions of post_note begin in an hour, saying “slow”.",
    ),
    (
        AuditKind.EXECUTION_RELEASED,
        "executions",
        {"action": "post_note", "reason": "over"},
        "ana let executions of post_note go on, saying “over”.",
    ),
    (
        AuditKind.POLICY_STORED,
        "policy:v2",
        {"version": "v2-cd", "reason": "a new matrix"},
        "ana handed in policy v2-cd, saying “a new matrix”; nothing changed by that.",
    ),
    (AuditKind.POLICY_ACTIVATED, "policy:v1", {"version": "v1-ab"}, "Policy v1-ab came into force, from the owner's file."),
    (
        AuditKind.POLICY_ACTIVATED,
        "policy:v2",
        {"version": "v2-cd", "replaced": "v1-ab", "proposal_id": 9},
        "Policy v2-cd came into force instead of v1-ab, as P9 was approved to do.",
    ),
    (
        AuditKind.APPROVAL_REMINDED,
        "proposal:12",
        {"proposal_id": 12, "step": 0, "number": 2, "roles": ["buyer", "finance"]},
        "P12 (step 1) still waited; reminder 2 to buyer or finance.",
    ),
    (
        AuditKind.APPROVAL_REMINDED,
        "proposal:12",
        {"proposal_id": 12, "number": 1, "roles": ["buyer"], "standing_in": [{"deputy": "ada", "absent": "sofia"}]},
        "P12 still waited; reminder 1 to buyer, ada for sofia.",
    ),
    (
        AuditKind.APPROVAL_ESCALATED,
        "proposal:12",
        {"proposal_id": 12, "step": 1, "roles": ["ops_manager"]},
        "P12 (step 2) had waited too long and was escalated: ops_manager may decide too.",
    ),
    (AuditKind.APPROVAL_EXPIRED, "proposal:12", {"proposal_id": 12}, "P12 lapsed; those who decide had not decided."),
    (
        AuditKind.ABSENCE_NOTED,
        "person:4",
        {"handle": "sofia", "ends_at": "2026-11-24", "deputy": "ada"},
        "ana said that sofia is away until 2026-11-24 and ada stands in.",
    ),
    (
        AuditKind.ABSENCE_NOTED,
        "person:4",
        {"id": 3, "handle": "sofia", "ends_at": "2026-11-24", "deputy": "ada"},
        "ana said that sofia is away until 2026-11-24 and ada stands in (absence 3).",
    ),
    (
        AuditKind.ABSENCE_CANCELLED,
        "person:4",
        {"absence_id": 3, "handle": "sofia", "deputy": "ada", "reason": "Wrong week."},
        "ana cancelled an absence of sofia, saying “Wrong week.”; ada never stood in.",
    ),
    (AuditKind.ABSENCE_ENDED, "person:4", {}, "ana ended an absence early; the deputy stands in no longer."),
    (AuditKind.RECOMMENDATION_MADE, "inbound:7", {"origin": "rules", "withheld": []}, "ana was answered by the rules."),
    (
        AuditKind.SENTENCE_WITHHELD,
        "inbound:7",
        {"text": "All is well."},
        "A sentence that no tool result supported was withheld from ana: “All is well.”.",
    ),
    (
        AuditKind.FINDING_ACKNOWLEDGED,
        "finding:5",
        FINDING,
        "ana acknowledged F5 (high: S00042 misses its promise).",
    ),
    (
        AuditKind.FINDING_SNOOZED,
        "finding:5",
        FINDING | {"until": UNTIL, "reason": "stock comes"},
        "ana snoozed F5 (high: S00042 misses its promise) until 2026-11-24 15:30 UTC, saying “stock comes”.",
    ),
    (AuditKind.FINDING_UNSNOOZED, "finding:5", FINDING, "ana ended the snooze of F5 (high: S00042 misses its promise)."),
    (
        AuditKind.FINDING_ASSIGNED,
        "finding:5",
        FINDING | {"owner": "wim"},
        "ana assigned F5 (high: S00042 misses its promise) to wim.",
    ),
    (
        AuditKind.FINDING_COMMENTED,
        "finding:5",
        {"finding": "late", "reason": "hm"},
        "ana commented on F5 (unknown severity: late), saying “hm”.",
    ),
    (AuditKind.FINDING_MARKED_TRUE, "finding:5", FINDING, "ana called F5 (high: S00042 misses its promise) a true alarm."),
    (
        AuditKind.MAIL_TRIAGED,
        "mail:12",
        {"class": "delay_notice", "priority": "P2", "links": [], "needs_person": True, "reason": "it says “late”"},
        "M12 was read as delay notice, P2; a person was to look: it says “late”.",
    ),
    (
        AuditKind.MAIL_CORRECTED,
        "mail:12",
        {"class": "order_change", "priority": "P1", "reason": "it cancels"},
        "ana corrected M12: order change, P1, saying “it cancels”.",
    ),
    (AuditKind.MAIL_LINKED, "mail:12", {"record": "S00012"}, "ana linked M12 to S00012."),
    (AuditKind.MAIL_UNLINKED, "mail:12", {"record": "S00012"}, "ana said that M12 is not about S00012."),
    (AuditKind.MAIL_TAKEN, "mail:12", {"owner": "bob"}, "ana gave M12 to bob."),
    (AuditKind.MAIL_ANSWERED, "mail:12", {}, "ana answered M12."),
    (AuditKind.MAIL_DONE, "mail:12", {"reason": "told them"}, "ana said that M12 is done, saying “told them”."),
    (AuditKind.MAIL_REOPENED, "mail:12", {}, "ana reopened M12."),
    (AuditKind.FINDING_MARKED_FALSE, "finding:5", FINDING, "ana called F5 (high: S00042 misses its promise) a false alarm."),
    (AuditKind.PERSON_ADDED, "person:4", {"roles": ["buyer", "finance"]}, "ana was added: buyer, finance."),
    (AuditKind.PERSON_CHANGED, "person:4", {"roles": [], "active": False}, "ana was changed: no role, no longer active."),
    (AuditKind.TOKEN_ISSUED, "person:4", {}, "A token was issued to ana."),
    (AuditKind.TOKEN_ISSUED, "person:4", {"expires_at": UNTIL}, "A token was issued to ana, valid until 2026-11-24 15:30 UTC."),
    (AuditKind.TOKEN_CHANGED, "person:4", {}, "A token of ana was revoked or changed."),
    (AuditKind.ENROLMENT_CODE_ISSUED, "person:4", {}, "A code to set up an authenticator was issued to ana."),
    (AuditKind.AUTHENTICATOR_ENROLLED, "person:4", {}, "ana enrolled an authenticator."),
    (AuditKind.AUTHENTICATOR_CONFIRMED, "person:4", {}, "ana confirmed an authenticator."),
    (AuditKind.AUTHENTICATOR_REMOVED, "person:4", {}, "ana removed an authenticator."),
    (
        AuditKind.ACCOUNT_LINKED,
        "person:4",
        {"handle": "ana", "slack_user": "U7"},
        "Slack account U7 has the mail address of ana; they have not confirmed that it is theirs yet.",
    ),
    (AuditKind.ACCOUNT_CONFIRMED, "person:4", {"slack_user": "U7"}, "ana confirmed that Slack account U7 is theirs."),
    (
        AuditKind.ACCOUNT_UNLINKED,
        "person:4",
        {"handle": "ana", "slack_user": "U7", "why": "the address in Slack changed"},
        "Slack account U7 no longer stands for ana: the address in Slack changed.",
    ),
    (AuditKind.ERP_USER_CONFIRMED, "person:4", ERP_USER, "ana said that Odoo user Ana Ruiz (ana@ours) is them."),
    (AuditKind.ERP_USER_REFUSED, "person:4", ERP_USER, "ana said that Odoo user Ana Ruiz (ana@ours) is not them."),
    (AuditKind.ERP_USER_UNLINKED, "person:4", ERP_USER, "ana ended the link to Odoo user Ana Ruiz (ana@ours)."),
    (AuditKind.PAYLOAD_ERASED, "entry:88", {"reason": "they asked"}, "What entry 88 said was erased: they asked."),
    (
        AuditKind.PAYLOADS_PRUNED,
        "audit",
        {"payloads": 40, "through": 99, "kinds": ["inbound.received"], "reason": "two years"},
        "What 40 entries up to 99 said (inbound.received) was erased: two years.",
    ),
]


def told(kind: str, subject: str, row: Row | None, process: str = "executor", person: str | None = "ana") -> str:
    [line] = story([AuditEntry(1, NOW, kind, process, person, subject, row, "f" * 64)])
    return line.removeprefix("2026-11-20 09:00 UTC: ")


@pytest.mark.parametrize(("kind", "subject", "row", "sentence"), SENTENCES)
def test_an_entry_reads(kind: AuditKind, subject: str, row: Row, sentence: str) -> None:
    assert told(kind, subject, row) == sentence


def test_every_kind_has_its_sentence() -> None:
    assert {kind for kind, *_ in SENTENCES} == set(AuditKind)


def test_an_owner_who_resets_an_authenticator_is_told_apart() -> None:
    sentence = told(AuditKind.AUTHENTICATOR_REMOVED, "person:4", {}, process="admin")
    assert sentence == "The authenticator of ana was reset by the owner."


def test_whoever_cannot_be_named_is_somebody() -> None:
    assert told(AuditKind.PROPOSAL_WITHDRAWN, "proposal:1", {"reason": ""}, person=None) == "somebody withdrew P1, saying “”."


def test_a_kind_without_words_and_a_form_nobody_knows_are_still_in_the_story() -> None:
    assert told("mail.read", "mail:3", {}, person=None) == "mail.read on mail:3, written by executor."
    assert told("mail.read", "mail:3", {}) == "mail.read on mail:3, written by ana."
    sentence = told(AuditKind.GRANT_ISSUED, "proposal:1", {"expires_at": "soon"})
    assert sentence == "grant.issued on proposal:1, written by executor in a form that cannot be told; the log has it whole."


def test_a_text_is_cut_after_four_hundred_characters_and_kept_on_one_line() -> None:
    assert told(AuditKind.PROPOSAL_COMMENTED, "proposal:1", {"text": "x" * 401}) == f"ana commented on P1: “{'x' * 400}…”."
    assert told(AuditKind.PROPOSAL_COMMENTED, "proposal:1", {"text": "x" * 400}) == f"ana commented on P1: “{'x' * 400}”."
    assert told(AuditKind.PROPOSAL_COMMENTED, "proposal:1", {"text": "a\n\t b"}) == "ana commented on P1: “a b”."
