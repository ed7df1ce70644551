"""Who and what plays in each planted situation, for whoever tells or tests the story."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import args_row

from integrations.demo.situations import SITUATIONS

PLAYERS = """
SELECT DISTINCT ON (o.name) o.name AS order_name, c.name, c.email, p.name, p.code, b.name, v.name, v.email
FROM demo.sale_order o
JOIN demo.partner c ON c.id = o.customer_id
JOIN demo.sale_order_line l ON l.order_id = o.id
JOIN demo.product p ON p.id = l.product_id
LEFT JOIN demo.purchase_line s ON s.for_sale_line_id = l.id
LEFT JOIN demo.purchase_order b ON b.id = s.order_id
LEFT JOIN demo.partner v ON v.id = b.vendor_id
WHERE o.name = ANY (%s) ORDER BY o.name, l.id
"""


@dataclass(frozen=True, slots=True)
class Cast:
    """The first line of a situation's order is the one in trouble; purchase and vendor are None where none is involved."""

    order: str
    customer: str
    customer_email: str
    product: str
    code: str
    purchase: str | None
    vendor: str | None
    vendor_email: str | None


def cast(connection: psycopg.Connection[Any]) -> dict[str, Cast]:
    """Situation → who plays in it."""
    cursor = connection.cursor(row_factory=args_row(Cast)).execute(PLAYERS, [list(SITUATIONS.values())])
    players = {player.order: player for player in cursor}
    return {situation: players[order] for situation, order in SITUATIONS.items()}
