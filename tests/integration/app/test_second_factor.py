"""Approvals that take a code of the person's authenticator, over the API and on a real database."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent.domain.decisions import Proposal, Role
from agent.guardrails.policy import PACKAGED
from app.settings import ServeSettings
from app.web import create_app
from app.wiring.serve import serve_context
from integrations.database.people import PersonAdmin
from tests.fixtures.authenticator import KEY, Phone
from tests.fixtures.postgres import TestDatabase
from tests.integration.app.conftest import As

MINE = "/v1/me/authenticator"


@pytest.fixture
def api(database: TestDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A server whose policy wants a code for notes."""
    policy = tmp_path / "policy.yaml"
    text = PACKAGED.read_text(encoding="utf-8")
    policy.write_text(
        text.replace("    expires_after: 7d", "    expires_after: 7d\n    second_factor: true", 1), encoding="utf-8"
    )
    monkeypatch.setenv("EXPEDITER_POLICY", str(policy))
    monkeypatch.setenv("EXPEDITER_SECOND_FACTOR_KEY", KEY)
    with ExitStack() as stack:
        context = serve_context(ServeSettings.read(), database.url("serve"), stack)
        yield stack.enter_context(TestClient(create_app(context), raise_server_exceptions=False))


def enrolled(api: TestClient, database: TestDatabase, headers: dict[str, str]) -> Phone:
    phone = Phone(api.post(MINE, json=allowed(api, database, headers), headers=headers).json()["secret"])
    assert api.post(f"{MINE}/confirmation", json={"code": phone.code()}, headers=headers).json() == {"state": "confirmed"}
    return phone


def allowed(api: TestClient, database: TestDatabase, headers: dict[str, str]) -> dict[str, str]:
    """A request with what an admin gave whoever this is."""
    handle = api.get("/v1/me", headers=headers).json()["handle"]
    return {"enrolment_code": PersonAdmin(database.pool("admin")).issue_enrolment_code(handle)}


def approve(api: TestClient, proposal: Proposal, headers: dict[str, str], code: str | None = None, **more: Any) -> Any:
    click = {"verdict": "approve", "sha256": proposal.sha256, "code": code} | more
    return api.post(f"/v1/proposals/{proposal.id}/decisions", json=click, headers=headers)


def decisions(database: TestDatabase) -> int:
    return int(database.one("admin", "SELECT count(*) FROM decision"))


