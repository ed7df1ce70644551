"""Having an option proposed: said once more what it is, and why."""

from collections.abc import Mapping
from typing import Any

from integrations.slack.interaction import Payload
from integrations.slack.views import blocks as b
from integrations.slack.views import inputs
from integrations.slack.views.telling import role


def propose_modal(order: str, option: Mapping[str, Any], rev: str) -> Payload:
    """`rev`: which option of the order was shown."""
    approval = b.mrkdwn(role(option["approval"]), 200)
    return inputs.modal(
        "Propose it",
        [
            b.section(f"*{b.mrkdwn(order, 60)}*\n{b.mrkdwn(option['summary'], 1_000)}"),
            b.context(f"_Nothing is changed by this; it is carried out once this approval is given: {approval}_"),
            inputs.asked("reason", "Why", inputs.text(lines=True, most=480, least=1, placeholder="As the approver will read it")),
        ],
        "propose_submit",
        b.value(order[:120], rev),
        "Propose",
    )
