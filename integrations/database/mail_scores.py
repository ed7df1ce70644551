"""What triage said of mails, and what people said they were, in PostgreSQL."""

from datetime import datetime

from agent.domain.mail import SURE, MailClass
from agent.domain.mail_scorecard import DraftScore, JudgedMail
from integrations.database.pool import Pool, statements

#: A mail whose thread was done after it came, and whose class nobody corrected, was what triage said.
_JUDGED = """
    SELECT date_trunc('week', received_at)::date AS week, triage.mail_class AS said,
        coalesce((result->>'confidence')::float, 0) AS confidence, coalesce(taught.mail_class, CASE WHEN EXISTS (
            SELECT FROM mail_in_thread AS other JOIN mail_event AS event ON event.mail_id = other.mail_id
            WHERE other.thread_id = placed.thread_id AND event.kind = 'done' AND event.at >= received_at
        ) THEN triage.mail_class END) AS truth
    FROM mail_triage AS triage JOIN mail ON mail.id = triage.mail_id
    LEFT JOIN mail_in_thread AS placed ON placed.mail_id = triage.mail_id
    LEFT JOIN LATERAL (SELECT mail_class FROM mail_event AS event WHERE event.mail_id = triage.mail_id
        AND event.mail_class IS NOT NULL ORDER BY id DESC LIMIT 1) AS taught ON true
    WHERE (%(since)s::timestamptz IS NULL OR received_at >= %(since)s)
        AND (%(until)s::timestamptz IS NULL OR received_at < %(until)s)
    ORDER BY triage.mail_id
"""
# Of an answer that was sent the change stands in its proposal, as its approver saw it. Of a draft that was not there yet when
# somebody answered, nobody made anything.
_DRAFTS = """
    SELECT coalesce(array_agg(changed) FILTER (WHERE changed IS NOT NULL), '{}') AS changes,
        count(*) FILTER (WHERE changed IS NULL AND ended) AS left,
        count(*) FILTER (WHERE NOT ended) AS waiting
    FROM (
        SELECT draft.mail_id, changed_percent AS changed, ended.at IS NOT NULL AS ended FROM mail_draft AS draft
        LEFT JOIN mail_draft_end AS ended USING (mail_id) WHERE passed_over IS NULL AND sent_at IS DISTINCT FROM draft.at
            AND NOT EXISTS (SELECT FROM mail_answering WHERE mail_answering.mail_id = draft.mail_id)
        UNION ALL
        SELECT subject_id, (content::jsonb #>> '{facts,changed_percent}')::integer, true
        FROM proposal JOIN proposal_state ON proposal_id = proposal.id
        WHERE action = 'reply_to_mail' AND subject_model = 'mail' AND state = 'done'
            AND content::jsonb #>> '{facts,changed_percent}' IS NOT NULL
    ) AS used JOIN mail ON mail.id = mail_id
    WHERE (%(since)s::timestamptz IS NULL OR received_at >= %(since)s)
        AND (%(until)s::timestamptz IS NULL OR received_at < %(until)s)
"""


class PostgresMailScores:
    """MailScores on a pool of serve's or the worker's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def judged(self, since: datetime | None = None, until: datetime | None = None) -> list[JudgedMail]:
        with statements(self._pool) as connection:
            rows = connection.execute(_JUDGED, {"since": since, "until": until}).fetchall()
        return [
            JudgedMail(
                week=row["week"],
                said=MailClass(row["said"]),
                confidence=row["confidence"],
                abstained=row["confidence"] < SURE,
                truth=MailClass(row["truth"]) if row["truth"] else None,
            )
            for row in rows
        ]

    def drafts(self, since: datetime | None = None, until: datetime | None = None) -> DraftScore:
        with statements(self._pool) as connection:
            row = connection.execute(_DRAFTS, {"since": since, "until": until}).fetchone()
        assert row is not None
        return DraftScore(tuple(row["changes"]), row["left"], row["waiting"])
