"""The worker's part of the ledger: it may propose, and nothing more."""

from collections.abc import Sequence
from datetime import datetime

from psycopg import Connection
from psycopg.rows import DictRow

from agent.domain.decisions import Proposal, ProposalContent, ProposalGroup, Provenance
from agent.ports.ledger import ProposedLine
from integrations.database.pool import statements, transaction
from integrations.database.proposal_book import PostgresProposalBook

#: See `statements` for what it returns second.
_PROPOSAL = """
    INSERT INTO proposal
        (inbound_id, content, rationale, origin, model, prompt_sha256, inverse_of, expires_at, supersedes, group_id)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id, set_config('synchronous_commit', 'off', true)
"""


class PostgresProposalDesk(PostgresProposalBook):
    """ProposalDesk on a pool of the worker's role."""

    def propose(
        self,
        content: ProposalContent,
        *,
        inbound_id: int,
        rationale: str,
        provenance: Provenance,
        expires_at: datetime,
        inverse_of: int | None = None,
        supersedes: int | None = None,
    ) -> Proposal:
        """Raises PreconditionFailed when the database refuses it: the question is too old, nothing to undo, a bad deadline."""
        with statements(self._pool) as connection:
            line = ProposedLine(content, expires_at)
            made = _insert(connection, line, inbound_id, rationale, provenance, inverse_of=inverse_of, supersedes=supersedes)
        return self.proposal(made)

    def propose_together(
        self, title: str, lines: Sequence[ProposedLine], *, inbound_id: int, rationale: str, provenance: Provenance
    ) -> ProposalGroup:
        with transaction(self._pool) as connection:
            row = connection.execute(
                "INSERT INTO proposal_group (inbound_id, title) VALUES (%s, %s) RETURNING id", (inbound_id, title)
            ).fetchone()
            assert row is not None
            for line in lines:
                _insert(connection, line, inbound_id, rationale, provenance, group_id=row["id"])
        return self.group(row["id"])


def _insert(
    connection: Connection[DictRow],
    line: ProposedLine,
    inbound_id: int,
    rationale: str,
    provenance: Provenance,
    *,
    inverse_of: int | None = None,
    supersedes: int | None = None,
    group_id: int | None = None,
) -> int:
    row = connection.execute(
        _PROPOSAL,
        (
            inbound_id, line.content.canonical(), rationale, provenance.origin, provenance.model, provenance.prompt_sha256,
            inverse_of, line.expires_at, supersedes, group_id,
        ),
    ).fetchone()  # fmt: skip
    assert row is not None
    return int(row["id"])
