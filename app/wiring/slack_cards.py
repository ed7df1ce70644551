"""Cards, clicks and Home, plugged into what the wire brings."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

from agent.domain.decisions import Person, Proposal, ProposalGroup
from agent.guardrails.standing_in import ruling_now
from app.wiring.slack_card_deeds import SlackCardDeeds
from integrations.database.messenger_outbox import PostgresOutbox
from integrations.slack import clicks
from integrations.slack.interaction import Deeds, Interaction, Payload, Reaction
from integrations.slack.views.approval import approval_card
from integrations.slack.views.group import group_card
from integrations.slack.views.home import Pieces
from integrations.slack.views.home import home as home_view
from integrations.slack.views.scene import Scene

Row = TypeVar("Row", Proposal, ProposalGroup)
#: What changes more often while it is drawn is drawn by whoever changes it.
MOST_TIMES = 3


def handling(deeds: SlackCardDeeds) -> Callable[[Interaction, Person, Deeds], Reaction]:
    """What a click leads to; one in Home, or in a modal, makes Home untrue."""

    def handle(interaction: Interaction, person: Person, _deeds: Deeds) -> Reaction:
        reaction = clicks.handle(interaction, person, deeds)
        if interaction.place.channel is None and reaction.open_view is None and not reaction.errors:
            return replace(reaction, redraw_home=person)
        return reaction

    return handle


def home(person: Person, deeds: SlackCardDeeds) -> Payload:
    scene, found = scene_of(deeds), deeds.findings(person)
    requirements = ((one, scene.requirement(one)) for one in deeds.waiting())
    mine = [one for one, rule in requirements if rule and ruling_now(rule, one, person, scene.now, scene.standing)]
    pieces = Pieces(
        waiting=mine,
        asked=deeds.asked_by(person),
        findings=found.findings,
        findings_total=found.total,
        mails=deeds.mails.mails_of(person),
        brief=deeds.brief(person),
        absence=deeds.absence(person),
        authenticator=deeds.authenticator(person),
        quiet=deeds.quiet(person),
        erp_user=deeds.erp_user(person),
    )
    return home_view(person, pieces, scene)


def redraw(deeds: SlackCardDeeds, outbox: PostgresOutbox, reaction: Reaction) -> None:
    """Cards that a click made untrue are drawn anew, wherever they are, and Home, from the database."""
    for proposal_id in reaction.redraw:
        _drawn(f"proposal:{proposal_id}", partial(deeds.proposal, proposal_id), partial(_proposal, deeds), outbox)
    for group_id in reaction.redraw_groups:
        _drawn(f"group:{group_id}", partial(deeds.group, group_id), partial(_group, deeds), outbox)
    if (person := reaction.redraw_home) and (account := deeds.slack_user(person.id)):
        outbox.publish_home(account, home(person, deeds))


def scene_of(deeds: SlackCardDeeds) -> Scene:
    return Scene(deeds.policy(), deeds.people(), deeds.standing(), deeds.now(), deeds.link)


def _proposal(deeds: SlackCardDeeds, proposal: Proposal) -> Payload:
    return approval_card(proposal, scene_of(deeds))


def _group(deeds: SlackCardDeeds, group: ProposalGroup) -> Payload:
    return group_card(group, scene_of(deeds))


def _drawn(key: str, read: Callable[[], Row], draw: Callable[[Row], Payload], outbox: PostgresOutbox) -> None:
    """Once more when it changed meanwhile: of two who draw at once, the later one may have read the earlier state."""
    channels = outbox.channels_of(key)
    if not channels:
        return
    row = read()
    for _ in range(MOST_TIMES):
        payload = draw(row)
        for channel in channels:
            outbox.show(key, channel, payload)
        if (now := read()) == row:
            return
        row = now
