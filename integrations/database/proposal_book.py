"""Reading proposals with their decisions and state; every process may."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.sql import SQL

from agent.domain.decisions import Decision, Proposal, ProposalState
from agent.errors import RecordMissing
from integrations.database import rows
from integrations.database.pool import Pool, transaction

_PROPOSALS = SQL("""
    SELECT proposal.*, proposal_state.state, proposal_state.outcome_detail, to_jsonb(person) AS asker
    FROM proposal
    JOIN proposal_state ON proposal_state.proposal_id = proposal.id
    JOIN person ON person.id = proposal.asker_id
""")
_DECISIONS = """
    SELECT decision.*, to_jsonb(person) AS person
    FROM decision JOIN person ON person.id = decision.person_id
    WHERE decision.proposal_id = ANY(%s) ORDER BY decision.proposal_id, decision.id
"""
_ONE = SQL("WHERE proposal.id = %s")
_NEWEST = SQL("WHERE %s::text[] IS NULL OR proposal_state.state = ANY(%s) ORDER BY proposal.id DESC LIMIT %s")


class PostgresProposalBook:
    """ProposalBook on a pool of any role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def proposal(self, proposal_id: int) -> Proposal:
        with transaction(self._pool) as connection:
            found = _read(connection, _ONE, [proposal_id])
        if not found:
            raise RecordMissing(f"There is no proposal P{proposal_id}; `expediter proposals list` shows those that exist.")
        return found[0]

    def proposals(self, states: Sequence[ProposalState] | None = None, limit: int = 50) -> list[Proposal]:
        wanted = None if states is None else [state.value for state in states]
        with transaction(self._pool) as connection:
            return _read(connection, _NEWEST, [wanted, wanted, limit])


def _read(connection: Connection[DictRow], condition: SQL, arguments: list[Any]) -> list[Proposal]:
    found = connection.execute(_PROPOSALS + condition, arguments).fetchall()
    decisions = _decisions(connection, [row["id"] for row in found])
    return [rows.proposal(row, decisions.get(row["id"], ())) for row in found]


def _decisions(connection: Connection[DictRow], proposal_ids: list[int]) -> dict[int, tuple[Decision, ...]]:
    found = connection.execute(_DECISIONS, [proposal_ids]).fetchall()
    by_proposal = groupby(found, key=lambda row: int(row["proposal_id"]))
    return {proposal_id: tuple(rows.decision(row) for row in group) for proposal_id, group in by_proposal}
