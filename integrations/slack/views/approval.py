"""The card of one proposal: what exactly would change, why, who may decide, and how it stands in the database."""

from collections.abc import Iterator
from dataclasses import dataclass

from agent.actions import editable
from agent.domain.decisions import Proposal, ProposalState, Verdict
from agent.guardrails.requirement import Requirement
from integrations.slack.interaction import Payload
from integrations.slack.views import blocks as b
from integrations.slack.views.revision import carried, rev_of
from integrations.slack.views.scene import Scene
from integrations.slack.views.telling import STATES, in_utc, listed, record, role, when

IRREVERSIBLE = "irreversible"
#: Of all cells; Slack takes 10,000 in a table.
CELLS = 7_500
MOST_CHANGES = 40
MOST_FACTS = 8
LAST_COMMENTS = 3
OPEN = (ProposalState.PENDING,)


@dataclass(frozen=True, slots=True)
class Room:
    """How much of its usual length each part of a card has."""

    words: float = 1
    changes: float = 1

    def of(self, limit: int) -> int:
        return int(limit * self.words)

    @property
    def cells(self) -> int:
        return int(CELLS * self.changes)

    @property
    def most_changes(self) -> int:
        return int(MOST_CHANGES * self.changes)


WIDEST = Room()
#: What is written around the changes is shortened first, the changes themselves only where that is not enough.
NARROWER = (Room(0.5), Room(0.25), Room(0.25, 0.5), Room(0.1, 0.25), Room(0.1, 0.1))


def approval_card(proposal: Proposal, scene: Scene) -> Payload:
    """A message: without the place, as it stands now. Never longer than Slack takes; what is cut off the CLI shows."""
    card = _card(proposal, scene, WIDEST)
    for room in NARROWER:
        if b.characters(card["blocks"]) <= b.MOST_CHARACTERS:
            break
        card = _card(proposal, scene, room)
    return card


def _card(proposal: Proposal, scene: Scene, room: Room) -> Payload:
    shortened = room is not WIDEST or not shown_whole(proposal, room)
    blocks = [
        b.header(heading(proposal, scene)),
        _why(proposal, room),
        change_table(proposal, room),
        *(
            [b.context(f"_Shortened to fit into a message; `expediter proposals show {proposal.label}` shows all of it._")]
            if shortened
            else []
        ),
        _fields(proposal, scene, room),
        *_progress(proposal, scene, room),
        *_evidence(proposal, room),
        *_comments(proposal, room),
        _buttons_or_outcome(proposal, scene, room),
        b.context(_identity(proposal, scene)),
    ]
    return b.message(_notification(proposal, scene), blocks)


def heading(proposal: Proposal, scene: Scene) -> str:
    sign, said = STATES[proposal.state]
    if proposal.state is ProposalState.PENDING:
        deadlines, requirement = scene.deadlines(proposal), scene.requirement(proposal)
        if proposal.decisions and requirement:
            given = sum(taken.verdict is Verdict.APPROVE for taken in proposal.decisions)
            said = f"Approved {given} of {sum(step.count for step in requirement.steps)}"
        if deadlines and deadlines.overdue(scene.now):
            sign, said = "🟠", f"Overdue: {said[:1].lower()}{said[1:]}"
    return f"{sign} {said} · {proposal.content.preview.title}"


def change_table(proposal: Proposal, room: Room = WIDEST) -> Payload:
    """Before and after, as the hash covers them."""
    changes = proposal.content.preview.changes[: room.most_changes]
    each = room.cells // (2 * max(1, len(changes)))
    rows = [[b.cell("What"), b.cell("Now"), b.cell("Then")]]
    rows += [[b.cell(one.label, 120), b.cell(one.before, each), b.cell(one.after, each)] for one in changes]
    return b.table(rows, "lll")


