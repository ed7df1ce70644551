"""The shared inbox as people see it, and what they say of it, in PostgreSQL."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from psycopg import Connection
from psycopg.rows import DictRow

from agent.domain.letters import AnswerSent, MailboxDraft
from agent.domain.mail import MailClass, Priority
from agent.domain.mail_corrections import corrected
from agent.domain.mail_threads import InboxFilter, MailDeed, MailEvent, MailEventKind, MailThread
from agent.domain.mailbox import InboxMail
from agent.domain.records import Record
from agent.errors import RecordMissing
from integrations.database.pool import Pool, statements

_SHOWN = """
    SELECT mail.id, mail.mailbox, sender, subject, sent_at, received_at, mail_triage.at AS read_at, result, said,
        thread.id AS thread_id, thread.mails, thread.priority AS thread_priority, thread.due_at,
        thread.answered_at, thread.done_at, thread.last_event,
        coalesce(thread.needs_person, false) AS needs_person, known_mail.mail_class,
        known_mail.priority, owner.handle AS owner, ender.handle AS done_by,
        CASE WHEN mail_triage.mail_id IS NULL THEN (SELECT since FROM inbox_pause) END AS waits_since
    FROM mail
    LEFT JOIN mail_triage ON mail_triage.mail_id = mail.id
    LEFT JOIN known_mail ON known_mail.mail_id = mail.id
    LEFT JOIN mail_in_thread AS placed ON placed.mail_id = mail.id
    LEFT JOIN mail_thread AS thread ON thread.id = placed.thread_id
    LEFT JOIN person AS owner ON owner.id = thread.owner_id
    LEFT JOIN person AS ender ON ender.id = thread.done_by
"""
_LISTED = (
    _SHOWN
    + """
    WHERE (thread.id IS NULL OR thread.newest_mail_id = mail.id)
        AND (%(done)s OR thread.done_at IS NULL)
        AND (NOT %(needs_person)s OR thread.needs_person)
        AND (%(mail_class)s::text IS NULL OR thread.mail_class = %(mail_class)s)
        AND (%(owner)s::text IS NULL OR owner.handle = %(owner)s
            OR (owner.id IS NULL AND thread.mail_class = ANY(%(routed)s)))
        AND (NOT %(late)s OR thread.due_at < now())
    ORDER BY thread.done_at IS NOT NULL, coalesce(thread.due_at < now(), false) DESC, coalesce(thread.priority, 'P3'), mail.id
    LIMIT %(limit)s
