"""What follows from a mail: priority, links, flags, draft."""

from typing import Any, cast

import pytest

from agent.ports.erp_reader import ErpReader
from agent.triage import triage, triage_row
from integrations.email import parse_mail
from tests.unit.triage.company import NOW, SmallCompany
from tests.unit.triage.mails import OWN_SERVER, cases, judge, raw_mail

CASES = cases("situations.yaml")
LITERAL = ("class", "priority", "language", "trust", "automatic", "needs_person", "intents")


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_what_follows_from_a_mail(case: dict[str, Any]) -> None:
    mail = parse_mail(raw_mail(case))
    row = triage_row(case["id"], triage(mail, cast(ErpReader, SmallCompany()), NOW, OWN_SERVER, judge=judge()))
    expect = case["expect"]
    for name in LITERAL:
        if name in expect:
            assert row[name] == expect[name], row
    if "flags" in expect:
        assert row["flags"] == sorted(expect["flags"])
    for name in ("links", "candidates"):
        if name in expect:
            assert [link["name"] for link in row[name] if link["model"] != "product.product"] == expect[name], row
    assert set(expect.get("references", [])) <= {reference["value"] for reference in row["references"]}
    assert expect.get("reason", "") in row["reason"]
    _check_fields(row, expect)
    _check_draft(row["draft"], expect)


def _check_fields(row: dict[str, Any], expect: dict[str, Any]) -> None:
    for name, value in expect.get("fields", {}).items():
        assert row["fields"][name]["value"] == str(value)
    if "quantities" in expect:
        assert [quantity["value"] for quantity in row["fields"]["quantities"]] == expect["quantities"]


def _check_draft(draft: str | None, expect: dict[str, Any]) -> None:
    if "draft" in expect and expect["draft"] is None:
        assert draft is None
    elif "draft" in expect:
        assert draft is not None
        assert expect["draft"] in draft
    if "not_in_draft" in expect:
        assert expect["not_in_draft"] not in (draft or "")


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_span_is_where_the_number_stands(case: dict[str, Any]) -> None:
    mail = parse_mail(raw_mail(case))
    result = triage(mail, cast(ErpReader, SmallCompany()), NOW, OWN_SERVER, judge=judge())
    for reference in result.references:
        text = mail.subject if reference.in_subject else mail.text
        assert text[slice(*reference.span)] == reference.value
