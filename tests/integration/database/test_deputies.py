"""A deputy decides with an absent person's roles, while that person is away, and counts once."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from agent.domain.decisions import Person, Proposal, Role, Verdict
from agent.errors import DecisionRefused, NotPermitted, PreconditionFailed, RecordMissing
from agent.guardrails.permissions import DECIDING_ROLES
from integrations.database.absences import PostgresAbsences
from integrations.database.decision_desk import PostgresDecisionDesk
from tests.fixtures.postgres import TestDatabase, note_content
from tests.integration.app.conftest import As, api, signed_in

__all__ = ["api", "signed_in"]
HOUR = timedelta(hours=1)


@dataclass
class House:
    database: TestDatabase
    sofia: Person
    olga: Person

    @property
    def absences(self) -> PostgresAbsences:
        return PostgresAbsences(self.database.pool("serve"))

    def sales_matter(self) -> Proposal:
        """One that olga may not decide on in her own right, by the packaged policy."""
        about = {"action": "move_promise_date", "facts": {"change": "earlier"}}
        return self.database.proposal(content=note_content().model_copy(update=about))

    def away(self, by: Person | None = None, lasts: timedelta = HOUR) -> int:
        now = datetime.now(UTC)
        return self.absences.note(self.sofia.id, self.olga.id, now, now + lasts, noted_by=(by or self.sofia).id).id

    def decide(self, proposal: Proposal, person: Person, absent: Person | None = None, step: int = 0, earlier: int = 0) -> None:
        PostgresDecisionDesk(self.database.pool("serve")).decide(
            proposal.id, person_id=person.id, verdict=Verdict.APPROVE, step=step, earlier=earlier, sha256=proposal.sha256,
            reason="", policy_version="1", rule="r", grant_until=None, for_person_id=absent.id if absent else None,
        )  # fmt: skip


@pytest.fixture
def house(database: TestDatabase) -> House:
    return House(database, database.person("sofia", Role.SALES_MANAGER), database.person("olga", Role.WAREHOUSE_LEAD))


def test_the_deputy_decides_for_the_absent_person_and_the_decision_says_so(house: House) -> None:
    house.away()
    proposal = house.database.proposal()
    house.decide(proposal, house.olga, house.sofia)
    [decision] = PostgresDecisionDesk(house.database.pool("serve")).proposal(proposal.id).decisions
    assert (decision.person.handle, decision.authority.handle) == ("olga", "sofia")
    said = house.database.one(
        "admin", "SELECT body FROM audit_payload JOIN audit_entry ON id = entry_id WHERE kind = 'decision.recorded'"
    )
    assert f'"for_person_id": {house.sofia.id}' in said
    assert '"for_handle": "sofia"' in said


def test_before_during_and_after(house: House) -> None:
    with pytest.raises(DecisionRefused, match="You do not stand in"):
        house.decide(house.database.proposal(), house.olga, house.sofia)
    number = house.away()
    assert [person.handle for person in house.absences.represented_by(house.olga.id)] == ["sofia"]
    house.absences.end(number, ended_by=house.sofia.id)
    assert house.absences.represented_by(house.olga.id) == []
    with pytest.raises(DecisionRefused, match="You do not stand in"):
        house.decide(house.database.proposal(), house.olga, house.sofia)


def test_a_later_absence_gives_nothing_yet(house: House) -> None:
    now = datetime.now(UTC)
    house.absences.note(house.sofia.id, house.olga.id, now + HOUR, now + 2 * HOUR, noted_by=house.sofia.id)
    assert house.absences.represented_by(house.olga.id) == []


def test_an_absence_begins_now_at_the_earliest(house: House) -> None:
    now = datetime.now(UTC)
    absence = house.absences.note(house.sofia.id, house.olga.id, now - 9 * HOUR, now + HOUR, noted_by=house.sofia.id)
    assert absence.starts_at >= now


def test_nobody_is_represented_on_what_they_asked_for_themselves(house: House) -> None:
    house.away()
    with pytest.raises(DecisionRefused, match="is of sofia, for whom you stand in"):
        house.decide(house.database.proposal(house.sofia), house.olga, house.sofia)


def test_one_person_counts_once_whether_in_person_or_through_a_deputy(house: House) -> None:
    house.away()
    first, second = house.database.proposal(), house.database.proposal()
    house.decide(first, house.sofia)
    with pytest.raises(DecisionRefused, match="sofia has already decided"):
        house.decide(first, house.olga, house.sofia, step=1, earlier=1)
    house.decide(second, house.olga, house.sofia)
    with pytest.raises(DecisionRefused, match="Your deputy has already decided"):
        house.decide(second, house.sofia, step=1, earlier=1)


def test_only_oneself_or_an_admin_says_who_is_away(house: House) -> None:
    with pytest.raises(NotPermitted, match="Only the person concerned or an admin"):
        house.away(by=house.olga)
    house.away(by=house.database.person("anna", Role.ADMIN))
    with pytest.raises(NotPermitted, match="Only the person concerned or an admin"):
        house.absences.end(house.away(), ended_by=house.olga.id)


def test_nobody_stands_in_for_themselves_and_what_is_over_cannot_be_noted(house: House) -> None:
    now = datetime.now(UTC)
    with pytest.raises(PreconditionFailed, match="Nobody stands in for themselves"):
        house.absences.note(house.sofia.id, house.sofia.id, now, now + HOUR, noted_by=house.sofia.id)
    with pytest.raises(PreconditionFailed, match="over already"):
        house.away(lasts=-HOUR)


def test_an_admin_who_notes_an_absence_does_not_stand_in(house: House) -> None:
    now = datetime.now(UTC)
    anna, axel = house.database.person("anna", Role.ADMIN, Role.BUYER), house.database.person("axel", Role.ADMIN)
    with pytest.raises(NotPermitted, match="You cannot name yourself as deputy"):
        house.absences.note(house.sofia.id, anna.id, now, now + HOUR, noted_by=anna.id)
    assert house.absences.note(house.sofia.id, anna.id, now, now + HOUR, noted_by=axel.id).deputy == anna
    assert house.absences.note(house.olga.id, anna.id, now, now + HOUR, noted_by=house.olga.id).deputy == anna


@pytest.mark.parametrize("roles", [(Role.AUDITOR,), (Role.ADMIN,), (Role.AUDITOR, Role.ADMIN)])
def test_who_never_decides_does_not_stand_in_either(house: House, roles: tuple[Role, ...]) -> None:
    now = datetime.now(UTC)
    watcher = house.database.person("ada", *roles)
    with pytest.raises(PreconditionFailed, match="ada has no role that decides"):
        house.absences.note(house.sofia.id, watcher.id, now, now + HOUR, noted_by=house.sofia.id)


@pytest.mark.parametrize("role", list(Role))
def test_the_database_knows_the_same_deciding_roles(house: House, role: Role) -> None:
    someone = house.database.person(None, role)
    assert house.database.one("admin", "SELECT may_ever_decide(%s)", someone.id) is (role in DECIDING_ROLES)


def test_a_deputy_who_lost_every_deciding_role_decides_no_longer(house: House) -> None:
    house.away()
    house.database.one("admin", "UPDATE person SET roles = '{auditor}' WHERE id = %s", house.olga.id)
    with pytest.raises(NotPermitted, match="You have no role that decides"):
        house.decide(house.database.proposal(), house.olga, house.sofia)


@pytest.mark.parametrize(
    ("deputy", "begins", "ends", "says"),
    [
        ("olga", 2, 1, "An absence ends after it begins"),
        ("olga", 0, 24 * 367, "at most 366 days later"),
        ("sofia", 0, 1, "Nobody stands in for themselves"),
        ("ada", 0, 1, "ada has no role that decides"),
    ],
)
def test_over_the_api_an_absence_that_cannot_be_is_refused_with_its_reason(
    house: House, api: TestClient, signed_in: As, deputy: str, begins: int, ends: int, says: str
) -> None:
    house.database.person("ada", Role.AUDITOR)
    now = datetime.now(UTC)
    said = {
        "person": "sofia",
        "deputy": deputy,
        "from": (now + begins * HOUR).isoformat(),
        "until": (now + ends * HOUR).isoformat(),
    }
    answer = api.post("/v1/absences", json=said, headers=signed_in(house.sofia))
    assert answer.status_code == 409
    assert says in answer.json()["error"]


@pytest.mark.parametrize("role", ["worker", "executor"])
def test_no_other_process_makes_a_deputy(house: House, role: Any) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        house.database.one(role, "INSERT INTO absence (person_id, deputy_id, noted_by, ends_at) VALUES (1, 2, 1, now())")


def test_a_cancelled_absence_was_never_one_and_the_log_says_why(house: House) -> None:
    number, moment = house.away(), datetime.now(UTC)
    assert house.absences.stood_in(house.olga.id, house.sofia.id, moment)
    was = house.absences.cancel(number, cancelled_by=house.sofia.id, reason="Wrong week.")
    assert (was.id, was.deputy.handle) == (number, "olga")
    assert house.absences.represented_by(house.olga.id) == house.absences.standing_in() == house.absences.all() == []
    assert not house.absences.stood_in(house.olga.id, house.sofia.id, moment)
    with pytest.raises(DecisionRefused, match="You do not stand in"):
        house.decide(house.database.proposal(), house.olga, house.sofia)
    with pytest.raises(RecordMissing):
        house.absences.cancel(number, cancelled_by=house.sofia.id, reason="Again.")
    said = house.database.one(
        "admin", "SELECT body FROM audit_payload JOIN audit_entry ON id = entry_id WHERE kind = 'absence.cancelled'"
    )
    assert all(part in said for part in ('"handle": "sofia"', '"deputy": "olga"', "Wrong week."))


def test_only_oneself_or_an_admin_cancels_and_says_why(house: House) -> None:
    number = house.away()
    with pytest.raises(NotPermitted, match="Only the person concerned or an admin can cancel"):
        house.absences.cancel(number, cancelled_by=house.olga.id, reason="I do not want to.")
    with pytest.raises(PreconditionFailed, match="Say why the absence is cancelled"):
        house.absences.cancel(number, cancelled_by=house.sofia.id, reason=" ")
    house.absences.cancel(number, cancelled_by=house.database.person("anna", Role.ADMIN).id, reason="Wrong Sofia.")


@pytest.mark.parametrize(("ended_first", "then"), [(False, True), (True, False)])
def test_who_stood_in_is_told_by_the_time_that_is_asked_about(house: House, ended_first: bool, then: bool) -> None:
    number = house.away()
    if ended_first:
        house.absences.end(number, ended_by=house.sofia.id)
    moment = datetime.now(UTC)
    if not ended_first:
        house.absences.end(number, ended_by=house.sofia.id)
    for role in ("serve", "worker", "executor"):
        assert PostgresAbsences(house.database.pool(role)).stood_in(house.olga.id, house.sofia.id, moment) is then
        assert not PostgresAbsences(house.database.pool(role)).stood_in(house.sofia.id, house.olga.id, moment)


def test_who_stands_in_now_is_each_pair_once_and_only_active_people(house: House) -> None:
    house.away()
    house.away(lasts=2 * HOUR)
    [only] = house.absences.standing_in()
    assert (only.deputy.handle, only.absent.handle) == ("olga", "sofia")
    house.database.one("admin", "UPDATE person SET active = false WHERE id = %s", house.olga.id)
    assert house.absences.standing_in() == []


def test_a_deputy_with_roles_that_the_policy_keeps_apart_from_the_absent_persons_is_refused_over_the_api(
    house: House, api: TestClient, signed_in: As
) -> None:
    context = api.app.state.context  # type: ignore[attr-defined]
    apart = replace(context.in_force(), never_together=(frozenset({Role.SALES_MANAGER, Role.WAREHOUSE_LEAD}),))
    api.app.state.context = replace(context, in_force=lambda: apart)  # type: ignore[attr-defined]
    house.away()
    proposal = house.sales_matter()
    click = {"verdict": "approve", "sha256": proposal.sha256, "reason": ""}
    refused = api.post(f"/v1/proposals/{proposal.id}/decisions", json=click, headers=signed_in(house.olga))
    assert refused.status_code == 403
    assert "olga stands in for sofia, but would then be sales_manager and warehouse_lead" in refused.json()["error"]


def test_over_the_api_what_waits_names_the_deputy_until_the_absence_is_cancelled(
    house: House, api: TestClient, signed_in: As
) -> None:
    number, proposal = house.away(), house.sales_matter()
    headers = signed_in(house.olga)
    [row] = api.get("/v1/approvals", params={"for": "olga"}, headers=headers).json()
    assert (row["proposal"], row["people"]) == (proposal.label, ["olga"])
    assert row["deputies"] == [{"person": "olga", "on_behalf_of": "sofia"}]
    said = {"reason": "Wrong week."}
    assert api.post(f"/v1/absences/{number}/cancel", json=said, headers=headers).status_code == 403
    assert api.post(f"/v1/absences/{number}/cancel", json=said, headers=signed_in(house.sofia)).json()["id"] == number
    assert api.get("/v1/approvals", params={"for": "olga"}, headers=headers).json() == []


def test_over_the_api_a_deputy_approves_what_the_absent_person_could(house: House, api: TestClient, signed_in: As) -> None:
    proposal = house.sales_matter()
    click = {"verdict": "approve", "sha256": proposal.sha256, "reason": ""}
    where = f"/v1/proposals/{proposal.id}/decisions"
    assert api.post(where, json=click, headers=signed_in(house.olga)).status_code == 403
    until = (datetime.now(UTC) + HOUR).isoformat()
    said = {"person": "sofia", "deputy": "olga", "from": None, "until": until}
    assert api.post("/v1/absences", json=said, headers=signed_in(house.olga)).status_code == 403
    assert api.post("/v1/absences", json=said, headers=signed_in(house.sofia)).json()["deputy"] == "olga"
    answer = api.post(where, json=click, headers=signed_in(house.olga)).json()
    assert answer["granted"]
    assert [(one["person"], one["on_behalf_of"]) for one in answer["proposal"]["decisions"]] == [("olga", "sofia")]
