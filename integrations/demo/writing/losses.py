"""Counts and what is written off."""

from decimal import Decimal

from agent.domain.records import Record
from agent.errors import ErpRefused
from integrations.demo.writing.base import Change, Writing

LEVEL = "SELECT on_hand FROM demo.stock_level WHERE product_id = %(id)s AND location_id = %(location)s FOR UPDATE"
SET_LEVEL = """
INSERT INTO demo.stock_level (product_id, location_id, on_hand, reserved) VALUES (%(id)s, %(location)s, %(on_hand)s, 0)
ON CONFLICT (product_id, location_id) DO UPDATE SET on_hand = excluded.on_hand
"""
LOST = """
INSERT INTO demo.move (id, product_id, state, demand, reserved, expected_at, from_location_id, to_location_id)
SELECT (SELECT max(id) + 1 FROM demo.move), %(id)s, 'done', %(quantity)s, 0, now(),
    CASE WHEN %(up)s THEN l.id ELSE %(location)s END, CASE WHEN %(up)s THEN %(location)s ELSE l.id END
FROM demo.location l WHERE l.usage = 'loss' RETURNING id
"""
COUNTED = "INSERT INTO demo.adjustment (move_id, reference, counted_by) VALUES (%(move)s, %(marker)s, NULL)"
SCRAPPED = """
INSERT INTO demo.scrap (id, name, move_id, origin)
SELECT n.id, 'SP/' || lpad(n.id::text, 5, '0'), %(move)s, %(marker)s
FROM (SELECT coalesce(max(id), 0) + 1 AS id FROM demo.scrap) n
"""


class LossWriting(Writing):
    def set_counted(self, product: Record, location_id: int, counted: Decimal, marker: str) -> None:
        with self._in_one(product) as change:
            on_hand = _on_hand(change, location_id)
            if counted != on_hand:
                change(SET_LEVEL, location=location_id, on_hand=counted)
                move = _lost(change, location_id, abs(counted - on_hand), up=counted > on_hand)
                change(COUNTED, move=move, marker=marker)

    def write_off(self, product: Record, location_id: int, quantity: Decimal, marker: str) -> None:
        with self._in_one(product) as change:
            on_hand = _on_hand(change, location_id)
            if quantity > on_hand:
                raise ErpRefused(f"{product.name} was not scrapped: only {on_hand.normalize():f} of it lie there.")
            change(SET_LEVEL, location=location_id, on_hand=on_hand - quantity)
            change(SCRAPPED, move=_lost(change, location_id, quantity, up=False), marker=marker)


def _on_hand(change: Change, location: int) -> Decimal:
    rows = change.rows(LEVEL, location=location)
    return rows[0].on_hand if rows else Decimal(0)


def _lost(change: Change, location: int, quantity: Decimal, *, up: bool) -> int:
    [move] = change.rows(LOST, location=location, quantity=quantity, up=up)
    return int(move.id)
