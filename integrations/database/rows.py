"""Rows of the ledger as the domain's nouns."""

from datetime import datetime
from typing import Any

from agent.domain.decisions import (
    Comment,
    Decision,
    Grant,
    Person,
    Proposal,
    ProposalContent,
    ProposalState,
    Provenance,
    Role,
    Verdict,
)


def person(row: dict[str, Any]) -> Person:
    return Person(
        id=row["id"],
        handle=row["handle"],
        name=row["name"],
        email=row["email"],
        roles=frozenset(Role(role) for role in row["roles"]),
        demo=row["demo"],
    )


def grant(row: dict[str, Any]) -> Grant:
    return Grant(
        id=row["id"],
        proposal_id=row["proposal_id"],
        sha256=row["sha256"],
        policy_version=row["policy_version"],
        granted_at=row["granted_at"],
        expires_at=row["expires_at"],
    )


def decision(row: dict[str, Any]) -> Decision:
    """Of a row told in JSON."""
    return Decision(
        proposal_id=row["proposal_id"],
        step=row["step"],
        person=person(row["person"]),
        verdict=Verdict(row["verdict"]),
        reason=row["reason"],
        sha256=row["sha256"],
        policy_version=row["policy_version"],
        rule=row["rule"],
        decided_at=datetime.fromisoformat(row["decided_at"]),
        on_behalf_of=person(row["absent"]) if row["absent"] else None,
        second_factor=row["second_factor_id"] is not None,
    )


class NotAProposal(ValueError):
    """A row whose bytes are not what this program would store; the worker alone can write one, past its own code."""


def content(row: dict[str, Any]) -> ProposalContent:
    """What is shown and carried out: exactly what the hashed bytes say. Raises NotAProposal."""
    try:
        read = ProposalContent.model_validate_json(row["content"])
        if read.sha256() == row["sha256"]:
            return read
    except (ValueError, RecursionError) as unreadable:
        raise NotAProposal(f"P{row['id']} is no proposal: {unreadable}") from unreadable
    raise NotAProposal(f"P{row['id']} is not written the way proposals are.")


def proposal(row: dict[str, Any]) -> Proposal:
    return Proposal(
        id=row["id"],
        content=content(row),
        sha256=row["sha256"],
        asker=person(row["asker"]),
        rationale=row["rationale"],
        provenance=Provenance(row["origin"], row["model"], row["prompt_sha256"]),
        inverse_of=row["inverse_of"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        state=ProposalState(row["state"]),
        decisions=tuple(map(decision, row["decisions"] or ())),
        outcome_detail=row["outcome_detail"],
        authors=tuple(map(person, row["authors"] or ())),
        supersedes=row["supersedes"],
        group_id=row["group_id"],
        comments=tuple(
            Comment(said["person"], said["text"], datetime.fromisoformat(said["at"])) for said in row["comments"] or ()
        ),
    )
