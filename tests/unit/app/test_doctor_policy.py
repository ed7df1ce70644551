"""The doctor says when the policy file is not what decides, and the way to make it so."""

from dataclasses import replace

from app.contract.doctor import Verdict
from app.wiring.checks import policy_row
from tests.fixtures.packaged_policy import PACKAGED_POLICY

FILE = replace(PACKAGED_POLICY, name="/etc/expediter/policy.yaml")
OTHER = replace(FILE, version="v2-0badcafe", name="v2-0badcafe")


def test_the_file_that_is_in_force_is_well():
    row = policy_row(FILE, FILE, given=True)
    assert (row.verdict, row.words) == (Verdict.OK, f"{FILE.version} is in force, and valid.")


def test_a_file_that_differs_from_what_is_in_force_is_noted_in_one_line_with_both_versions_and_what_to_do():
    row = policy_row(FILE, OTHER, given=True)
    assert row.verdict is Verdict.NOTE
    assert row.words.startswith(
        f"v2-0badcafe is in force, and not {FILE.version} of EXPEDITER_POLICY (/etc/expediter/policy.yaml)"
    )
    assert "`expediter policy propose /etc/expediter/policy.yaml --reason …`" in row.words
    assert "\n" not in row.words


def test_the_packaged_file_that_nobody_named_may_differ():
    row = policy_row(FILE, OTHER, given=False)
    assert (row.verdict, row.words) == (Verdict.OK, "v2-0badcafe is in force, and valid.")
