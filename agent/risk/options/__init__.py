"""What can be done about an order at risk: when it ships then, what that costs, whom it harms, and who has to approve."""

from dataclasses import replace
from datetime import tzinfo

from agent.domain.calendars import told_in
from agent.domain.findings import Option
from agent.guardrails.policy import Policy
from agent.risk.options.buy_elsewhere import buy_elsewhere
from agent.risk.options.expedite_purchase import expedite_purchase
from agent.risk.options.ground import NO_RULE, NOTHING_CLAIMED, Claimed, Ground
from agent.risk.options.move_promise_date import move_promise_date, promise_facts
from agent.risk.options.move_stock import move_stock
from agent.risk.options.ship_available import ship_available
from agent.risk.options.take_reservation import take_reservation
from agent.risk.outlooks import LineOutlook
from agent.risk.situation import Situation

__all__ = ["options_for", "promise_facts"]

#: In the order in which they help: what is in the house, what is ours elsewhere, what money buys, and a later promise at last.
OPTIONS = (ship_available, take_reservation, move_stock, expedite_purchase, buy_elsewhere, move_promise_date)


def options_for(situation: Situation, policy: Policy, held: bool, claimed: Claimed = NOTHING_CLAIMED) -> tuple[Option, ...]:
    """Each harmless one, and each harmful one with those it harms. `held`: by the customer's credit.

    What nobody may approve comes last, and says so in its `approval`.

    `claimed` is stock that other orders' options use already: it is not offered again.
    """
    if any(_parts_unknown(situation, line) for line in situation.lines):
        return ()
    ground = Ground(situation, policy, held, claimed)
    found = (option for options in OPTIONS for option in options(ground))
    told = (_told(option, situation.zone) for option in found)
    return tuple(sorted(told, key=lambda option: option.approval == NO_RULE))


def _told(option: Option, zone: tzinfo) -> Option:
    ready = told_in(option.ready_date, zone)
    return option if ready is option.ready_date else replace(option, ready_date=ready)


def _parts_unknown(situation: Situation, line: LineOutlook) -> bool:
    """A kit that no move stands for: whether its parts are there, or come, cannot be told."""
    product = situation.snapshot.products.get(line.line.product_id)
    return product is not None and product.kit and not line.parts
