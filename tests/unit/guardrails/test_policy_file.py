"""Every mistake in a policy file is named with its line."""

import pytest

from agent.errors import PolicyInvalid
from agent.guardrails.policy import load_policy

GOOD = """\
version: 3
thresholds:
  transfer_days: 4
rules:
  - id: small
    action: move_promise_date
    when:
      days_slipped: {max: 3}
      segment: {in: [standard]}
    approve:
      - role: sales_manager
      - any_of: [ops_manager, finance]
        count: 2
    expires_after: 2d
    sla: 30m
  - id: note
    action: post_note
    approve: [{role: ops_agent}]
    expires_after: 1w
    sla: 4h
examples:
  - action: post_note
    facts: {segment: key}
    expect: note
  - action: move_promise_date
    facts: {days_slipped: 4, segment: standard}
    expect: rejected
"""


@pytest.fixture
def load(tmp_path):
    def load(text):
        file = tmp_path / "policy.yaml"
        file.write_text(text, encoding="utf-8")
        return load_policy(file)

    return load


def test_a_good_file_loads(load):
    policy = load(GOOD)
    assert policy.version.startswith("v3-")
    assert policy.thresholds.transfer_days == 4
    words = policy.require("move_promise_date", {"days_slipped": 3, "segment": "standard"}).words()
    assert words == "one sales_manager, then two of ops_manager or finance"


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("role: sales_manager", "role: boss", 11, "unknown role `boss`; one of 'ops_agent'"),
        ("[ops_manager, finance]", "[ops_manager, boss]", 12, "unknown role `boss`"),
        ("role: sales_manager", "role: auditor", 11, "the role auditor may not decide, so it cannot approve"),
        ("- role: sales_manager", "- {}", 11, "a step names either `role` or `any_of`"),
        ("        count: 2", "        count: 0", 13, "`count`: input should be greater than 0"),
        ("action: post_note\n    app", "action: post_memo\n    app", 17, "unknown action `post_memo`; one of move_promise_date"),
        ("days_slipped: {max: 3}", "days_slipt: {max: 3}", 8, "move_promise_date has no fact `days_slipt`"),
        ("days_slipped: {max: 3}", "days_slipped: {maximum: 3}", 8, "unknown key `maximum`"),
        ("days_slipped: {max: 3}", "days_slipped: {max: three}", 8, "`three` is not a number"),
        ("days_slipped: {max: 3}", "days_slipped: {max: yes}", 8, "`True` is not a number"),
        ("days_slipped: {max: 3}", "days_slipped: {max: .nan}", 8, "input should be a finite number"),
        ("days_slipped: {max: 3}", "days_slipped: {max: }", 8, "a condition needs a value"),
        ("days_slipped: {max: 3}", "days_slipped: {}", 8, "a condition needs a value"),
        ("days_slipped: {max: 3}", "days_slipped: {equals: three}", 8, "`days_slipped` is a number, `three` is not"),
        (
            "segment: {in: [standard]}",
            "segment: {in: [standart]}",
            9,
            "`segment` is never `standart`; one of key, standard, strategic",
        ),
        ("segment: {in: [standard]}", "segment: {max: 3}", 9, "`segment` is a text; use equals or in"),
        ("segment: {in: [standard]}", "segment: {in: []}", 9, "`in`: tuple should have at least 1 item"),
        ("expires_after: 2d", "expires_after: soon", 14, "`soon` is not a duration; write a whole number and m, h, d or w"),
        ("expires_after: 2d", "expires_after: 0d", 14, "`0d` is not a duration"),
        ("sla: 30m", "sla: 30", 15, "`30` is not a duration"),
        ("    sla: 30m\n", "", 5, "the key `sla` is missing"),
        ("sla: 30m", "sla: 30m\n    sla: 4h", 16, "the key `sla` is written twice"),
        ("sla: 30m", "sla: 30m\n    colour: red", 16, "unknown key `colour`"),
        ("id: note", "id: small", 16, "the rule id `small` is used twice"),
        ("id: note", "id: A Note", 16, "`id`: string should match pattern"),
        ("transfer_days: 4", "transfer_days: -4", 3, "`transfer_days`: input should be greater than or equal to 0"),
        ("transfer_days: 4", "transfer_weeks: 4", 3, "unknown key `transfer_weeks`"),
        ("version: 3", "version: three", 1, "`version`: input should be a valid integer"),
        ("rules:", "rulez:", 4, "unknown key `rulez`"),
        ("rules:", "\trules:", 4, "cannot start any token"),
        ("approve: [{role: ops_agent}]", "approve: []", 18, "`approve`: tuple should have at least 1 item"),
        ("facts: {segment: key}", "facts: {segmnt: key}", 23, "post_note has no fact `segmnt`"),
        ("expect: rejected", "expect: small", 25, "this example expects `small`, but the rules say `rejected`"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(load, old, new, line, says):
    assert old in GOOD
    with pytest.raises(PolicyInvalid) as refusal:
        load(GOOD.replace(old, new, 1))
    assert f"policy.yaml, line {line}: " in str(refusal.value)
    assert says in str(refusal.value)


@pytest.mark.parametrize("text", ["", "just words", "- a\n- list\n"])
def test_what_is_no_policy_at_all_is_said_to_be_none(load, text):
    with pytest.raises(PolicyInvalid, match="line 1: a policy starts with the keys version, thresholds and rules"):
        load(text)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(PolicyInvalid, match=r"absent\.yaml cannot be read: No such file or directory\."):
        load_policy(tmp_path / "absent.yaml")


def test_a_file_that_is_not_text_is_named(tmp_path):
    file = tmp_path / "policy.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PolicyInvalid, match=r"policy\.yaml cannot be read: it is not UTF-8 text"):
        load_policy(file)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("version: 3\nrules: " + "[" * 59_000, 2, "nested deeper than 20 levels"),
        ("version: 3\nrules: " + "[" * 3_000 + "]" * 3_000, 2, "nested deeper than 20 levels"),
        ("version: 3\nrules: " + "{a: " * 59_000, 2, "nested deeper than 20 levels"),
        ("- " * 59_000, 1, "nested deeper than 20 levels"),
        ("version: 3\nrules: " + "[" * 20 + "]" * 20 + "\n\t- a", 2, "nested deeper than 20 levels"),
        ("version: &a 3", 1, "no anchors"),
        ("version: 3\nrules: &a [*a]", 2, "no anchors"),
        ("version: 3\nrules: *a", 2, "no anchors"),
        ("\n".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" if i else "a0: &a0 [x]" for i in range(60)), 1, "no anchors"),
        ("version: " + "1:1" * 5_000, 1, "one value has at most 10,000 characters"),
        ("version: " + "1" * 5_000, 1, "some value cannot be read"),
        ("version: 2026-13-45", 1, "some value cannot be read"),
        ("version: !!int [3]", 1, "expected a scalar node"),
        ("version: !!python/object:os.system 3", 1, "could not determine a constructor"),
        ("version: 3\n? [a, b]\n: 4", 2, "a key is one word"),
    ],
    ids=lambda value: str(value)[:24],
)  # fmt: skip
def test_a_text_made_to_break_the_reader_is_refused_with_its_line(load, text, line, says):
    with pytest.raises(PolicyInvalid) as refusal:
        load(text)
    assert f"policy.yaml, line {line}: " in str(refusal.value)
    assert says in str(refusal.value)


def test_twenty_levels_are_read(load):
    with pytest.raises(PolicyInvalid, match=r"policy\.yaml, line 28: unknown key `deep`"):
        load(GOOD + "deep: " + "[" * 19 + "]" * 19)
