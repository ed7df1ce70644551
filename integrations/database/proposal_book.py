"""Reading proposals with their decisions and state; every process may."""

import logging
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.sql import SQL

from agent.domain.decisions import Decision, Proposal, ProposalState
from agent.errors import PreconditionFailed, RecordMissing
from integrations.database import rows
from integrations.database.pool import Pool, transaction

logger = logging.getLogger(__name__)

_PROPOSALS = SQL("""
    SELECT proposal.*, proposal_state.state, proposal_state.outcome_detail, to_jsonb(person) AS asker
    FROM proposal
    JOIN proposal_state ON proposal_state.proposal_id = proposal.id
    JOIN person ON person.id = proposal.asker_id
""")
_DECISIONS = """
    SELECT decision.*, to_jsonb(person) AS person, to_jsonb(absent) AS absent
    FROM decision JOIN person ON person.id = decision.person_id LEFT JOIN person AS absent ON absent.id = decision.for_person_id
    WHERE decision.proposal_id = ANY(%s) ORDER BY decision.proposal_id, decision.id
"""
_ONE = SQL("WHERE proposal.id = %s")
_NEWEST = SQL("""
    WHERE (%(states)s::text[] IS NULL OR proposal_state.state = ANY(%(states)s))
        AND (%(sha256)s::text IS NULL OR proposal.sha256 = %(sha256)s)
    ORDER BY proposal.id DESC LIMIT %(limit)s
""")


class PostgresProposalBook:
    """ProposalBook on a pool of any role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def proposal(self, proposal_id: int) -> Proposal:
        with transaction(self._pool) as connection:
            found = connection.execute(_PROPOSALS + _ONE, [proposal_id]).fetchone()
            decisions = _decisions(connection, [proposal_id])
        if found is None:
            raise RecordMissing(f"There is no proposal P{proposal_id}; `expediter proposals list` shows those that exist.")
        try:
            return rows.proposal(found, decisions.get(proposal_id, ()))
        except rows.NotAProposal:
            raise PreconditionFailed(
                f"P{proposal_id} holds no proposal that can be shown, so nothing can be done with it."
            ) from None

    def proposals(
        self, states: Sequence[ProposalState] | None = None, limit: int = 50, sha256: str | None = None
    ) -> list[Proposal]:
        wanted = {"states": None if states is None else [state.value for state in states], "limit": limit, "sha256": sha256}
        with transaction(self._pool) as connection:
            found = connection.execute(_PROPOSALS + _NEWEST, wanted).fetchall()
            decisions = _decisions(connection, [row["id"] for row in found])
        return list(_readable(found, decisions))


def _readable(found: list[dict[str, Any]], decisions: dict[int, tuple[Decision, ...]]) -> Iterator[Proposal]:
    """One row that is no proposal must not keep the others from being seen."""
    for row in found:
        try:
            yield rows.proposal(row, decisions.get(row["id"], ()))
        except rows.NotAProposal as unreadable:
            logger.error("left out of the list: %s", unreadable)


def _decisions(connection: Connection[DictRow], proposal_ids: list[int]) -> dict[int, tuple[Decision, ...]]:
    found = connection.execute(_DECISIONS, [proposal_ids]).fetchall()
    by_proposal = groupby(found, key=lambda row: int(row["proposal_id"]))
    return {proposal_id: tuple(rows.decision(row) for row in group) for proposal_id, group in by_proposal}
