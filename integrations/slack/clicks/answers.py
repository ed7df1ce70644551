"""What can be done with an answer: see how it was worked out, or have it worked out anew."""

from integrations.slack.clicks.click import Click
from integrations.slack.interaction import Reaction
from integrations.slack.views.answer import how_modal


def how(click: Click) -> Reaction:
    """For whoever asked, and whoever may see all that they may."""
    given = click.deeds.answer(click.person, click.shown("Q").number)
    return Reaction(open_view=how_modal(given.final or {}, given.question))


def again(click: Click) -> Reaction:
    """Asked once more in the same place, by whoever clicked and with their rights; for them alone if others there see less."""
    number, it = click.shown("Q").number, click.it
    if not click.deeds.ask_again(click.person, number, it.user, it.all_may_see):
        return Reaction(private="It is being looked up already; the answer comes here in a moment.")
    return Reaction(private="I read it anew in Odoo; the answer comes below in a moment.")
