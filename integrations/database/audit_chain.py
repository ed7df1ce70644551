"""Verifying the chain. Recomputed here, not in the database: functions there could have been changed with the rows."""

from collections.abc import Iterator
from datetime import UTC
from hashlib import sha256
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow

from agent.domain.audit import ChainCheck

GENESIS = "0" * 64
_LINKS = """
    SELECT seq, audit_chain.hash, audit_chain.entry_id, at, kind, process, person_id, subject, payload_sha256, salt, body,
        salt IS NULL AND NOT EXISTS (
            SELECT FROM audit_entry AS note WHERE note.kind = 'payload.erased' AND note.subject = 'audit:' || seq
        ) AS erased_quietly
    FROM audit_chain
    LEFT JOIN audit_entry ON audit_entry.id = audit_chain.entry_id
    LEFT JOIN audit_payload ON audit_payload.entry_id = audit_entry.id
    ORDER BY seq
"""
_UNLINKED = "SELECT min(id) AS id FROM audit_entry WHERE NOT EXISTS (SELECT FROM audit_chain WHERE entry_id = audit_entry.id)"


def verified(connection: Connection[DictRow]) -> ChainCheck:
    """Walk the chain from its first link in constant memory; the transaction should see one moment (REPEATABLE READ)."""
    head, entries = GENESIS, 0
    for link in _links(connection):
        reason = _trouble(link, head, entries + 1)
        if reason:
            return ChainCheck(entries, False, entries + 1, reason, head)
        head, entries = link["hash"], entries + 1
    reason = _trouble_at_the_end(connection, head, entries)
    return ChainCheck(entries, reason is None, None if reason is None else entries + 1, reason or "", head)


def _links(connection: Connection[DictRow]) -> Iterator[dict[str, Any]]:
    with connection.cursor(name="audit_links") as cursor:
        cursor.itersize = 2000
        cursor.execute(_LINKS)
        yield from cursor


def _trouble(link: dict[str, Any], previous: str, expected: int) -> str | None:
    if link["seq"] != expected:
        return f"entry {expected} is missing"
    if link["payload_sha256"] is None:
        return f"entry {expected} was deleted"
    if _hash(link, previous) != link["hash"]:
        return f"entry {expected} was changed, or is not where it was written"
    if link["erased_quietly"]:
        return f"the payload of entry {expected} was deleted without a record of it"
    if link["salt"] is not None and sha256(link["salt"] + link["body"].encode()).hexdigest() != link["payload_sha256"]:
        return f"the payload of entry {expected} was changed"
    return None


def _hash(link: dict[str, Any], previous: str) -> str:
    at = link["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    person = "-" if link["person_id"] is None else link["person_id"]
    about = (link["kind"], link["process"], person, link["subject"], link["payload_sha256"])
    return sha256("\n".join(str(part) for part in (previous, link["seq"], link["entry_id"], at, *about)).encode()).hexdigest()


def _trouble_at_the_end(connection: Connection[DictRow], head: str, entries: int) -> str | None:
    recorded = connection.execute("SELECT entries, hash FROM audit_head").fetchone()
    if recorded is None:
        return "the record of the chain's head is gone"
    if recorded["entries"] != entries or recorded["hash"] != head:
        return f"the chain was cut: {recorded['entries']} entries were written and {entries} are there"
    unlinked = connection.execute(_UNLINKED).fetchone()
    if unlinked and unlinked["id"] is not None:
        return f"an entry (row {unlinked['id']}) was written past the chain"
    return None