"""
)
_ONE = _SHOWN + "WHERE mail.id = %s"
_READ_IN = _SHOWN + "WHERE received_at >= %s AND received_at < %s AND mail_triage.mail_id IS NOT NULL ORDER BY mail.id"
_FILED = """
    SELECT (content::jsonb #>> '{arguments,mail}')::bigint AS mail_id, subject_model, subject_id
    FROM proposal JOIN proposal_state ON proposal_id = proposal.id
    WHERE action = 'file_mail' AND (content::jsonb #>> '{arguments,mail}')::bigint = ANY(%s)
        AND state IN ('pending', 'granted', 'executing', 'done', 'uncertain')
"""
_EVENTS = """
    SELECT event.*, said.handle AS person, owner.handle AS owner FROM mail_event AS event
    LEFT JOIN person AS said ON said.id = event.person_id LEFT JOIN person AS owner ON owner.id = event.owner_id
    WHERE mail_id = ANY(%s) ORDER BY event.id
"""
_ANSWERS = """
    SELECT proposal.id, state, content::jsonb AS content, outcome_detail
    FROM proposal JOIN proposal_state ON proposal_id = proposal.id
    WHERE subject_model = 'mail' AND subject_id = %s AND action = 'reply_to_mail' ORDER BY proposal.id
"""
_DRAFT = """
    SELECT mail_draft.at, passed_over, draft_end.at AS ended_at, sent_at, text, changed_percent
    FROM mail_draft LEFT JOIN mail_draft_end AS draft_end USING (mail_id) WHERE mail_id = %s
"""
_THREAD = "SELECT mail_id FROM mail_in_thread WHERE thread_id = %s ORDER BY mail_id"
_SAY = """
    INSERT INTO mail_event (
        mail_id, kind, person_id, seen, mail_class, priority, due_at, model, record_id, record_name, owner_id, reason)
    SELECT id, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s FROM mail WHERE id = %s
"""


class PostgresInbox:
    """InboxReading on a pool of serve's or the worker's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def mails(self, wanted: InboxFilter = InboxFilter()) -> list[InboxMail]:  # noqa: B008  # frozen
        asked = {
            "needs_person": wanted.needs_person,
            "mail_class": wanted.mail_class,
            "done": wanted.done,
            "owner": wanted.owner,
            "routed": [kind.value for kind in wanted.routed],
            "late": wanted.late,
            "limit": wanted.limit,
        }
        with statements(self._pool) as connection:
            rows = connection.execute(_LISTED, asked).fetchall()
            said = _events(connection, [row["id"] for row in rows])
        return [_shown(row, said[row["id"]]) for row in rows]

    def mail(self, mail_id: int) -> InboxMail:
        with statements(self._pool) as connection:
            row = connection.execute(_ONE, (mail_id,)).fetchone()
            if row is None:
                raise RecordMissing(f"There is no mail M{mail_id}; `expediter mail list` shows those that came.")
            mails = [each["mail_id"] for each in connection.execute(_THREAD, (row["thread_id"],)).fetchall()]
            said = _events(connection, mails)
            answers = connection.execute(_ANSWERS, (mail_id,)).fetchall()
            draft = connection.execute(_DRAFT, (mail_id,)).fetchone()
        everything = sorted((event for events in said.values() for event in events), key=lambda event: event.id)
        return replace(
            _shown(row, said[mail_id], tuple(mails), everything),
            answers=tuple(map(_answer, answers)),
            mailbox_draft=MailboxDraft(**draft) if draft else None,
        )

    def linked(self, since: datetime, until: datetime) -> list[InboxMail]:
        with statements(self._pool) as connection:
            rows = connection.execute(_READ_IN, (since, until)).fetchall()
            said = _events(connection, [row["id"] for row in rows])
        read = [_shown(row, said[row["id"]]) for row in rows]
        return [mail for mail in read if mail.triage and mail.triage["links"]]

    def filed(self, mails: Sequence[InboxMail]) -> set[tuple[int, str, int]]:
        with statements(self._pool) as connection:
            rows = connection.execute(_FILED, ([mail.id for mail in mails],)).fetchall()
        return {(row["mail_id"], row["subject_model"], row["subject_id"]) for row in rows}


class PostgresMailDesk(PostgresInbox):
    """MailDesk on a pool of serve's role."""

    def say(self, mail_id: int, person_id: int, deed: MailDeed) -> None:
        record = deed.record
        about = (record.model, record.id, record.name) if record else (None, None, None)
        said = [
            deed.kind.value, person_id, deed.seen, deed.mail_class, deed.priority, deed.due_at, *about, deed.owner_id,
            deed.reason.strip(), mail_id,
        ]  # fmt: skip
        with statements(self._pool) as connection:
            if not connection.execute(_SAY, said).rowcount:
                raise RecordMissing(f"There is no mail M{mail_id}; `expediter mail list` shows those that came.")


def _events(connection: Connection[DictRow], mail_ids: Sequence[int]) -> dict[int, list[MailEvent]]:
    found = defaultdict[int, list[MailEvent]](list)
    for row in connection.execute(_EVENTS, (list(mail_ids),)).fetchall() if mail_ids else ():
        found[row["mail_id"]].append(_event(row))
    return found


def _event(row: DictRow) -> MailEvent:
    return MailEvent(
        id=row["id"],
        mail_id=row["mail_id"],
        kind=MailEventKind(row["kind"]),
        at=row["at"],
        person=row["person"],
        mail_class=MailClass(row["mail_class"]) if row["mail_class"] else None,
        priority=Priority(row["priority"]) if row["priority"] else None,
        record=Record(row["model"], row["record_id"], row["record_name"]) if row["model"] else None,
        owner=row["owner"],
        reason=row["reason"],
    )


def _shown(
    row: DictRow, said: Sequence[MailEvent], mail_ids: tuple[int, ...] = (), events: Sequence[MailEvent] | None = None
) -> InboxMail:
    return InboxMail(
        id=row["id"],
        mailbox=row["mailbox"],
        sender=row["sender"],
        subject=row["subject"],
        sent_at=row["sent_at"],
        received_at=row["received_at"],
        mail_class=MailClass(row["mail_class"]) if row["mail_class"] else None,
        priority=Priority(row["priority"]) if row["priority"] else None,
        needs_person=row["needs_person"],
        triage=None if row["result"] is None else corrected(row["result"], said),
        said=row["said"] or "",
        thread=_thread(row, mail_ids) if row["thread_id"] else None,
        waits_since=row["waits_since"],
        read_at=row["read_at"],
        events=tuple(said if events is None else events),
    )


def _thread(row: DictRow, mail_ids: tuple[int, ...]) -> MailThread:
    return MailThread(
        id=row["thread_id"],
        mails=row["mails"],
        priority=Priority(row["thread_priority"]),
        last_event=row["last_event"],
        owner=row["owner"],
        answered_at=row["answered_at"],
        due_at=row["due_at"],
        done_at=row["done_at"],
        done_by=row["done_by"],
        mail_ids=mail_ids,
    )


def _answer(row: DictRow) -> AnswerSent:
    before, arguments, facts = (row["content"].get(part) or {} for part in ("before", "arguments", "facts"))
    return AnswerSent(
        proposal_id=row["id"],
        state=row["state"],
        to=before.get("to", ""),
        text=arguments.get("text", ""),
        draft=before.get("draft"),
        changed_percent=facts.get("changed_percent"),
        detail=row["outcome_detail"],
    )
