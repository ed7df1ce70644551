"""Approvals that take a code of the person's authenticator, over the API and on a real database."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from agent.domain.decisions import Person, Proposal, ProposalState, Role
from agent.errors import DatabaseUnavailable, SettingMissing
from agent.guardrails.policy import PACKAGED
from agent.guardrails.second_factor import code_at
from app.settings import ServeSettings
from app.web import create_app
from app.wiring.serve import serve_context
from integrations.database.authenticators import PostgresAuthenticators, Seal, new_key
from integrations.database.people import PersonAdmin
from tests.fixtures.postgres import TestDatabase
from tests.integration.app.conftest import As

KEY = new_key()
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


class Phone:
    """The app of a person."""

    def __init__(self, secret: str) -> None:
        self.secret, self._shown = secret, 0

    def code(self) -> str:
        """The one of now, then the next: serve takes both, also when the half minute ends on the way."""
        self._shown = max(self._shown + 1, int(datetime.now(UTC).timestamp()) // 30)
        return code_at(self.secret, self._shown)

    def wrong(self) -> str:
        """No code of this hour."""
        current = int(datetime.now(UTC).timestamp()) // 30
        near = {code_at(self.secret, current + off) for off in range(-120, 120)}
        return next(f"{number:06}" for number in range(1000) if f"{number:06}" not in near)


def enrolled(api: TestClient, headers: dict[str, str]) -> Phone:
    phone = Phone(api.post(MINE, headers=headers).json()["secret"])
    assert api.post(f"{MINE}/confirmation", json={"code": phone.code()}, headers=headers).json() == {"state": "confirmed"}
    return phone


def approve(api: TestClient, proposal: Proposal, headers: dict[str, str], code: str | None = None, **more: Any) -> Any:
    click = {"verdict": "approve", "sha256": proposal.sha256, "code": code} | more
    return api.post(f"/v1/proposals/{proposal.id}/decisions", json=click, headers=headers)


def decisions(database: TestDatabase) -> int:
    return int(database.one("admin", "SELECT count(*) FROM decision"))


def test_an_approval_with_a_code_counts_and_says_so(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    who, proposal = signed_in(database.person("sofia")), database.proposal()
    phone = enrolled(api, who)
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
    phone = Phone(api.post(MINE, headers=who).json()["secret"])
    assert api.get(MINE, headers=who).json() == {"state": "enrolled"}
    assert approve(api, proposal, who, phone.code()).json()["kind"] == "second_factor_missing"
    assert decisions(database) == 0


def test_a_code_is_good_once(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    who = signed_in(database.person())
    phone, first, second = enrolled(api, who), database.proposal(), database.proposal()
    code = phone.code()
    assert approve(api, first, who, code).status_code == 200
    again = approve(api, second, who, code)
    assert (again.status_code, again.json()["kind"]) == (409, "second_factor_wrong")
    assert decisions(database) == 1


def test_one_code_sent_eight_times_at_once_counts_once(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    who = signed_in(database.person())
    phone, proposals = enrolled(api, who), [database.proposal() for _ in range(8)]
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
    phone, proposal = enrolled(api, who), database.proposal()
    code = phone.code()
    assert approve(api, proposal, who, code, sha256="0" * 64).json()["kind"] == "stale_shown"
    assert approve(api, proposal, who, code).status_code == 200


def test_rejecting_takes_a_reason_and_no_code(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    who, proposal = signed_in(database.person()), database.proposal()
    assert approve(api, proposal, who, verdict="reject").status_code == 409
    assert approve(api, proposal, who, verdict="reject", reason="Too far away.").status_code == 200


def test_five_wrong_codes_lock_this_person_s_factor_for_a_while(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    who, other, proposal = signed_in(database.person()), signed_in(database.person()), database.proposal()
    phone, others = enrolled(api, who), enrolled(api, other)
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
    phone = enrolled(api, who)
    wrong = phone.wrong()
    with ThreadPoolExecutor(8) as pool:
        kinds = list(pool.map(lambda _: approve(api, proposal, who, wrong).json()["kind"], range(12)))
    assert kinds.count("second_factor_wrong") == 5
    assert kinds.count("second_factor_locked") == 7


def test_a_token_alone_neither_replaces_nor_removes_an_authenticator(
    api: TestClient, database: TestDatabase, signed_in: As
) -> None:
    who = signed_in(database.person())
    phone = enrolled(api, who)
    assert api.post(MINE, headers=who).status_code == 409
    assert api.post(f"{MINE}/removal", json={"code": phone.wrong()}, headers=who).status_code == 409
    assert api.post(f"{MINE}/removal", json={"code": phone.code()}, headers=who).json() == {"state": "none"}


def test_an_admin_resets_what_was_lost_and_it_is_in_the_log(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    person = database.person("sofia")
    who = signed_in(person)
    enrolled(api, who)
    admin = PersonAdmin(database.pool("admin"))
    assert admin.reset_authenticator("sofia")
    assert not admin.reset_authenticator("sofia")
    assert api.get(MINE, headers=who).json() == {"state": "none"}
    enrolled(api, who)
    kinds = [
        row["kind"]
        for row in api.get(f"/v1/audit/person:{person.handle}", headers=signed_in(database.person("ada", Role.AUDITOR))).json()
        if row["kind"].startswith("authenticator")
    ]
    assert kinds == [f"authenticator.{deed}" for deed in ("enrolled", "confirmed", "removed", "enrolled", "confirmed")]


def test_neither_secret_nor_code_is_in_any_table_entry_or_log_line(
    api: TestClient, database: TestDatabase, signed_in: As, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    who, proposal = signed_in(database.person()), database.proposal()
    phone = enrolled(api, who)
    code, wrong = phone.code(), "987654"
    approve(api, proposal, who, wrong)
    approve(api, proposal, who, code)
    for table in ("authenticator", "second_factor_use", "second_factor_miss", "decision", "decision_refusal", "audit_payload"):
        stored = database.one("admin", f"SELECT coalesce(string_agg(row_to_json(t)::text, ' '), '') FROM {table} AS t")
        assert not [secret for secret in (phone.secret, f'"{code}"', f'"{wrong}"', "otpauth") if secret in stored], table
    assert not [secret for secret in (phone.secret, wrong, "otpauth") if secret in caplog.text]


# What serve's own role cannot do, and what others cannot see


@pytest.mark.parametrize("process", ["worker", "executor"])
@pytest.mark.parametrize("table", ["authenticator", "second_factor_use", "second_factor_miss"])
def test_only_serve_sees_authenticators(database: TestDatabase, process: Any, table: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.one(process, f"SELECT * FROM {table}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.one(process, "SELECT * FROM authenticator_of(1)")


def test_a_secret_moved_to_another_person_opens_nothing(database: TestDatabase) -> None:
    """The owner of the database could copy the row of somebody whose telephone they hold."""
    desk = PostgresAuthenticators(database.pool("serve"), Seal([KEY]))
    thief, victim = database.person(), database.person()
    secret = desk.enrol(thief).secret
    desk.enrol(victim)
    sealed = database.one("admin", "SELECT sealed FROM authenticator WHERE person_id = %s", thief.id)
    database.one("admin", "ALTER TABLE authenticator DISABLE TRIGGER check_authenticator")
    database.one("admin", "UPDATE authenticator SET sealed = %s WHERE person_id = %s", sealed, victim.id)
    with pytest.raises(SettingMissing, match="cannot be opened"):
        desk.confirm(victim.id, Phone(secret).code())


def test_a_key_is_changed_while_codes_go_on_counting(database: TestDatabase) -> None:
    person, newer = database.person(), new_key()
    secret = PostgresAuthenticators(database.pool("serve"), Seal([KEY])).enrol(person).secret
    with pytest.raises(SettingMissing):
        PostgresAuthenticators(database.pool("serve"), Seal([newer])).confirm(person.id, Phone(secret).code())
    PostgresAuthenticators(database.pool("serve"), Seal([newer, KEY])).confirm(person.id, Phone(secret).code())
    with pytest.raises(SettingMissing, match="holds no key") as told:
        Seal(["not a key"])
    assert "not a key" not in str(told.value)


def _insert(database: TestDatabase, proposal: Proposal, person: Person, use: int | None, *, wanted: bool = True) -> None:
    database.one(
        "serve",
        "INSERT INTO decision (proposal_id, sha256, step, earlier, person_id, verdict, reason, policy_version, rule,"
        " second_factor_wanted, second_factor_id) VALUES (%s, %s, 0, 0, %s, 'approve', '', '1', 'notes', %s, %s)",
        proposal.id, proposal.sha256, person.id, wanted, use,
    )  # fmt: skip


def test_serve_s_role_cannot_record_an_approval_without_the_code_its_rule_wants(database: TestDatabase) -> None:
    proposal, person = database.proposal(), database.person()
    with pytest.raises(psycopg.DatabaseError, match="takes a code"):
        _insert(database, proposal, person, None)


def test_a_code_of_another_click_or_person_does_not_count(database: TestDatabase) -> None:
    proposal, person, other = database.proposal(), database.person(), database.person()
    desk = PostgresAuthenticators(database.pool("serve"), Seal([KEY]))
    desk.confirm(person.id, Phone(desk.enrol(person).secret).code())
    use = database.one("admin", "SELECT id FROM second_factor_use")
    for whose in (person, other):
        with pytest.raises(psycopg.DatabaseError, match="another person's, or came with another click"):
            _insert(database, proposal, whose, use)


def test_a_grant_is_refused_where_one_approval_lacks_the_factor(database: TestDatabase) -> None:
    proposal, person = database.proposal(), database.person()
    _insert(database, proposal, person, None, wanted=False)
    with pytest.raises(psycopg.DatabaseError, match=f"wants a second factor, and {person.handle} approved without one"):
        database.one(
            "serve",
            "INSERT INTO approval_grant (proposal_id, sha256, steps, policy_version, expires_at, second_factor_wanted)"
            " VALUES (%s, %s, 1, '1', now() + interval '1 hour', true)",
            proposal.id, proposal.sha256,
        )  # fmt: skip
    assert database.one("admin", "SELECT state FROM proposal_state") == ProposalState.PENDING


def test_serve_s_role_cannot_confirm_or_remove_without_a_code(database: TestDatabase) -> None:
    desk, person = PostgresAuthenticators(database.pool("serve"), Seal([KEY])), database.person()
    phone = Phone(desk.enrol(person).secret)
    with pytest.raises(psycopg.DatabaseError, match="confirmed by a code"):
        database.one("serve", "UPDATE authenticator SET confirmed_at = now()")
    desk.confirm(person.id, phone.code())
    with pytest.raises(psycopg.DatabaseError, match="removed with a code it shows"):
        database.one("serve", "UPDATE authenticator SET removed_at = now()")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.one("serve", "UPDATE authenticator SET sealed = 'x'")
    old = int((datetime.now(UTC) - timedelta(minutes=5)).timestamp()) // 30
    with pytest.raises(psycopg.DatabaseError, match="good for its half minute"):
        database.one(
            "serve",
            "INSERT INTO second_factor_use (authenticator_id, person_id, counter) SELECT id, person_id, %s FROM authenticator",
            old,
        )


def test_the_worker_s_role_enrols_nobody(database: TestDatabase) -> None:
    with pytest.raises(DatabaseUnavailable):
        PostgresAuthenticators(database.pool("worker"), Seal([KEY])).enrol(database.person())


# Refused clicks


def test_refused_clicks_are_in_the_log_and_cannot_flood_it(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    asker = database.person("kai", Role.OPS_AGENT)
    proposal, own = database.proposal(asker), signed_in(asker)
    assert approve(api, proposal, own).json()["kind"] == "own_proposal"
    entry = api.get(f"/v1/audit/proposal:{proposal.id}", headers=signed_in(database.person("ada", Role.AUDITOR))).json()[-1]
    assert (entry["kind"], entry["person"], entry["process"]) == ("decision.refused", "kai", "serve")
    assert entry["payload"]["kind"] == "own_proposal"
    for _ in range(25):
        approve(api, proposal, own)
    assert database.one("admin", "SELECT count(*) FROM audit_entry WHERE kind = 'decision.refused'") == 20
    other = signed_in(database.person("eve", Role.AUDITOR))
    assert approve(api, proposal, other).json()["kind"] == "not_permitted"
    assert database.one("admin", "SELECT count(*) FROM decision_refusal WHERE kind = 'not_permitted'") == 1
