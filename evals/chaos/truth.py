"""What Odoo holds in the end, beside what the ledger says."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from agent.actions import Effect, action_named, marker_of
from agent.domain.decisions import Proposal, ProposalState
from agent.ports.erp_reader import ErpReader
from evals.bench import scaled_odoo
from integrations.database.embedded import EmbeddedServer
from integrations.database.pool import open_pool
from integrations.database.proposal_book import PostgresProposalBook

ENDED = {ProposalState.DONE, ProposalState.FAILED, ProposalState.REFUSED_STALE, ProposalState.UNCERTAIN}
#: Whatever carries a marker: notes, tasks, scraps, and the moves that book counts. What was taken back keeps its marker;
#: nothing is taken back here.
TWICE = r"""
    SELECT count(*) FROM (
        SELECT kind, substring(told FROM 'expediter-p\d+-[0-9a-f]{12}') AS marker FROM (
            SELECT 'note', body FROM mail_message UNION ALL SELECT 'task', note FROM mail_activity
            UNION ALL SELECT 'scrap', origin FROM stock_scrap WHERE state = 'done'
            UNION ALL SELECT 'count', inventory_name FROM stock_move WHERE state = 'done') AS left_behind (kind, told)
        WHERE told LIKE '%expediter-p%' GROUP BY 1, 2 HAVING count(*) > 1) AS doubled
"""


@dataclass(frozen=True, slots=True)
class Found:
    ended: Counter[ProposalState]
    lost: Sequence[str]
    """Approved, and neither ended nor waiting for somebody."""
    untrue: Sequence[str]
    """Where the outcome says something else than Odoo."""
    doubled: int
    """Notes, tasks, scraps and counts that stand in Odoo more than once."""


def open_ones(server: EmbeddedServer, approved: set[int]) -> list[Proposal]:
    """Approved proposals that have not ended."""
    return [proposal for proposal in _proposals(server, approved) if proposal.state not in ENDED]


def found(server: EmbeddedServer, approved: set[int], reader: ErpReader, database: str) -> Found:
    proposals = _proposals(server, approved)
    return Found(
        Counter(proposal.state for proposal in proposals),
        [f"{one.label} is {one.state}" for one in proposals if one.state not in ENDED],
        [sentence for proposal in proposals for sentence in _untrue(proposal, reader)],
        int(scaled_odoo.sql(TWICE, database)),
    )


def _proposals(server: EmbeddedServer, approved: set[int]) -> list[Proposal]:
    with closing(open_pool(server.url("serve"))) as pool:
        book = PostgresProposalBook(pool)
        return [book.proposal(number) for number in sorted(approved)]


def _untrue(proposal: Proposal, reader: ErpReader) -> Iterator[str]:
    seen = action_named(proposal.content.action).effect(proposal.content, reader, marker_of(proposal))
    says_done, is_done = proposal.state is ProposalState.DONE, seen is Effect.DONE
    if proposal.state is not ProposalState.UNCERTAIN and says_done != is_done:
        what = f"{proposal.label} ({proposal.content.action}) is {proposal.state}"
        yield f"{what}, and Odoo shows {seen}: {proposal.outcome_detail}"
