"""Reminders, escalations and expiries, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from psycopg.rows import DictRow

from agent.domain.approval_notices import ApprovalNotice, NoticeKind
from agent.domain.decisions import Role
from integrations.database.pool import Pool, statements


class PostgresApprovalNotices:
    """ApprovalNotices on a pool of any role; the worker's alone may note."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def of(self, proposal_ids: Sequence[int]) -> list[ApprovalNotice]:
        query = "SELECT * FROM approval_notice WHERE proposal_id = ANY(%s) ORDER BY id"
        with statements(self._pool) as connection:
            return [_notice(row) for row in connection.execute(query, (list(proposal_ids),)).fetchall()]

    def since(self, moment: datetime) -> list[ApprovalNotice]:
        with statements(self._pool) as connection:
            return [
                _notice(row)
                for row in connection.execute("SELECT * FROM approval_notice WHERE at > %s ORDER BY id", (moment,)).fetchall()
            ]

    def note(self, notice: ApprovalNotice) -> bool:
        with statements(self._pool) as connection:
            return bool(
                connection.execute(
                    "INSERT INTO approval_notice (proposal_id, step, kind, number, roles) VALUES (%s, %s, %s, %s, %s)"
                    " ON CONFLICT ON CONSTRAINT approval_notice_once DO NOTHING",
                    (notice.proposal_id, notice.step, notice.kind.value, notice.number, [str(role) for role in notice.roles]),
                ).rowcount
            )


def _notice(row: DictRow) -> ApprovalNotice:
    roles = tuple(Role(role) for role in row["roles"])
    return ApprovalNotice(row["proposal_id"], row["step"], NoticeKind(row["kind"]), row["number"], roles, row["at"])
