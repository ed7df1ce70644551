"""Another policy comes into force by an approved proposal, and by nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import psycopg
import pytest

from agent.actions import prepare
from agent.actions.activate_policy import ActivatePolicyAction
from agent.actions.dry_run import dry_run
from agent.domain.decisions import Grant, Outcome, Person, Proposal, Provenance, Role, Verdict
from agent.errors import DecisionRefused, NotPermitted, PreconditionFailed
from agent.execution import ExecutionContext, execute
from agent.guardrails.policy import PACKAGED, read_policy
from agent.guardrails.policy_in_force import PolicyInForce
from agent.jobs.executor import sweep
from agent.jobs.worker import propose_inverse
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter
from integrations.database.decision_desk import PostgresDecisionDesk
from integrations.database.execution_desk import PostgresExecutionDesk
from integrations.database.people import PostgresPeople
from integrations.database.policies import PostgresPolicyDesk, PostgresPolicyShelf, PostgresPolicySwitch, seed_policy
from integrations.database.proposal_desk import PostgresProposalDesk
from integrations.demo.reader import DemoReader
from tests.fixtures.packaged_policy import PACKAGED_POLICY
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.turns import worker_of

RULE = next(rule for rule in PACKAGED_POLICY.rules if rule.action == "activate_policy")
#: As packaged, but for the code that approving a policy takes: these people have no telephones.
TEXT = PACKAGED.read_text(encoding="utf-8").replace("    second_factor: true\n    note: Who decides", "    note: Who decides")
FIRST = read_policy(TEXT, "first.yaml")
NO_ERP = cast(ErpReader, None)


def changed(words: str) -> str:
    text = TEXT.replace("version: 1", "version: 2", 1)
    return text.replace("expires_after: 7d", "expires_after: 5d", 1) + f"# {words}\n"


class Office:
    """Those who change the policy, in a database where the packaged one is in force."""

    def __init__(self, database: TestDatabase) -> None:
        self.database = database
        assert seed_policy(database.pool("admin"), FIRST)
        self.shelf = PostgresPolicyShelf(database.pool("worker"))
        self.author = database.person("omar", Role.OPS_MANAGER)
        self.finance = database.person("fiona", Role.FINANCE)
        self.sales = database.person("sofia", Role.SALES_MANAGER)

    def stored(self, words: str = "new", by: Person | None = None) -> str:
        policy = read_policy(changed(words), "new.yaml")
        desk = PostgresPolicyDesk(self.database.pool("serve"))
        return desk.store(policy.version, policy.text, person_id=(by or self.author).id, reason="Notes lapse sooner.").version

    def proposed(self, version: str, asker: Person | None = None) -> Proposal:
        current = self.shelf.version_in_force()
        own = {"activate_policy": ActivatePolicyAction(self.shelf)}
        content = prepare("activate_policy", {"version": version, "replaces": current}, NO_ERP, own=own)
        return PostgresProposalDesk(self.database.pool("worker")).propose(
            content,
            inbound_id=self.database.inbound(asker or self.author, kind="policy"),
            rationale="Notes lapse sooner.",
            provenance=Provenance("rules"),
            expires_at=datetime.now(UTC) + timedelta(days=1),
        )

    def approve(self, proposal: Proposal, person: Person, step: int, last: bool) -> Grant | None:
        return PostgresDecisionDesk(self.database.pool("serve")).decide(
            proposal.id, person_id=person.id, verdict=Verdict.APPROVE, step=step, earlier=step, sha256=proposal.sha256, reason="",
            policy_version=FIRST.version, rule="new-policy", grant_until=datetime.now(UTC) + timedelta(hours=1) if last else None,
        )  # fmt: skip

    def granted(self, proposal: Proposal) -> Grant:
        self.approve(proposal, self.finance, 0, last=False)
        grant = self.approve(proposal, self.sales, 1, last=True)
        assert grant is not None
        return grant

    def carried_out(self, grant: Grant) -> Outcome | None:
        pool = self.database.pool("executor")
        switch = PostgresPolicySwitch(pool)
        context = ExecutionContext(
            PostgresExecutionDesk(pool), NO_ERP, cast(ErpWriter, None), PolicyInForce(switch, FIRST), lambda: datetime.now(UTC),
            PostgresPeople(pool), own={"activate_policy": ActivatePolicyAction(switch, switch)},
        )  # fmt: skip
        return execute(grant, context)


@pytest.fixture
def office(database: TestDatabase) -> Office:
    return Office(database)


def refused(database: TestDatabase, role: Any, query: str, *arguments: Any) -> str:
    with pytest.raises(psycopg.Error) as refusal:
        database.one(role, query, *arguments)
    return str(refusal.value)


def test_the_file_is_the_first_version_and_afterwards_changes_nothing(office: Office, database: TestDatabase) -> None:
    in_force = office.shelf.in_force()
    assert in_force is not None
    assert (in_force.version, in_force.author) == (FIRST.version, None)
    assert not seed_policy(database.pool("admin"), read_policy(changed("other"), "other.yaml"))
    assert office.shelf.version_in_force() == FIRST.version


def test_an_approved_proposal_puts_another_version_in_force_and_processes_that_run_judge_by_it(office: Office) -> None:
    in_force = PolicyInForce(office.shelf, FIRST)
    assert in_force().version == FIRST.version
    version = office.stored()
    proposal = office.proposed(version)
    assert [(change.label, change.before, change.after) for change in proposal.content.preview.changes] == [
        ("note: expires after", "1w", "5d")
    ]
    assert office.carried_out(office.granted(proposal)) is Outcome.DONE
    assert office.shelf.version_in_force() == version
    assert in_force().version == version
    assert in_force().require("post_note", {}).expires_after == timedelta(days=5)
    assert [stored.since is not None for stored in office.shelf.all()] == [True, False]


def test_approving_a_policy_takes_a_code_as_packaged() -> None:
    assert RULE.second_factor
    assert not next(rule for rule in FIRST.rules if rule.id == RULE.id).second_factor


def test_one_sweep_judges_each_grant_by_the_policy_that_is_in_force_then_and_says_by_which(office: Office) -> None:
    version = office.stored()
    first, second = office.proposed(version), office.proposed(version)
    grants = [office.granted(first), office.granted(second)]
    pool = office.database.pool("executor")
    switch, desk = PostgresPolicySwitch(pool), PostgresExecutionDesk(pool)
    context = ExecutionContext(
        desk, NO_ERP, cast(ErpWriter, None), PolicyInForce(switch, FIRST), lambda: datetime.now(UTC), PostgresPeople(pool),
        own={"activate_policy": ActivatePolicyAction(switch, switch)},
    )  # fmt: skip
    assert [outcome for _, outcome in sweep(context)] == [Outcome.DONE, Outcome.REFUSED_STALE]
    judged = [
        office.database.one(
            "admin",
            "SELECT evidence::jsonb ->> 'policy_version' FROM execution_outcome"
            " JOIN execution ON id = execution_id WHERE grant_id = %s",
            grant.id,
        )
        for grant in grants
    ]
    assert judged == [FIRST.version, version]


def test_undoing_a_policy_asks_for_the_right_to_hand_one_in(office: Office) -> None:
    proposal = office.proposed(office.stored())
    office.carried_out(office.granted(proposal))
    own = {"activate_policy": ActivatePolicyAction(office.shelf)}
    worker = replace(worker_of(office.database, DemoReader(office.database.pool("worker"))), own=own)
    agent = office.database.person("agnes", Role.OPS_AGENT)
    said = []
    for person in (agent, office.author):
        inbound = office.database.inbound(person, proposal.label, kind="undo")
        propose_inverse(inbound, worker)
        said.append(
            office.database.one(
                "admin", "SELECT body ->> 'text' FROM answer_part WHERE inbound_id = %s ORDER BY seq DESC", inbound
            )
        )
    assert "agnes may not propose policy" in said[0]
    assert [made.asker for made in worker.desk.proposals() if made.inverse_of == proposal.id] == [office.author]


def test_a_dry_run_of_a_policy_says_what_would_come_into_force_and_changes_nothing(office: Office) -> None:
    proposal = office.proposed(office.stored())
    run = dry_run(proposal, NO_ERP, FIRST, datetime.now(UTC), shelf=office.shelf)
    assert [check.what for check in run.checks if not check.holds] == ["approvals"]
    [sent] = run.sends
    assert sent.startswith(f"activate({proposal.content.arguments['version']}")
    assert office.shelf.version_in_force() == FIRST.version


def test_undoing_it_is_the_proposal_to_put_the_old_one_in_force_again(office: Office) -> None:
    proposal = office.proposed(office.stored())
    office.carried_out(office.granted(proposal))
    assert ActivatePolicyAction(office.shelf).inverse(proposal.content, "") == (
        "activate_policy", {"version": FIRST.version, "replaces": proposal.content.arguments["version"]},
    )  # fmt: skip


def test_a_proposal_compared_with_a_policy_that_was_replaced_meanwhile_is_refused(office: Office) -> None:
    early, late = office.proposed(office.stored("one")), office.proposed(office.stored("two"))
    grant = office.granted(early)
    assert office.carried_out(office.granted(late)) is Outcome.DONE
    assert office.carried_out(grant) is Outcome.REFUSED_STALE
    assert office.shelf.version_in_force() == late.content.arguments["version"]


def test_who_wrote_a_policy_does_not_decide_on_it_even_when_somebody_else_asks(office: Office) -> None:
    proposal = office.proposed(office.stored(by=office.finance), asker=office.author)
    with pytest.raises(DecisionRefused, match=f"P{proposal.id} is about a policy that you wrote"):
        office.approve(proposal, office.finance, 0, last=False)


def test_handing_in_a_text_twice_keeps_it_once(office: Office) -> None:
    assert office.stored() == office.stored(by=office.sales)
    assert [stored.author for stored in office.shelf.all()] == ["omar", None]


def test_a_version_that_is_not_of_its_text_is_refused(office: Office, database: TestDatabase) -> None:
    desk = PostgresPolicyDesk(database.pool("serve"))
    with pytest.raises(PreconditionFailed, match="is not the one of this text"):
        desk.store("v2-00000000", changed("x"), person_id=office.author.id, reason="why")


@pytest.mark.parametrize("role", ["serve", "worker"])
def test_only_the_executor_may_put_one_in_force(office: Office, database: TestDatabase, role: Any) -> None:
    office.stored()
    said = refused(database, role, "INSERT INTO policy_activation (policy_id) SELECT max(id) FROM policy_version")
    assert "permission denied" in said


@pytest.mark.parametrize("role", ["worker", "executor"])
def test_only_serve_takes_in_a_text(office: Office, database: TestDatabase, role: Any) -> None:
    said = refused(database, role, "INSERT INTO policy_version (version, text, reason) VALUES ('v1', 'x', 'y')")
    assert "permission denied" in said


def test_a_stolen_executor_puts_nothing_in_force_without_an_approved_proposal_for_exactly_that(
    office: Office, database: TestDatabase
) -> None:
    office.stored()
    said = refused(database, "executor", "INSERT INTO policy_activation (policy_id) SELECT max(id) FROM policy_version")
    assert "only by carrying out an approved proposal" in said
    # It begins a note's execution, and claims that it is for the policy.
    note = database.proposal(office.finance)
    office.approve(note, office.sales, 0, last=True)
    execution = database.one(
        "executor",
        "INSERT INTO execution (grant_id, proposal_id, sha256) SELECT id, proposal_id, sha256 FROM approval_grant RETURNING id",
    )
    database.one("executor", "INSERT INTO execution_attempt (execution_id, number) VALUES (%s, 1)", execution)
    database.one("executor", "INSERT INTO execution_sending (execution_id, number) VALUES (%s, 1)", execution)
    claim = "INSERT INTO policy_activation (policy_id, execution_id) SELECT max(id), %s FROM policy_version"
    said = refused(database, "executor", claim, execution)
    assert "only by carrying out an approved proposal" in said
    # And it puts a granted proposal for one version to use for another.
    wanted, other = office.stored("wanted"), office.stored("other")
    grant = office.granted(office.proposed(wanted))
    desk = PostgresExecutionDesk(database.pool("executor"))
    running, _ = desk.begin(grant)
    desk.sending(running)
    with pytest.raises(NotPermitted, match="only by carrying out"):
        PostgresPolicySwitch(database.pool("executor")).activate(other, grant.sha256)
    assert office.shelf.version_in_force() == FIRST.version


@pytest.mark.parametrize("role", ["serve", "worker", "executor"])
@pytest.mark.parametrize(("table", "column"), [("policy_version", "text"), ("policy_activation", "policy_id")])
def test_no_process_changes_or_removes_a_version(
    office: Office, database: TestDatabase, role: Any, table: str, column: str
) -> None:
    assert "permission denied" in refused(database, role, f"DELETE FROM {table}")
    assert "permission denied" in refused(database, role, f"UPDATE {table} SET {column} = NULL")


def test_what_happened_to_the_policy_is_in_the_audit_log(office: Office, database: TestDatabase) -> None:
    version = office.stored()
    office.carried_out(office.granted(office.proposed(version)))
    kinds = database.one(
        "admin", "SELECT string_agg(kind, ' ' ORDER BY id) FROM audit_entry WHERE subject = %s", f"policy:{version}"
    )
    assert kinds == "policy.stored policy.activated"
