"""Reading proposals with their decisions and state; every process may."""

import logging
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, LiteralString

from agent.domain.decisions import Outcome, Proposal, ProposalGroup, ProposalState
from agent.errors import PreconditionFailed, RecordMissing
from integrations.database import rows
from integrations.database.pool import Pool, statements

logger = logging.getLogger(__name__)

PROPOSALS = """
    SELECT proposal.*, proposal_state.state, proposal_state.outcome_detail, to_jsonb(person) AS asker,
        CASE WHEN supersedes IS NOT NULL OR group_id IS NOT NULL THEN (
            SELECT jsonb_agg(to_jsonb(author)) FROM person AS author
            WHERE author.id IN (SELECT authors_of(proposal.id)) AND author.id <> asker_id) END AS authors,
        (SELECT jsonb_agg(jsonb_build_object('person', handle, 'text', text, 'at', at) ORDER BY said.id)
            FROM proposal_comment AS said JOIN person AS sayer ON sayer.id = said.person_id
            WHERE said.proposal_id = proposal.id) AS comments,
        (SELECT jsonb_agg(to_jsonb(decision) || jsonb_build_object('person', to_jsonb(decider), 'absent', to_jsonb(absent))
                ORDER BY decision.id)
            FROM decision JOIN person AS decider ON decider.id = decision.person_id
            LEFT JOIN person AS absent ON absent.id = decision.for_person_id
            WHERE decision.proposal_id = proposal.id) AS decisions
    FROM proposal
    JOIN proposal_state ON proposal_state.proposal_id = proposal.id
    JOIN person ON person.id = proposal.asker_id
"""
_ONE = PROPOSALS + "WHERE proposal.id = %s"
_LINES = PROPOSALS + "WHERE proposal.group_id = %s ORDER BY proposal.id"
_GROUP = """
    SELECT proposal_group.*, to_jsonb(person) AS asker
    FROM proposal_group JOIN person ON person.id = asker_id WHERE proposal_group.id = %s
"""
_DELAYS_TOLD = "SELECT order_name AS name, expected FROM delay_told WHERE order_name = ANY(%s)"
#: Above every number of a proposal.
BEYOND = 2**62
#: States that end at the latest when the proposal expires.
_UNEXPIRED = frozenset({ProposalState.PENDING, ProposalState.GRANTED})
#: Which ones are wanted is found out first, from as few rows as tell; only of those all the rest is read.
_THOSE = PROPOSALS + "WHERE proposal.id = ANY(%(ids)s) ORDER BY proposal.id DESC"
_NEWEST: dict[tuple[bool, bool, bool], LiteralString] = {
    (with_state, unexpired, same): "SELECT proposal.id FROM proposal "  # noqa: S608 - constants
    + ("JOIN proposal_state ON proposal_state.proposal_id = proposal.id AND state = ANY(%(states)s) " if with_state else "")
    + "WHERE proposal.id < %(before)s "
    + ("AND proposal.expires_at > now() " if unexpired else "")
    + ("AND proposal.sha256 = %(sha256)s " if same else "")
    + "ORDER BY proposal.id DESC LIMIT %(limit)s"
    for with_state in (True, False)
    for unexpired in (True, False)
    for same in (True, False)
}

#: A person's word on what ended uncertain makes it done or failed.
_ENDED: LiteralString = """
    SELECT id FROM (
        (SELECT execution.proposal_id AS id FROM execution
            JOIN execution_outcome ON execution_outcome.execution_id = execution.id AND outcome = ANY(%(states)s)
            WHERE execution.proposal_id < %(before)s
                AND NOT EXISTS (SELECT FROM execution_resolution WHERE execution_resolution.execution_id = execution.id)
            ORDER BY execution.proposal_id DESC LIMIT %(limit)s)
        UNION ALL
        (SELECT execution.proposal_id FROM execution_resolution JOIN execution ON execution.id = execution_id
            WHERE execution.proposal_id < %(before)s
                AND CASE WHEN took_effect THEN 'done' ELSE 'failed' END = ANY(%(states)s)
            ORDER BY execution.proposal_id DESC LIMIT %(limit)s)
    ) AS ended ORDER BY id DESC LIMIT %(limit)s
"""
#: States that leave a row behind, are for good, and so are read from those rows without looking at all proposals.
_SOURCES: dict[ProposalState, LiteralString] = {
    ProposalState.REJECTED: "SELECT DISTINCT proposal_id AS id FROM decision "
    "WHERE verdict = 'reject' AND proposal_id < %(before)s ORDER BY id DESC LIMIT %(limit)s",
    ProposalState.WITHDRAWN: "SELECT proposal_id AS id FROM withdrawal WHERE proposal_id < %(before)s "
    "ORDER BY proposal_id DESC LIMIT %(limit)s",
    **dict.fromkeys(map(ProposalState, Outcome), _ENDED),
}


def newest_of(states: Sequence[ProposalState] | None, same: bool) -> LiteralString:
    """The query for the ids of the newest in these states, with `same` only those of one hash."""
    sources = {_SOURCES.get(state) for state in states or ()}
    source = next(iter(sources), None) if len(sources) == 1 and not same else None
    return source or _NEWEST[states is not None, states is not None and _UNEXPIRED.issuperset(states), same]


class PostgresProposalBook:
    """ProposalBook on a pool of any role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def proposal(self, proposal_id: int) -> Proposal:
        with statements(self._pool) as connection:
            found = connection.execute(_ONE, [proposal_id]).fetchone()
        if found is None:
            raise RecordMissing(f"There is no proposal P{proposal_id}; `expediter proposals list` shows those that exist.")
        try:
            return rows.proposal(found)
        except rows.NotAProposal:
            raise PreconditionFailed(
                f"P{proposal_id} holds no proposal that can be shown, so nothing can be done with it."
            ) from None

    def group(self, group_id: int) -> ProposalGroup:
        with statements(self._pool) as connection:
            row = connection.execute(_GROUP, [group_id]).fetchone()
            found = connection.execute(_LINES, [group_id]).fetchall()
        if row is None:
            raise RecordMissing(f"There is no group G{group_id}; `expediter proposals list` shows which lines belong to one.")
        lines = tuple(readable(found))
        return ProposalGroup(row["id"], row["title"], rows.person(row["asker"]), row["created_at"], lines)

    def proposals(
        self,
        states: Sequence[ProposalState] | None = None,
        limit: int = 50,
        sha256: str | None = None,
        before: int | None = None,
    ) -> list[Proposal]:
        named = [state.value for state in states or ()]
        wanted = {"states": named, "limit": limit, "sha256": sha256, "before": before or BEYOND}
        query = newest_of(states, sha256 is not None)
        with statements(self._pool) as connection:
            ids = [row["id"] for row in connection.execute(query, wanted).fetchall()]
            found = connection.execute(_THOSE, {"ids": ids}).fetchall() if ids else []
        return list(readable(found))

    def delays_told(self, orders: Sequence[str]) -> set[tuple[str, date | None]]:
        with statements(self._pool) as connection:
            found = connection.execute(_DELAYS_TOLD, [list(orders)]).fetchall()
        return {(row["name"], row["expected"]) for row in found}


def readable(found: list[dict[str, Any]]) -> Iterator[Proposal]:
    """One row that is no proposal must not keep the others from being seen."""
    for row in found:
        try:
            yield rows.proposal(row)
        except rows.NotAProposal as unreadable:
            logger.error("left out of the list: %s", unreadable)
