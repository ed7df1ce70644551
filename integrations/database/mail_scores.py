"""What triage said of mails, and what people said they were, in PostgreSQL."""

from datetime import datetime

from agent.domain.mail import SURE, MailClass
from agent.domain.mail_scorecard import JudgedMail
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
