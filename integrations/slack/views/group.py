"""The card of a group: proposals with one cause, decided on together or line by line."""

from collections import Counter
from collections.abc import Iterator

from agent.domain.decisions import Change, Proposal, ProposalGroup, ProposalState
from integrations.slack.interaction import Payload
from integrations.slack.views import blocks as b
from integrations.slack.views import inputs
from integrations.slack.views.approval import needs_modal
from integrations.slack.views.modals import code_input, reason_inputs
from integrations.slack.views.revision import carried_group
from integrations.slack.views.scene import Scene
from integrations.slack.views.telling import STATES, count, listed, role, when

#: Rows that fit one message with room to spare; the others are in `proposals show`, and are decided on all the same.
MOST_LINES = 25
#: Characters of a cell. A line that says more is read whole in the modal before it is approved.
CELL = 60
#: Characters that the modal shows of one change, and of all lines.
READ, READ_IN_ALL = 2_900, 60_000
MOST_NAMED = 5


def group_card(group: ProposalGroup, scene: Scene) -> Payload:
    lines = group.lines
    waiting = waiting_lines(group)
    sign, said = _state(lines)
    blocks = [
        b.header(f"{sign} {said} · {group.title}"),
        b.fields(_fields(group, waiting, scene)),
        _table(lines),
        *_rest(lines),
        *([b.actions(*_buttons(group, waiting, scene))] if waiting else []),
        b.context(f"*{group.label}* · lines {_range(lines)} · each line is checked and carried out on its own"),
    ]
    return b.message(f"{sign} {group.label} {said}: {b.mrkdwn(group.title, 300)}", blocks)


def waiting_lines(group: ProposalGroup) -> list[Proposal]:
    return [line for line in group.lines if line.state is ProposalState.PENDING]


def group_modal(group: ProposalGroup, scene: Scene, *, approve: bool) -> Payload:
    """Which of the lines that wait; all are chosen at first."""
    waiting = waiting_lines(group)
    offered = _readable(waiting) if approve else waiting[: inputs.MOST_OPTIONS]
    options = [(line.label, f"{line.label} {line.content.subject.name}: {_change(line)}") for line in offered]
    blocks = [inputs.asked("lines", "Which lines", inputs.several(options, "Lines"))] if options else []
    blocks += _left_out(waiting, offered, [line for line in waiting if approve and _too_long(line)])
    blocks += [_whole(line) for line in offered if approve and not _fits(line)]
    if not approve:
        blocks += reason_inputs()
    elif any((rule := scene.requirement(line)) and rule.second_factor for line in waiting):
        blocks.append(code_input())
    verb = "Approve" if approve else "Reject"
    return inputs.modal(f"{verb} lines of {group.label}", blocks, f"group_{verb.lower()}_submit", carried_group(group), verb)


def _state(lines: tuple[Proposal, ...]) -> tuple[str, str]:
    states = Counter(line.state for line in lines)
    if states[ProposalState.PENDING]:
        return "🟡", f"{states[ProposalState.PENDING]} of {len(lines)} wait for approval"
    underway = states[ProposalState.GRANTED] + states[ProposalState.EXECUTING]
    if underway:
        return "🔵", f"{underway} of {len(lines)} are being carried out"
    if states[ProposalState.DONE] == len(lines):
        return "✅", f"All {len(lines)} done, read back from Odoo"
    bad = sum(states[one] for one in (ProposalState.FAILED, ProposalState.REFUSED_STALE, ProposalState.UNCERTAIN))
    return ("⚠️" if bad else "☑️"), f"{states[ProposalState.DONE]} of {len(lines)} done"


def _fields(group: ProposalGroup, waiting: list[Proposal], scene: Scene) -> Iterator[tuple[str, str]]:
    first = group.lines[0] if group.lines else None
    yield "Asked for by", b.mrkdwn(group.asker.handle, 100)
    if first is not None:
        yield "Why", b.mrkdwn(first.rationale, 800)
    needed = sorted({role(rule.words()) for line in waiting if (rule := scene.requirement(line))})
    able = sorted({who for line in waiting for who in scene.able(line)})
    if waiting:
        yield "Who can decide", b.mrkdwn(f"{'; '.join(needed[:3])}: {listed(able) or 'nobody now'}", 600)
        dues = [deadlines.due for line in waiting if (deadlines := scene.deadlines(line))]
        if dues:
            yield "Due", when(min(dues))


