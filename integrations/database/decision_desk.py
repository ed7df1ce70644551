"""Serve's part of the ledger: it records who clicked."""

from collections.abc import Callable, Sequence
from datetime import datetime

from psycopg import Connection
from psycopg.rows import DictRow

from agent.domain.decisions import Ballot, Grant, Verdict
from agent.errors import DecisionRefused, SecondFactorNeeded, SecondFactorWrong
from integrations.database import rows
from integrations.database.code_check import WRONG_CODE, Checked, CodeCheck, no_codes
from integrations.database.pool import Pool, statements, transaction, translated
from integrations.database.proposal_book import PostgresProposalBook
from integrations.database.queues import lock_name

EXECUTE_TASK = "execute_granted"
_DECISION = """
    INSERT INTO decision (proposal_id, sha256, step, earlier, person_id, for_person_id, verdict, reason, policy_version, rule,
        second_factor_wanted, second_factor_id)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
#: The grant's own rules see the decision that it rests on, as they see every row written before them.
_LAST_DECISION = f"""
    WITH decided AS ({_DECISION} RETURNING proposal_id), granted AS (
        INSERT INTO approval_grant (proposal_id, sha256, steps, policy_version, expires_at, second_factor_wanted)
        SELECT id, %s, %s, %s, least(%s, expires_at), %s FROM proposal JOIN decided ON decided.proposal_id = proposal.id
        RETURNING *
    )
    SELECT granted.*, procrastinate.procrastinate_defer_jobs_v1(ARRAY[
        ROW('executor', %s, 0, %s, NULL, jsonb_build_object('grant_id', granted.id), NULL
        )::procrastinate.procrastinate_job_to_defer_v1]) AS hinted
    FROM granted
"""  # noqa: S608 - constants


class PostgresDecisionDesk(PostgresProposalBook):
    """DecisionDesk on a pool of serve's role; `codes` is asked for only where a rule wants a second factor."""

    def __init__(self, pool: Pool, codes: Callable[[], CodeCheck] = no_codes) -> None:
        super().__init__(pool)
        self._codes = codes

    def decide(
        self,
        proposal_id: int,
        *,
        person_id: int,
        verdict: Verdict,
        step: int,
        earlier: int,
        sha256: str,
        reason: str,
        policy_version: str,
        rule: str,
        grant_until: datetime | None,
        for_person_id: int | None = None,
        second_factor: bool = False,
        code: str | None = None,
    ) -> Grant | None:
        """Record a decision, with `grant_until` also the grant and the hint to the executor, all or nothing.

        `grant_until` says that this was the last step; the grant ends then or with the proposal, whichever comes first.

        `earlier` is how many decisions were seen; one that came meanwhile may have been for the same step.

        Raises DecisionRefused with the database's sentence.
        """
        ballot = Ballot(proposal_id, sha256, step, earlier, policy_version, rule, grant_until, second_factor, for_person_id)
        # What is recorded is one statement; only a code that was used has to be recorded with it.
        opened = transaction if second_factor else statements
        with opened(self._pool) as connection:
            checked = self._checked(connection, [ballot], person_id, verdict, code)
            if not _wrong(checked):
                return _record(connection, ballot, person_id, verdict, reason, checked)
        raise SecondFactorWrong(WRONG_CODE)

    def decide_together(
        self, ballots: Sequence[Ballot], *, person_id: int, verdict: Verdict, reason: str, code: str | None = None
    ) -> list[Grant | DecisionRefused | None]:
        came: dict[int, Grant | DecisionRefused | None] = {}
        with transaction(self._pool) as connection:
            checked = self._checked(connection, ballots, person_id, verdict, code)
            if not _wrong(checked):
                # In the order of their numbers, or two who decide at once could each hold what the other needs.
                for ballot in sorted(ballots, key=lambda ballot: ballot.proposal_id):
                    try:
                        with translated(), connection.transaction():
                            came[ballot.proposal_id] = _record(connection, ballot, person_id, verdict, reason, checked)
                    except DecisionRefused as refused:
                        came[ballot.proposal_id] = refused
        if _wrong(checked):
            raise SecondFactorWrong(WRONG_CODE)
        return [came[ballot.proposal_id] for ballot in ballots]

    def _checked(
        self, connection: Connection[DictRow], ballots: Sequence[Ballot], person_id: int, verdict: Verdict, code: str | None
    ) -> Checked | None:
        """None where no rule wants a code."""
        if verdict is not Verdict.APPROVE or not any(ballot.second_factor for ballot in ballots):
            return None
        if not code:
            what = ", ".join(f"P{ballot.proposal_id}" for ballot in ballots if ballot.second_factor)
            raise SecondFactorNeeded(f"Approving {what} takes a code from your authenticator; give it with --code.")
        return self._codes().look(connection, person_id, code)

    def withdraw(self, proposal_id: int, *, person_id: int, reason: str) -> None:
        with statements(self._pool) as connection:
            connection.execute(
                "INSERT INTO withdrawal (proposal_id, person_id, reason) VALUES (%s, %s, %s)",
                (proposal_id, person_id, reason.strip()),
            )

    def comment(self, proposal_id: int, *, person_id: int, text: str) -> None:
        with statements(self._pool) as connection:
            connection.execute(
                "INSERT INTO proposal_comment (proposal_id, person_id, text) VALUES (%s, %s, %s)",
                (proposal_id, person_id, text.strip()),
            )

    def shown(self, proposal_id: int, person_id: int) -> None:
        with statements(self._pool) as connection:
            connection.execute(
                "INSERT INTO proposal_shown (proposal_id, person_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                (proposal_id, person_id),
            )

    def note_refusal(self, proposal_id: int, person_id: int, kind: str, said: str) -> bool:
        with statements(self._pool) as connection:
            row = connection.execute(
                "SELECT note_refusal(%s, %s, %s, %s) AS noted", (proposal_id, person_id, kind, said)
            ).fetchone()
        return bool(row and row["noted"])


def _wrong(checked: Checked | None) -> bool:
    return checked is not None and checked.use_id is None


def _record(
    connection: Connection[DictRow], ballot: Ballot, person_id: int, verdict: Verdict, reason: str, checked: Checked | None
) -> Grant | None:
    factor = checked.use_id if checked and ballot.second_factor else None
    decision = (
        ballot.proposal_id, ballot.sha256, ballot.step, ballot.earlier, person_id, ballot.for_person_id, verdict.value, reason,
        ballot.policy_version, ballot.rule, ballot.second_factor, factor,
    )  # fmt: skip
    if ballot.grant_until is None:
        connection.execute(_DECISION, decision)
        return None
    granted = (ballot.sha256, ballot.step + 1, ballot.policy_version, ballot.grant_until, ballot.second_factor)
    hint = (EXECUTE_TASK, lock_name("executor", f"proposal:{ballot.proposal_id}"))
    row = connection.execute(_LAST_DECISION, (*decision, *granted, *hint)).fetchone()
    assert row is not None
    return rows.grant(row)
