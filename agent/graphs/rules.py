"""A turn without a model: the planner chooses the tools, templates word their results."""

from collections.abc import Iterator
from typing import Any, Protocol

from agent.domain.outages import Reach
from agent.graphs.evidence import evidence_of
from agent.graphs.release import Part, Release
from agent.planner import plan, word
from agent.tools import BY_RULES, ToolContext, call

STATUS = {
    "orders_at_risk": "Looking at the open orders …",
    "why_order": "Looking at the order …",
    "impact_of": "Looking at who waits for it …",
    "what_changed": "Looking at what changed …",
    "late_from_vendor": "Looking at the open purchases …",
    "stock_of_product": "Looking at the stock …",
    "waiting_approvals": "Looking at the proposals …",
    "search_procedures": "Looking into the procedures …",
}
PROPOSING = "Preparing the proposal …"


class Chat(Protocol):
    """Whatever answers questions: the rules, or a model with the rules behind it."""

    @property
    def reach(self) -> Reach:
        """Of the model; it is away once it failed twice in a row."""

    def answer(self, question: str, conversation_id: str, context: ToolContext) -> Iterator[Part]:
        """Parts as they become known, ending with `final`. A model's failure is not an error here: rules take over.

        Raises what no rule can mend, such as DatabaseUnavailable when a proposal cannot be stored.
        """


NO_MODEL = "(Worded by rules: no language model is configured.)"


class RuleChat:
    """Answers by rules alone, where no model is configured."""

    reach = Reach()

    def answer(self, question: str, conversation_id: str, context: ToolContext) -> Iterator[Part]:
        release = Release(question, context, context.now())
        yield from answer_by_rules(release, last=NO_MODEL)


def answer_by_rules(release: Release, origin: dict[str, Any] | None = None, last: str = "") -> Iterator[Part]:
    """The whole turn, or the rest of one that a model could not finish; `origin` then tells why, for the audit log."""
    release.degraded = True
    context = release.context
    context.turn.provenance = BY_RULES
    planned = plan(release.question, context.now(), context.earlier)
    yield from release.rules_say(planned.reply)
    for wanted in planned.calls:
        yield release.status(STATUS.get(wanted.tool, PROPOSING))
        yield from release.rules_say(word(wanted.tool, call(wanted.tool, wanted.arguments, context)))
    yield from release.rules_say(last)
    yield from release.final({"origin": "rules"} | (origin or {}) | evidence_of(context))
