"""Forgetting: what is old, one entry, or a person. The chain still verifies, and says what was erased and why."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from agent.errors import PreconditionFailed
from agent.guardrails.audit import CONVERSATION, KEPT_FOR_EVER, AuditKind
from app.cli import output
from app.cli.options import Json

Reason = Annotated[str, typer.Option(help="Why; it stays in the audit log.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def prune(
    before: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="What is older than this day, in UTC.")],
    reason: Reason,
    kind: Annotated[
        list[str] | None,
        typer.Option(help=f"Kinds of entries; without it conversations: {', '.join(CONVERSATION)}. May be given several times."),
    ] = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Erase what old entries said. That they were written, when and about what stays. Needs the owner's address."""
    from app.wiring.office import retaining

    kinds = [_kind(name) for name in kind] if kind else list(CONVERSATION)
    _sure(yes, f"Erase what {', '.join(kinds)} said before {before:%Y-%m-%d}? It cannot be brought back.")
    with retaining() as shredder:
        gone = shredder.prune(before.replace(tzinfo=UTC), reason, kinds)
    output.shown(json, {"erased": gone}, lambda: output.say(f"What {gone} entries said is erased; the chain still verifies."))


def erase(
    entry: Annotated[int, typer.Argument(metavar="SEQ", min=1, help="The entry's number in `audit export`.")],
    reason: Reason,
    yes: Yes = False,
) -> None:
    """Erase what one entry of the log said; where else it was written it stays. Needs the owner's address."""
    from app.wiring.office import retaining

    _sure(yes, f"Erase what entry {entry} said? It cannot be brought back.")
    with retaining() as shredder:
        shredder.erase_entry(entry, reason)
    output.say(f"What entry {entry} of the log said is erased; the chain still verifies.")


def erase_person(
    handle: Annotated[str, typer.Argument(metavar="NAME", help="As in `person list`.")],
    reason: Reason,
    yes: Yes = False,
) -> None:
    """Erase a person's name, address, tokens, and what they asked; what they decided stays, under a number."""
    from app.wiring.office import retaining

    _sure(yes, f"Erase who {handle} is and what they asked? It cannot be brought back.")
    with retaining() as shredder:
        gone = shredder.erase_person(handle, reason)
    output.say(f"{handle} is erased, and what {gone} audit entries said of them; the chain still verifies.")


def _kind(name: str) -> AuditKind:
    if name not in set(AuditKind) - set(KEPT_FOR_EVER):
        raise PreconditionFailed(f"There is no kind {name} to erase; these exist: {', '.join(sorted(set(AuditKind)))}.")
    return AuditKind(name)


def _sure(yes: bool, question: str) -> None:
    if not yes and not typer.confirm(question):
        raise typer.Abort
