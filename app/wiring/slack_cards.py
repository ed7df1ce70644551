"""Where cards, clicks and the Home are plugged in."""

from agent.domain.decisions import Person
from integrations.database.messenger_outbox import PostgresOutbox
from integrations.slack import plain_views
from integrations.slack.interaction import Deeds, Interaction, Payload, Reaction


def handle(interaction: Interaction, person: Person, deeds: Deeds) -> Reaction:
    return Reaction(private="This button does nothing here yet; decide with `expediter approve` and `expediter reject`.")


def home(person: Person, deeds: Deeds) -> Payload:
    return {"type": "home", "blocks": plain_views.sentence("Nothing to show yet; try `/expediter help`.")["blocks"]}


def redraw(deeds: Deeds, outbox: PostgresOutbox, reaction: Reaction) -> None:
    """Cards that a click made untrue are drawn anew wherever they are."""
