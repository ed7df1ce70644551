"""Verifying the chain. Recomputed here, not in the database: functions there could have been changed with the rows."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow

from agent.domain.audit import ChainCheck, Checkpoint
from agent.guardrails.audit import KEPT_FOR_EVER

GENESIS = "0" * 64
_LINKS = """
    SELECT seq, audit_chain.hash, audit_chain.entry_id, at, kind, process, person_id, subject, payload_sha256, salt, body,
        CASE WHEN salt IS NULL THEN EXISTS (
            SELECT FROM audit_entry AS note WHERE note.kind = 'payload.erased' AND note.subject = 'audit:' || seq
        ) END AS erased
    FROM audit_chain
    LEFT JOIN audit_entry ON audit_entry.id = audit_chain.entry_id
    LEFT JOIN audit_payload ON audit_payload.entry_id = audit_entry.id
    ORDER BY seq
"""
_PRUNINGS = """
    SELECT seq, body FROM audit_chain JOIN audit_entry ON audit_entry.id = audit_chain.entry_id
    JOIN audit_payload ON audit_payload.entry_id = audit_entry.id WHERE kind = 'payloads.pruned'
"""
_UNLINKED = "SELECT min(id) AS id FROM audit_entry WHERE NOT EXISTS (SELECT FROM audit_chain WHERE entry_id = audit_entry.id)"


@dataclass(frozen=True, slots=True)
class _Pruning:
    """So many payloads of these kinds may be gone, up to this entry. The walk verifies the entry that says so like any other."""

    through: int
    kinds: frozenset[str]
    payloads: int

    def covers(self, link: Mapping[str, Any]) -> bool:
        return link["seq"] <= self.through and link["kind"] in self.kinds


def verified(connection: Connection[DictRow], checkpoints: Sequence[Checkpoint] = ()) -> ChainCheck:
    """Walk the chain from its first link in constant memory; the transaction should see one moment (REPEATABLE READ).

    It has to agree with every checkpoint: that is how an end that was cut off together with its record shows.
    """
    noted: dict[int, list[Checkpoint]] = {}
    for checkpoint in {(each.entries, each.hash): each for each in checkpoints}.values():
        noted.setdefault(checkpoint.entries, []).append(checkpoint)
    prunings = [pruning for row in connection.execute(_PRUNINGS).fetchall() if (pruning := _pruning(row["seq"], row["body"]))]
    head, entries, agreed, pruned = GENESIS, 0, 0, 0
    for link in _links(connection):
        here = noted.pop(entries + 1, [])
        reason = _trouble(link, head, entries + 1, prunings) or _contradiction(link["hash"], here)
        if reason:
            return ChainCheck(entries, False, entries + 1, reason, head, agreed)
        head, entries, agreed = link["hash"], entries + 1, agreed + len(here)
        pruned += link["salt"] is None and not link["erased"]
    reason = _trouble_at_the_end(connection, head, entries) or _cut(noted, entries) or _beyond(pruned, prunings)
    return ChainCheck(entries, reason is None, None if reason is None else entries + 1, reason or "", head, agreed)


def _links(connection: Connection[DictRow]) -> Iterator[dict[str, Any]]:
    with connection.cursor(name="audit_links") as cursor:
        cursor.itersize = 2000
        cursor.execute(_LINKS)
        yield from cursor


def _trouble(link: dict[str, Any], previous: str, expected: int, prunings: Sequence[_Pruning]) -> str | None:
    if link["seq"] != expected:
        return f"entry {expected} is missing"
    if link["payload_sha256"] is None:
        return f"entry {expected} was deleted"
    if link_hash(link, previous) != link["hash"]:
        return f"entry {expected} was changed, or is not where it was written"
    if link["salt"] is None:
        told = link["erased"] or any(pruning.covers(link) for pruning in prunings)
        return None if told else f"the payload of entry {expected} was deleted without a record of it"
    if sha256(link["salt"] + link["body"].encode()).hexdigest() != link["payload_sha256"]:
        return f"the payload of entry {expected} was changed"
    return None


def link_hash(link: Mapping[str, Any], previous: str) -> str:
    """What the database's function `audit_hash` gives for an entry and the hash before it."""
    at = link["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    person = "-" if link["person_id"] is None else link["person_id"]
    about = (link["kind"], link["process"], person, link["subject"], link["payload_sha256"])
    return sha256("\n".join(str(part) for part in (previous, link["seq"], link["entry_id"], at, *about)).encode()).hexdigest()


def _pruning(seq: int, body: str) -> _Pruning | None:
    """None for what no pruning wrote: it covers nothing, and the walk tells whether it was changed."""
    try:
        told = json.loads(body)
        found = _Pruning(int(told["through"]), frozenset(told["kinds"]), int(told["payloads"]))
    except (ValueError, TypeError, KeyError):
        return None
    return found if found.through < seq and not found.kinds & set(KEPT_FOR_EVER) else None


def _beyond(pruned: int, prunings: Sequence[_Pruning]) -> str | None:
    told = sum(pruning.payloads for pruning in prunings)
    return f"{pruned} payloads are gone by prunings that tell of {told}" if pruned > told else None


def _contradiction(hash: str, here: Sequence[Checkpoint]) -> str | None:
    other = next((checkpoint for checkpoint in here if checkpoint.hash != hash), None)
    if other is None:
        return None
    return f"the checkpoint of {other.at:%Y-%m-%d %H:%M} saw another entry {other.entries} here"


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


def _cut(noted: Mapping[int, Sequence[Checkpoint]], entries: int) -> str | None:
    """What is left of the checkpoints lies past the end."""
    beyond = [checkpoint for here in noted.values() for checkpoint in here]
    if not beyond:
        return None
    last = max(beyond, key=lambda checkpoint: checkpoint.entries)
    return f"the chain was cut: the checkpoint of {last.at:%Y-%m-%d %H:%M} saw {last.entries} entries and {entries} are there"
