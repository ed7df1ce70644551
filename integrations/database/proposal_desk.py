"""The worker's part of the ledger: it may propose, and nothing more."""

from datetime import datetime

from agent.domain.decisions import Proposal, ProposalContent, Provenance
from integrations.database.pool import transaction
from integrations.database.proposal_book import PostgresProposalBook


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
    ) -> Proposal:
        """Raises PreconditionFailed when the database refuses it: the question is too old, nothing to undo, a bad deadline."""
        with transaction(self._pool) as connection:
            row = connection.execute(
                "INSERT INTO proposal (inbound_id, content, rationale, origin, model, prompt_sha256, inverse_of, expires_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
                (
                    inbound_id,
                    content.canonical(),
                    rationale,
                    provenance.origin,
                    provenance.model,
                    provenance.prompt_sha256,
                    inverse_of,
                    expires_at,
                ),
            ).fetchone()
        assert row is not None
        return self.proposal(row["id"])