def shown_whole(proposal: Proposal, room: Room = WIDEST) -> bool:
    """False: the table cannot hold all of it, so it is read in a modal before it can be approved."""
    changes = proposal.content.preview.changes
    each = room.cells // (2 * max(1, len(changes)))
    longest = max((max(len(one.before), len(one.after)) for one in changes), default=0)
    return len(changes) <= room.most_changes and longest <= each


def writes(proposal: Proposal) -> str:
    """The write in one line: what a confirmation repeats."""
    changes = "; ".join(
        f"{one.label}: {b.words(one.before, 60)} → {b.words(one.after, 60)}" for one in proposal.content.preview.changes[:3]
    )
    return f"{proposal.content.subject.name}: {changes}"


def _why(proposal: Proposal, room: Room) -> Payload:
    preview = proposal.content.preview
    by = "worked out by rules" if proposal.provenance.origin == "rules" else "suggested by the model, checked by rules"
    return b.rich(
        b.paragraph(b.bold("Why  "), b.run(proposal.rationale, room.of(1_200)), b.run(f"\n({by})", italic=True)),
        b.paragraph(b.bold("What it means  "), b.run(preview.consequence, room.of(1_200))),
    )


def _fields(proposal: Proposal, scene: Scene, room: Room) -> Payload:
    subject = proposal.content.subject
    pairs = [
        ("Record", record(subject.name, scene.link(subject.record))),
        ("Asked for by", b.mrkdwn(listed([proposal.asker.handle, *(one.handle for one in proposal.authors)]), 200)),
    ]
    if proposal.state is ProposalState.PENDING:
        pairs.append(("Who can decide", b.mrkdwn(_who(proposal, scene), room.of(400))))
        pairs.append(("Due", _due(proposal, scene)))
    undo = proposal.content.preview.undo
    pairs.append(("Undo", "*cannot be undone*" if undo == IRREVERSIBLE else b.mrkdwn(undo, room.of(300))))
    return b.fields(pairs)


def _who(proposal: Proposal, scene: Scene) -> str:
    requirement = scene.requirement(proposal)
    if requirement is None:
        return "nobody: no rule of the policy allows this any more"
    needed = role(requirement.words())
    able = scene.able(proposal)
    return f"{needed}: {listed(able)}" if able else f"{needed}; nobody can now, so it will lapse"


def _due(proposal: Proposal, scene: Scene) -> str:
    deadlines = scene.deadlines(proposal)
    if deadlines is None:
        return f"lapses {when(proposal.expires_at)}"
    said = f"{when(deadlines.due)}; lapses {when(deadlines.expires)}"
    if deadlines.escalates and deadlines.escalates_to:
        to = role(", ".join(deadlines.escalates_to))
        said += f"\n{'escalated' if deadlines.escalated(scene.now) else 'escalates'} to {to} {when(deadlines.escalates)}"
    return said


def _progress(proposal: Proposal, scene: Scene, room: Room) -> Iterator[Payload]:
    """Who decided, and whose turn comes next, of a proposal that takes several."""
    lines = []
    for taken in proposal.decisions:
        sign = "✅ approved" if taken.verdict is Verdict.APPROVE else "⛔ rejected"
        who = f"{taken.person.handle} for {taken.on_behalf_of.handle}" if taken.on_behalf_of else taken.person.handle
        code = ", with a code" if taken.second_factor else ""
        why = f": {b.mrkdwn(taken.reason, room.of(300))}" if taken.reason else ""
        lines.append(f"{sign} by *{b.mrkdwn(who, 120)}* {when(taken.decided_at)}{code}{why}")
    deadlines = scene.deadlines(proposal)
    if proposal.decisions and deadlines:
        lines.append(f"➡️ now waits for {role(deadlines.waits_for.words())}")
    if lines:
        yield b.section("\n".join(lines[-10:]))


