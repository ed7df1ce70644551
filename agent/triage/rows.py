"""Triage as the JSON contract of `mail triage`."""

from collections.abc import Sequence
from typing import Any

from agent.domain.mail import Link, Opinion, Reference, Triage


def triage_row(file: str, triage: Triage) -> dict[str, Any]:
    """One mail's row. A span is where `source` says: in the mail's text or subject, or in the text of the attachment `file`."""
    return {
        "file": file,
        "class": triage.mail_class.value,
        "intents": [intent.value for intent in triage.intents],
        "priority": triage.priority.value,
        "language": triage.language,
        "confidence": triage.confidence,
        "alternatives": [{"class": kind.value, "confidence": share} for kind, share in triage.alternatives],
        "needs_person": triage.needs_person,
        "reason": triage.reason,
        "automatic": triage.automatic,
        "trust": triage.trust.value,
        "flags": list(triage.flags),
        "references": [_reference(one) for one in triage.references],
        "links": _links(triage.links),
        "candidates": _links(triage.candidates),
        "fields": triage.fields,
        "draft": triage.draft,
        "attachments": [
            {"name": one.name, "kind": one.kind, "size": one.size, "trouble": one.trouble} for one in triage.attachments
        ],
        "opinion": triage.opinion and _opinion(triage.opinion),
    }


def _opinion(one: Opinion) -> dict[str, Any]:
    return {
        "model": one.model,
        "prompt_sha256": one.prompt_sha256,
        "class": one.mail_class and one.mail_class.value,
        "confidence": one.confidence,
        "also": one.also and one.also.value,
        "evidence": list(one.evidence),
        "tokens_read": one.tokens_read,
        "tokens_written": one.tokens_written,
        "discounted": one.discounted,
    }


def _reference(one: Reference) -> dict[str, Any]:
    told = {"kind": one.kind.value, "value": one.value, "span": list(one.span), "source": one.source}
    return told | {"file": one.file} if one.file else told


def _links(links: Sequence[Link]) -> list[dict[str, Any]]:
    return [
        {"model": link.record.model, "id": link.record.id, "name": link.record.name, "confidence": link.confidence}
        for link in links
    ]
