"""Deciding on a group: together, or on the lines that were chosen."""

from collections.abc import Iterable

from agent.domain.decisions import Proposal, ProposalGroup, Verdict
from agent.errors import SecondFactorLocked, SecondFactorMissing, SecondFactorNeeded, SecondFactorWrong, StaleShown
from integrations.slack.clicks.click import Click
from integrations.slack.clicks.deciding import CODE, REASON, beside, reason_of
from integrations.slack.interaction import Reaction
from integrations.slack.text import escaped
from integrations.slack.views.group import group_modal, waiting_lines
from integrations.slack.views.revision import rev_of_lines

MOST_SAID = 8


def approve_all(click: Click) -> Reaction:
    group = _group(click)
    return _decided(click, group, waiting_lines(group), Verdict.APPROVE)


def choose(click: Click) -> Reaction:
    return Reaction(open_view=group_modal(_group(click), click.scene(), approve=True))


def refuse(click: Click) -> Reaction:
    return Reaction(open_view=group_modal(_group(click), click.scene(), approve=False))


def approve_chosen(click: Click) -> Reaction:
    group = _group(click)
    return _decided(click, group, _chosen(click, group), Verdict.APPROVE)


def reject_chosen(click: Click) -> Reaction:
    group = _group(click)
    if not reason_of(click):
        return beside(click, REASON, "Say why; whoever asked learns from it.")
    return _decided(click, group, _chosen(click, group), Verdict.REJECT)


def _group(click: Click) -> ProposalGroup:
    """As it is now, when no line changed since it was shown. Raises StaleShown, RecordMissing."""
    shown = click.shown("G")
    group = click.deeds.group(shown.number)
    if shown.rev != rev_of_lines(group.lines):
        raise StaleShown(f"A line of {group.label} has changed since you saw it; look at the card again before you decide.")
    return group


def _chosen(click: Click, group: ProposalGroup) -> list[Proposal]:
    wanted = set(click.given("lines").splitlines())
    return [line for line in waiting_lines(group) if line.label in wanted]


def _decided(click: Click, group: ProposalGroup, lines: Iterable[Proposal], verdict: Verdict) -> Reaction:
    shown = {line.id: line.sha256 for line in lines}
    if not shown:
        return Reaction(private=f"No line of {group.label} was chosen.", redraw_groups=(group.id,))
    try:
        result = click.deeds.decide_group(click.person, group.id, shown, verdict, reason_of(click), click.given(CODE) or None)
    except SecondFactorNeeded:
        return Reaction(open_view=group_modal(group, click.scene(), approve=True))
    except (SecondFactorWrong, SecondFactorLocked, SecondFactorMissing) as wrong:
        return beside(click, CODE, str(wrong))
    done = "approved" if verdict is Verdict.APPROVE else "rejected"
    lines_said = [f"{len(result.decided)} of {len(shown)} lines of {group.label} {done}."]
    lines_said += [f"{label} not: {escaped(why)}" for label, why in result.not_decided[:MOST_SAID]]
    if len(result.not_decided) > MOST_SAID:
        lines_said.append(f"… and {len(result.not_decided) - MOST_SAID} more not.")
    return Reaction(private="\n".join(lines_said), redraw=tuple(shown), redraw_groups=(group.id,))