def test_an_approval_with_a_code_counts_and_says_so(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    who, proposal = signed_in(database.person("sofia")), database.proposal()
    phone = enrolled(api, database, who)
    asked = approve(api, proposal, who)
    assert (asked.status_code, asked.json()["kind"]) == (409, "second_factor_needed")
    answer = approve(api, proposal, who, phone.code()).json()
    assert answer["granted"]
    assert answer["proposal"]["decisions"][0]["second_factor"] is True


def test_who_has_no_authenticator_or_did_not_confirm_it_is_told_to(
    api: TestClient, database: TestDatabase, signed_in: As
) -> None:
    who, proposal = signed_in(database.person()), database.proposal()
    refused = approve(api, proposal, who, "123456")
    assert (refused.status_code, refused.json()["kind"]) == (409, "second_factor_missing")
    phone = Phone(api.post(MINE, json=allowed(api, database, who), headers=who).json()["secret"])
    assert api.get(MINE, headers=who).json() == {"state": "enrolled"}
    assert approve(api, proposal, who, phone.code()).json()["kind"] == "second_factor_missing"
    assert decisions(database) == 0


def test_a_code_is_good_once(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    who = signed_in(database.person())
    phone, first, second = enrolled(api, database, who), database.proposal(), database.proposal()
    code = phone.code()
    assert approve(api, first, who, code).status_code == 200
    again = approve(api, second, who, code)
    assert (again.status_code, again.json()["kind"]) == (409, "second_factor_wrong")
    assert decisions(database) == 1


def test_one_code_sent_eight_times_at_once_counts_once(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    who = signed_in(database.person())
    phone, proposals = enrolled(api, database, who), [database.proposal() for _ in range(8)]
    code, start = phone.code(), Barrier(8)

    def click(proposal: Proposal) -> int:
        start.wait()
        return int(approve(api, proposal, who, code).status_code)

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(click, proposals))
    assert statuses.count(200) == 1
    assert decisions(database) == 1


def test_a_decision_that_is_refused_does_not_burn_the_code(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    who = signed_in(database.person())
    phone, proposal = enrolled(api, database, who), database.proposal()
    code = phone.code()
    assert approve(api, proposal, who, code, sha256="0" * 64).json()["kind"] == "stale_shown"
    assert approve(api, proposal, who, code).status_code == 200


def test_rejecting_takes_a_reason_and_no_code(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    who, proposal = signed_in(database.person()), database.proposal()
    assert approve(api, proposal, who, verdict="reject").status_code == 409
    assert approve(api, proposal, who, verdict="reject", reason="Too far away.").status_code == 200


def test_five_wrong_codes_lock_this_person_s_factor_for_a_while(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    who, other, proposal = signed_in(database.person()), signed_in(database.person()), database.proposal()
    phone, others = enrolled(api, database, who), enrolled(api, database, other)
    for _ in range(5):
        assert approve(api, proposal, who, phone.wrong()).json()["kind"] == "second_factor_wrong"
    right = phone.code()
    locked = approve(api, proposal, who, right)
    assert (locked.status_code, locked.json()["kind"]) == (409, "second_factor_locked")
    assert api.post(f"{MINE}/removal", json={"code": right}, headers=who).json()["kind"] == "second_factor_locked"
    assert approve(api, database.proposal(), other, others.code()).status_code == 200
    database.one("admin", "UPDATE second_factor_miss SET at = at - interval '16 minutes'")
    assert approve(api, proposal, who, right).status_code == 200


def test_guessing_in_parallel_gets_no_more_than_five_looks(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    who, proposal = signed_in(database.person()), database.proposal()
    phone = enrolled(api, database, who)
    wrong = phone.wrong()
    with ThreadPoolExecutor(8) as pool:
        kinds = list(pool.map(lambda _: approve(api, proposal, who, wrong).json()["kind"], range(12)))
    assert kinds.count("second_factor_wrong") == 5
    assert kinds.count("second_factor_locked") == 7


def test_a_token_alone_neither_replaces_nor_removes_an_authenticator(
    api: TestClient, database: TestDatabase, signed_in: As
) -> None:
    who = signed_in(database.person())
    phone = enrolled(api, database, who)
    assert api.post(MINE, json=allowed(api, database, who), headers=who).status_code == 409, "not even with a code of an admin"
    assert api.post(f"{MINE}/removal", json={"code": phone.wrong()}, headers=who).status_code == 409
    assert api.post(f"{MINE}/removal", json={"code": phone.code()}, headers=who).json() == {"state": "none"}


def test_an_admin_resets_what_was_lost_and_it_is_in_the_log(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    person = database.person("sofia")
    who = signed_in(person)
    enrolled(api, database, who)
    admin = PersonAdmin(database.pool("admin"))
    assert admin.reset_authenticator("sofia")
    assert not admin.reset_authenticator("sofia")
    assert api.get(MINE, headers=who).json() == {"state": "none"}
    enrolled(api, database, who)
    kinds = [
        row["kind"]
        for row in api.get(f"/v1/audit/person:{person.handle}", headers=signed_in(database.person("ada", Role.AUDITOR))).json()
        if row["kind"].startswith("authenticator")
    ]
    first, again = ("code_issued", "enrolled", "confirmed"), ("code_issued", "enrolled", "confirmed")
    assert kinds == [f"authenticator.{deed}" for deed in (*first, "removed", *again)]


def test_neither_secret_nor_code_is_in_any_table_entry_or_log_line(
    api: TestClient, database: TestDatabase, signed_in: As, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    who, proposal = signed_in(database.person()), database.proposal()
    phone = enrolled(api, database, who)
    code, wrong = phone.code(), "987654"
    approve(api, proposal, who, wrong)
    approve(api, proposal, who, code)
    for table in ("authenticator", "second_factor_use", "second_factor_miss", "decision", "decision_refusal", "audit_payload"):
        stored = database.one("admin", f"SELECT coalesce(string_agg(row_to_json(t)::text, ' '), '') FROM {table} AS t")
        assert not [secret for secret in (phone.secret, f'"{code}"', f'"{wrong}"', "otpauth") if secret in stored], table
    assert not [secret for secret in (phone.secret, wrong, "otpauth") if secret in caplog.text]
