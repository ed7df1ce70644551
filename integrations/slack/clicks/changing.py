"""Everything else on a proposal's card: edit, hand over, ask, take back, undo, read."""

from agent.actions import BARE_OWN, checked, editable_action
from agent.domain.decisions import Person
from agent.errors import NotPermitted, PreconditionFailed
from integrations.slack.clicks.click import Click
from integrations.slack.clicks.deciding import beside
from integrations.slack.interaction import Place, Reaction
from integrations.slack.views.edit import PREFIX, changes_in, edit_modal
from integrations.slack.views.modals import ASSISTANT, ask_modal, hand_over_modal, withdraw_modal
from integrations.slack.views.notices import handed_over, question
from integrations.slack.views.review import review_modal


def review(click: Click) -> Reaction:
    """As it is now, whatever the button showed."""
    proposal = click.deeds.proposal(click.shown("P").number)
    click.deeds.seen(click.person, proposal.id)
    return Reaction(open_view=review_modal(proposal, click.scene()))


def edit(click: Click) -> Reaction:
    proposal = click.proposal()
    click.demand_turn(proposal)
    return Reaction(open_view=edit_modal(proposal))


def propose_edited(click: Click) -> Reaction:
    proposal = click.proposal()
    changes = changes_in(proposal, click.it.values)
    if not changes:
        first = next((name for name in click.it.values if name.startswith(PREFIX)), "reason")
        return beside(click, first, f"That is what {proposal.label} says already.")
    try:
        action = editable_action(proposal, changes)
        checked(action.name, proposal.content.arguments | changes, BARE_OWN)
    except PreconditionFailed as unfit:
        return beside(click, f"{PREFIX}{next(iter(changes))}", str(unfit))
    click.deeds.edit(click.person, proposal.id, proposal.sha256, changes, click.given("reason"))
    return click.after(proposal.id, f"{proposal.label} is being made anew as you want it; its new card takes this one's place.")


def hand_over(click: Click) -> Reaction:
    proposal = click.proposal()
    click.demand_turn(proposal)
    return Reaction(open_view=hand_over_modal(proposal, _able(click)))


def handed(click: Click) -> Reaction:
    """Said in the proposal's comments and to the colleague. It gives nobody a right."""
    proposal, wanted, note = click.proposal(), click.given("to"), click.given("note")
    click.demand_turn(proposal)
    colleague = next((one for one in _able(click) if one.handle == wanted), None)
    if colleague is None:
        raise NotPermitted(f"{wanted or 'Nobody'} cannot decide on {proposal.label} now; choose somebody who can.")
    click.deeds.comment(click.person, proposal.id, f"Handed over to {colleague.handle}{f': {note}' if note else '.'}")
    account = click.deeds.slack_user(colleague.id)
    if account is None:
        return click.after(proposal.id, f"It is noted, but {colleague.handle} has not linked Slack yet: tell them yourself.")
    click.deeds.tell(account, handed_over(proposal, click.person.name, note))
    return click.after(proposal.id, f"{colleague.handle} was told.")


def ask(click: Click) -> Reaction:
    proposal, place = click.deeds.proposal(click.shown("P").number), click.it.place
    where = f"{place.channel or ''}/{place.thread_ts or place.message_ts or ''}"
    return Reaction(open_view=ask_modal(proposal, where))


def asked(click: Click) -> Reaction:
    """Whoever asked for the change is asked under its card; Expediter answers there too."""
    shown = click.shown("P")
    proposal, text = click.deeds.proposal(shown.number), click.given("question")
    if not text:
        return beside(click, "question", "Say what you want to know.")
    channel, _, thread = shown.rev.partition("/")
    if click.given("whom") == ASSISTANT:
        about = f"{text}\n(About {proposal.label}: {proposal.content.preview.title})"
        click.deeds.ask(click.person, about, Place(channel or None, thread or None, thread or None))
        return Reaction(private=f"I answer under the card of {proposal.label}.")
    click.deeds.comment(click.person, proposal.id, text)
    account = click.deeds.slack_user(proposal.asker.id)
    said = question(proposal, click.person.name, text, account)
    if place := channel or account:
        click.deeds.tell(place, said, f"proposal:{proposal.id}" if channel else None)
    return click.after(proposal.id, f"{proposal.asker.handle} was asked.")


def withdraw(click: Click) -> Reaction:
    return Reaction(open_view=withdraw_modal(click.proposal()))


def withdrawn(click: Click) -> Reaction:
    proposal = click.proposal()
    click.deeds.withdraw(click.person, proposal.id, click.given("reason"))
    return click.after(proposal.id, f"You took {proposal.label} back.")


def undo(click: Click) -> Reaction:
    """A proposal like any other: somebody else approves it."""
    proposal = click.deeds.proposal(click.shown("P").number)
    click.deeds.undo(click.person, proposal.id)
    return Reaction(
        private=f"Taking {proposal.label} back is being proposed; its card comes in a moment, and somebody approves it."
    )


def _able(click: Click) -> list[Person]:
    proposal = click.deeds.proposal(click.shown("P").number)
    names = {who.split(" ", 1)[0] for who in click.scene().able(proposal)}
    return [one for one in click.deeds.people() if one.handle in names and one.id != click.person.id]
