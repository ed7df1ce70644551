"""Helpful or not, and why not: what stands below an answer."""

from agent.domain.decisions import Person
from agent.ports.messenger import Ratings
from integrations.slack.interaction import Interaction, Kind, Payload, Reaction
from integrations.slack.plain_views import id_in, rev_in, value_of

BUTTONS, WHY, REASON = "feedback_answer", "feedback_why", "feedback_reason"
GOOD, BAD = "good", "bad"
THANKS = "Thank you; it is noted beside the answer."
GONE = "This answer is not known any more."
LONGEST = 2_000


def buttons(inbound_id: int) -> Payload:
    """Below an answer."""

    def button(words: str, rev: str) -> Payload:
        return {"text": {"type": "plain_text", "text": words}, "value": value_of(inbound_id, rev)}

    shown = {
        "type": "feedback_buttons",
        "action_id": BUTTONS,
        "positive_button": button("Helpful", GOOD),
        "negative_button": button("Not helpful", BAD),
    }
    return {"type": "context_actions", "block_id": f"feedback-{inbound_id}", "elements": [shown]}


def rated(interaction: Interaction, person: Person, ratings: Ratings) -> Reaction:
    """A good word is noted at once; for a bad one they are asked why."""
    if interaction.kind is Kind.VIEW_SUBMISSION:
        reason = (interaction.values.get(REASON) or "")[:LONGEST]
        found = ratings.rate(id_in(interaction.private_metadata), person.id, False, reason)
        return Reaction(private=THANKS if found else GONE)
    inbound_id = id_in(interaction.value)
    if rev_in(interaction.value) == BAD:
        return Reaction(open_view=why_modal(inbound_id))
    return Reaction(private=THANKS if ratings.rate(inbound_id, person.id, True) else GONE)


def why_modal(inbound_id: int) -> Payload:
    asked = {"type": "plain_text_input", "action_id": REASON, "multiline": True, "max_length": LONGEST}
    return {
        "type": "modal",
        "callback_id": WHY,
        "private_metadata": value_of(inbound_id, BAD),
        "title": {"type": "plain_text", "text": "Not helpful"},
        "submit": {"type": "plain_text", "text": "Send"},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": [
            {
                "type": "input",
                "block_id": "why",
                "label": {"type": "plain_text", "text": "What was wrong or missing?"},
                "element": asked,
            }
        ],
    }
