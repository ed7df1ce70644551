"""Reminders, escalations and expiries, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from psycopg.rows import DictRow

from agent.domain.absences import StandIn
from agent.domain.approval_notices import ApprovalNotice, NoticeKind
from agent.domain.decisions import Proposal, Role
from integrations.database import rows
from integrations.database.pool import Pool, statements
from integrations.database.proposal_book import PROPOSALS, readable

_NOTICES = """
    SELECT approval_notice.*, (
        SELECT jsonb_agg(jsonb_build_object('deputy', to_jsonb(deputy), 'absent', to_jsonb(person)) ORDER BY place)
        FROM unnest(deputies, absent) WITH ORDINALITY AS pair (deputy_id, absent_id, place)
        JOIN person AS deputy ON deputy.id = deputy_id JOIN person ON person.id = absent_id) AS standing_in
    FROM approval_notice
"""
_LAPSED = (
    PROPOSALS
    + """
    WHERE proposal.expires_at > %s AND proposal.expires_at <= now() AND proposal_state.state = 'expired'
        AND NOT EXISTS (SELECT FROM approval_notice WHERE approval_notice.proposal_id = proposal.id AND kind = 'expiry')
    ORDER BY proposal.id
"""
)
_NOTE = """
    INSERT INTO approval_notice (proposal_id, step, kind, number, roles, deputies, absent) VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT ON CONSTRAINT approval_notice_once DO NOTHING
"""


class PostgresApprovalNotices:
    """ApprovalNotices on a pool of any role; the worker's alone may note."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def of(self, proposal_ids: Sequence[int]) -> list[ApprovalNotice]:
        query = _NOTICES + "WHERE proposal_id = ANY(%s) ORDER BY id"
        with statements(self._pool) as connection:
            return [_notice(row) for row in connection.execute(query, (list(proposal_ids),)).fetchall()]

    def since(self, moment: datetime) -> list[ApprovalNotice]:
        query = _NOTICES + "WHERE at > %s ORDER BY id"
        with statements(self._pool) as connection:
            return [_notice(row) for row in connection.execute(query, (moment,)).fetchall()]

    def lapsed(self, since: datetime) -> list[Proposal]:
        with statements(self._pool) as connection:
            return list(readable(connection.execute(_LAPSED, (since,)).fetchall()))

    def note(self, notice: ApprovalNotice) -> bool:
        deputies = [one.deputy.id for one in notice.deputies], [one.absent.id for one in notice.deputies]
        row = (notice.proposal_id, notice.step, notice.kind.value, notice.number, [str(role) for role in notice.roles], *deputies)
        with statements(self._pool) as connection:
            return bool(connection.execute(_NOTE, row).rowcount)


def _notice(row: DictRow) -> ApprovalNotice:
    roles = tuple(Role(role) for role in row["roles"])
    deputies = tuple(StandIn(rows.person(one["deputy"]), rows.person(one["absent"])) for one in row["standing_in"] or ())
    return ApprovalNotice(row["proposal_id"], row["step"], NoticeKind(row["kind"]), row["number"], roles, row["at"], deputies)