def _table(lines: tuple[Proposal, ...]) -> Payload:
    rows = [[b.cell(name) for name in ("Line", "Record", "Customer", "Now", "Then", "State")]]
    for line in lines[:MOST_LINES]:
        sign, said = STATES[line.state]
        changes = line.content.preview.changes
        rows.append(
            [
                b.cell(line.label),
                b.cell(line.content.subject.name, 40),
                b.cell(str(line.content.facts.get("customer", "")), 40),
                b.cell("; ".join(dict.fromkeys(one.before or b.NOTHING for one in changes)), CELL),
                b.cell("; ".join(one.after or b.NOTHING for one in changes) if _fits(line) else line.content.preview.title, CELL),
                b.cell(f"{sign} {said}", 45),
            ]
        )
    return b.table(rows, "llllll")


def _rest(lines: tuple[Proposal, ...]) -> Iterator[Payload]:
    if len(lines) > MOST_LINES:
        every = f"`expediter proposals show G{lines[0].group_id}`"
        yield b.context(f"… and {count(len(lines) - MOST_LINES, 'more line')}; {every} shows all.")


def _buttons(group: ProposalGroup, waiting: list[Proposal], scene: Scene) -> Iterator[Payload]:
    value, number = carried_group(group), len(waiting)
    whole = number <= MOST_LINES and all(_fits(line) and not needs_modal(line, scene.requirement(line)) for line in waiting)
    if whole:
        confirm = b.confirmation(
            f"Approve {count(number, 'line')}?", f"{group.title}: {', '.join(_short(line) for line in waiting)}", "Approve all"
        )
        yield b.button(f"Approve all {number}", "group_approve", value, "primary", confirm)
    yield b.button(
        "Line by line…" if all(map(_fits, waiting)) else "Read and approve…", "group_lines", value, None if whole else "primary"
    )
    yield b.button("Reject…", "group_reject", value, "danger")


def _fits(line: Proposal) -> bool:
    """The table shows all that would change."""
    changes = line.content.preview.changes
    return all(len("; ".join(said)) <= CELL for said in ([one.before for one in changes], [one.after for one in changes]))


def _left_out(waiting: list[Proposal], offered: list[Proposal], unreadable: list[Proposal]) -> Iterator[Payload]:
    """What becomes of the lines that wait and cannot be chosen here."""
    if later := len(waiting) - len(offered) - len(unreadable):
        these = "this line" if len(offered) == 1 else f"these {len(offered)} lines"
        yield inputs.alert(
            f"{count(len(waiting), 'line')} wait. Once you have decided on {these}, open this again from the card "
            f"for the other {later}.",
            "info",
        )
    for line in unreadable[:MOST_NAMED]:
        yield inputs.alert(
            f"{line.label} is too long to be read here: read it with `expediter proposals show {line.label}`, "
            f"then `expediter approve {line.label}`."
        )
    if len(unreadable) > MOST_NAMED:
        yield inputs.alert(f"So are {count(len(unreadable) - MOST_NAMED, 'more line')}.")


def _readable(waiting: list[Proposal]) -> list[Proposal]:
    """The first lines that the modal can show whole."""
    shown, length = list[Proposal](), 0
    for line in [one for one in waiting if not _too_long(one)][: b.MOST_IN_VIEW - MOST_NAMED - 5]:
        length += 0 if _fits(line) else sum(map(len, _texts(line)))
        if length > READ_IN_ALL:
            break
        shown.append(line)
    return shown


def _too_long(line: Proposal) -> bool:
    lengths = [len(text) for text in _texts(line)]
    return not _fits(line) and (max(lengths) > READ or sum(lengths) > READ_IN_ALL)


def _texts(line: Proposal) -> list[str]:
    return [text for one in line.content.preview.changes for text in (one.before, one.after)]


def _whole(line: Proposal) -> Payload:
    said = [part for one in line.content.preview.changes for part in (_changed(one), b.quote(one.after, READ))]
    return b.rich(b.paragraph(b.bold(f"{line.label} {line.content.preview.title}", 300)), *said)


def _changed(change: Change) -> Payload:
    was = "" if change.before in ("", b.NOTHING) else f", until now “{change.before}”"
    return b.paragraph(b.run(f"{change.label}{was}:", READ))


def _short(line: Proposal) -> str:
    return f"{line.content.subject.name} → {'; '.join(b.words(one.after, 20) for one in line.content.preview.changes[:1])}"


def _change(line: Proposal) -> str:
    if not _fits(line):
        return line.content.preview.title
    return "; ".join(f"→ {one.after or b.NOTHING}" for one in line.content.preview.changes[:2])


def _range(lines: tuple[Proposal, ...]) -> str:
    return listed([line.label for line in lines], 6)
