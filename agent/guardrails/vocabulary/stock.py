"""Facts of actions in the warehouse."""

from collections.abc import Mapping

from agent.guardrails.vocabulary.base import HARM, NUMBER, SEGMENT, SEGMENT_OR_NOBODY, TEXT, Fact

STOCK: Mapping[str, Mapping[str, Fact]] = {
    "create_transfer": {**HARM, "value": NUMBER, "from_warehouse": TEXT, "to_warehouse": TEXT},
    "cancel_transfer": {**HARM, "kind": Fact(values=frozenset({"internal", "return"})), "segment": SEGMENT_OR_NOBODY},
    "reassign_reservation": {**HARM, "segment": SEGMENT, "segment_giving": SEGMENT},
    "reserve_stock": {**HARM, "segment": SEGMENT_OR_NOBODY},
    "release_reservation": {"segment": SEGMENT_OR_NOBODY},
    "set_picking_priority": {
        **HARM,
        "priority": Fact(values=frozenset({"urgent", "normal"})),
        "segment": SEGMENT_OR_NOBODY,
    },
    "create_return": {
        "kind": Fact(values=frozenset({"delivery", "receipt"})),
        "value": NUMBER,
        "currency": TEXT,
        "segment": SEGMENT_OR_NOBODY,
    },
    "adjust_stock": {
        **HARM,
        "direction": Fact(values=frozenset({"up", "down"})),
        "value": NUMBER,
        "percent": NUMBER,
        "warehouse": TEXT,
    },
    "write_off": {**HARM, "value": NUMBER, "warehouse": TEXT},
}
