"""Jobs that were given up."""

from integrations.slack.clicks.click import Click
from integrations.slack.interaction import Reaction


def replay(click: Click) -> Reaction:
    """The card follows what becomes of it."""
    shown = click.shown("J")
    click.deeds.replay_job(click.person, shown.number)
    return Reaction(private=f"{shown.label} runs again in a moment; the card says what becomes of it.")
