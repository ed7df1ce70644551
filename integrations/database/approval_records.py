"""What was asked, decided, shown and refused since a moment."""

from datetime import datetime

from agent.domain.approval_report import ApprovalRecords, Refusal
from integrations.database.pool import transaction
from integrations.database.proposal_book import PROPOSALS, PostgresProposalBook, readable

_SINCE = PROPOSALS + "WHERE proposal.created_at >= %s ORDER BY proposal.id"
_SHOWN = "SELECT proposal_id, person_id, at FROM proposal_shown WHERE proposal_id = ANY(%s)"
_REFUSED = """
    SELECT handle, proposal_id, kind, at FROM decision_refusal JOIN person ON person.id = person_id
    WHERE at >= %s ORDER BY decision_refusal.id
"""


class PostgresApprovalRecords(PostgresProposalBook):
    """On a pool of serve's or the worker's role."""

    def since(self, moment: datetime) -> ApprovalRecords:
        with transaction(self._pool) as connection:
            found = connection.execute(_SINCE, [moment]).fetchall()
            ids = [row["id"] for row in found]
            proposals = tuple(readable(found))
            shown = {(row["proposal_id"], row["person_id"]): row["at"] for row in connection.execute(_SHOWN, [ids])}
            refused = [
                Refusal(row["handle"], row["proposal_id"], row["kind"], row["at"])
                for row in connection.execute(_REFUSED, [moment])
            ]
        return ApprovalRecords(proposals, shown, tuple(refused))