def _evidence(proposal: Proposal, room: Room) -> Iterator[Payload]:
    """What the policy decided on, read from Odoo and covered by the hash."""
    facts = [(name, value) for name, value in proposal.content.facts.items() if value not in (None, "", [], {})]
    if facts:
        told = " · ".join(f"{name.replace('_', ' ')} {_fact(value)}" for name, value in facts[:MOST_FACTS])
        yield b.context(f"*Read from Odoo:* {b.mrkdwn(told, room.of(1_500))}")


def _fact(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _comments(proposal: Proposal, room: Room) -> Iterator[Payload]:
    said = proposal.comments[-LAST_COMMENTS:]
    if said:
        yield b.rich(*(b.paragraph(b.bold(f"💬 {one.person}  "), b.run(one.text, room.of(500))) for one in said))


def _buttons_or_outcome(proposal: Proposal, scene: Scene, room: Room) -> Payload:
    if proposal.state in OPEN and scene.requirement(proposal) is None:
        return b.section("⛔ *No rule of the policy in force allows this*, so nobody can decide on it; it lapses by itself.")
    if proposal.state in OPEN:
        return b.actions(*_buttons(proposal, scene.requirement(proposal), room))
    if proposal.state is ProposalState.DONE and proposal.content.preview.undo != IRREVERSIBLE:
        undo = b.button("Propose to undo", "undo", carried(proposal), confirm=_undo_confirm(proposal))
        return b.section(_outcome(proposal, room), undo)
    return b.section(_outcome(proposal, room))


def _buttons(proposal: Proposal, requirement: Requirement | None, room: Room) -> Iterator[Payload]:
    value = carried(proposal)
    if needs_modal(proposal, requirement, room):
        yield b.button(
            "Read and approve…" if not shown_whole(proposal, room) else "Approve with a code…", "approve_modal", value, "primary"
        )
    else:
        confirm = b.confirmation(f"Approve {proposal.label}?", writes(proposal), "Approve")
        yield b.button("Approve", "approve", value, "primary", confirm)
    yield b.button("Reject…", "reject", value, "danger")
    if editable(proposal):
        yield b.button("Edit…", "edit", value)
    yield b.button("Hand over…", "hand_over", value)
    yield b.button("Ask…", "ask", value)


def needs_modal(proposal: Proposal, requirement: Requirement | None, room: Room = WIDEST) -> bool:
    """Whether approving takes more than a click and a confirmation."""
    return bool(requirement and requirement.second_factor) or not shown_whole(proposal, room)


def _undo_confirm(proposal: Proposal) -> Payload:
    undo = proposal.content.preview.undo
    return b.confirmation(f"Propose to undo {proposal.label}?", f"{undo} Somebody else has to approve that.", "Propose it")


def _outcome(proposal: Proposal, room: Room) -> str:
    sign, said = STATES[proposal.state]
    detail = f"\n{b.mrkdwn(proposal.outcome_detail, room.of(1_000))}" if proposal.outcome_detail else ""
    return f"{sign} *{said}*{detail}"


def _identity(proposal: Proposal, scene: Scene) -> str:
    """By which it is found again in the audit log."""
    requirement = scene.requirement(proposal)
    rule = f" · rule {b.mrkdwn(requirement.rule, 80)}, policy {scene.policy.version}" if requirement else ""
    of = f" · line of G{proposal.group_id}" if proposal.group_id else ""
    new = f" · in place of P{proposal.supersedes}" if proposal.supersedes else ""
    back = f" · takes P{proposal.inverse_of} back" if proposal.inverse_of else ""
    return f"*{proposal.label}* · {rev_of(proposal)}{rule}{of}{new}{back} · story: `expediter audit explain {proposal.label}`"


def _notification(proposal: Proposal, scene: Scene) -> str:
    sign, said = STATES[proposal.state]
    until = ""
    if (deadlines := scene.deadlines(proposal)) is not None:
        until = f", due {in_utc(deadlines.due)}"
    return f"{sign} {proposal.label} {said[:1].lower()}{said[1:]}: {b.mrkdwn(proposal.content.preview.title, 300)}{until}"
