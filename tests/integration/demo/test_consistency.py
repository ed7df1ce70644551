"""The demo company's books agree with themselves. Each query finds rows that would contradict another table."""

import pytest

from tests.fixtures.demo import DemoDatabase

CONTRADICTIONS = {
    "a location reserves other than what open moves hold there": """
        SELECT s.product_id, s.location_id, s.reserved, m.reserved FROM demo.stock_level s
        FULL JOIN (
            SELECT m.product_id, m.from_location_id AS location_id, sum(m.reserved) AS reserved FROM demo.move m
            JOIN demo.location l ON l.id = m.from_location_id AND l.usage = 'internal'
            JOIN demo.product p ON p.id = m.product_id AND p.kind = 'storable'
            WHERE m.state NOT IN ('done', 'cancel') GROUP BY 1, 2) m USING (product_id, location_id)
        WHERE coalesce(s.reserved, 0) <> coalesce(m.reserved, 0)""",
    "an open order's line owes other than what its open moves will deliver": """
        SELECT l.id, l.ordered - l.delivered, m.demand FROM demo.sale_order_line l
        JOIN demo.sale_order o ON o.id = l.order_id AND o.state = 'sale'
        JOIN demo.product p ON p.id = l.product_id AND p.kind <> 'service'
        LEFT JOIN (SELECT sale_line_id, sum(demand) AS demand FROM demo.move WHERE state NOT IN ('done', 'cancel') GROUP BY 1) m
            ON m.sale_line_id = l.id
        WHERE l.ordered - l.delivered <> coalesce(m.demand, 0)""",
    "a line was delivered other than what its done moves delivered": """
        SELECT l.id FROM demo.sale_order_line l
        LEFT JOIN (SELECT sale_line_id, sum(demand) AS demand FROM demo.move WHERE state = 'done' GROUP BY 1) m
            ON m.sale_line_id = l.id WHERE l.delivered <> coalesce(m.demand, 0)""",
    "a confirmed purchase line lacks other than what its open receipts will bring or its closed ones left out": """
        SELECT l.id FROM demo.purchase_line l
        JOIN demo.purchase_order o ON o.id = l.order_id AND o.state IN ('purchase', 'done')
        LEFT JOIN (SELECT purchase_line_id, sum(demand) AS demand FROM demo.move
                   WHERE state <> 'done' GROUP BY 1) m ON m.purchase_line_id = l.id
        WHERE l.ordered - l.received <> coalesce(m.demand, 0)""",
    "a purchase that is not confirmed has a receipt": """
        SELECT k.id FROM demo.picking k JOIN demo.purchase_order o ON o.id = k.purchase_order_id
        WHERE o.state NOT IN ('purchase', 'done')""",
    "a quotation or cancelled order has a delivery": """
        SELECT k.id FROM demo.picking k JOIN demo.sale_order o ON o.id = k.sale_order_id WHERE o.state <> 'sale'""",
    "an order's amount is not the sum of its lines": """
        SELECT o.name FROM demo.sale_order o LEFT JOIN demo.sale_order_line l ON l.order_id = o.id
        GROUP BY o.id HAVING o.amount IS DISTINCT FROM sum(l.value)""",
    "a purchase made for a line is not what its delivery waits for": """
        SELECT b.id FROM demo.purchase_line b WHERE b.for_sale_line_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM demo.move d JOIN demo.move_origin c ON c.move_id = d.id JOIN demo.move r ON r.id = c.origin_id
            WHERE d.sale_line_id = b.for_sale_line_id AND r.purchase_line_id = b.id AND d.state = 'waiting')""",
    "a chain joins different products, amounts or places": """
        SELECT c.* FROM demo.move_origin c JOIN demo.move m ON m.id = c.move_id JOIN demo.move o ON o.id = c.origin_id
        WHERE (m.product_id, m.demand, m.from_location_id) <> (o.product_id, o.demand, o.to_location_id)""",
    "a move waits for nothing, or something waits without saying so": """
        SELECT m.id FROM demo.move m
        WHERE (m.state = 'waiting') <> EXISTS (SELECT 1 FROM demo.move_origin c WHERE c.move_id = m.id)""",
    "a delivery status contradicts the lines": """
        SELECT o.name, o.delivery_status FROM demo.sale_order o JOIN demo.sale_order_line l ON l.order_id = o.id
        JOIN demo.product p ON p.id = l.product_id AND p.kind <> 'service'
        WHERE o.delivery_status IS NOT NULL GROUP BY o.id HAVING o.delivery_status <> CASE
            WHEN bool_and(l.delivered = l.ordered) THEN 'full' WHEN bool_or(l.delivered > 0) THEN 'partial' ELSE 'pending' END""",
    "a transfer leaves a warehouse that is not its own": """
        SELECT m.id FROM demo.move m JOIN demo.picking k ON k.id = m.picking_id JOIN demo.location f ON f.id = m.from_location_id
        JOIN demo.location t ON t.id = m.to_location_id
        WHERE k.warehouse_id <> CASE WHEN k.kind = 'receipt' THEN t.warehouse_id ELSE f.warehouse_id END""",
    "something happened before it was ordered, or in the future": """
        SELECT name FROM demo.sale_order WHERE ordered_at > (SELECT at FROM demo.seeding) UNION
        SELECT name FROM demo.purchase_order WHERE ordered_at > (SELECT at FROM demo.seeding) UNION
        SELECT name FROM demo.picking WHERE done_at > (SELECT at FROM demo.seeding) OR done_at < created_at""",
    "an invoice's total is not the sum of its lines": """
        SELECT d.name, d.total FROM demo.invoice d LEFT JOIN demo.invoice_line x ON x.invoice_id = d.id
        GROUP BY d.id HAVING d.total IS DISTINCT FROM sum(round(x.quantity * x.unit_price, 2))""",
    "more is invoiced than was delivered or received": """
        SELECT l.id FROM demo.sale_order_line l JOIN demo.invoice_line x ON x.sale_line_id = l.id
        JOIN demo.product p ON p.id = l.product_id AND p.kind <> 'service' GROUP BY l.id HAVING sum(x.quantity) > l.delivered
        UNION ALL SELECT l.id FROM demo.purchase_line l JOIN demo.invoice_line x ON x.purchase_line_id = l.id
        GROUP BY l.id HAVING sum(x.quantity) > l.received""",
    "an invoice stands for another order or partner than its lines": """
        SELECT d.name FROM demo.invoice d JOIN demo.invoice_line x ON x.invoice_id = d.id
        LEFT JOIN demo.sale_order_line s ON s.id = x.sale_line_id LEFT JOIN demo.purchase_line b ON b.id = x.purchase_line_id
        LEFT JOIN demo.sale_order o ON o.id = s.order_id LEFT JOIN demo.purchase_order p ON p.id = b.order_id
        WHERE (d.sale_order_id, d.purchase_order_id) IS DISTINCT FROM (o.id, p.id)
        OR d.partner_id <> coalesce(o.customer_id, p.vendor_id)""",
    "something is invoiced before it left or came, or in the future": """
        SELECT d.name FROM demo.invoice d JOIN demo.picking k
            ON k.sale_order_id = d.sale_order_id OR k.purchase_order_id = d.purchase_order_id
        WHERE k.state = 'done' GROUP BY d.id HAVING d.issued < min(k.done_at)::date UNION
        SELECT name FROM demo.invoice WHERE issued > (SELECT at FROM demo.seeding)::date""",
    "a transfer waits in a zone of another kind or warehouse": """
        SELECT k.name FROM demo.picking k JOIN demo.zone z ON z.id = k.zone_id
        WHERE (k.kind, k.warehouse_id) <> (z.kind, z.warehouse_id)""",
    "a write-off or count did not go to or come from the losses": """
        SELECT m.id FROM demo.move m JOIN demo.location f ON f.id = m.from_location_id
        JOIN demo.location t ON t.id = m.to_location_id
        WHERE ('loss' IN (f.usage, t.usage)) <> (m.picking_id IS NULL) OR ('loss' IN (f.usage, t.usage)) <> (m.id IN (
            SELECT move_id FROM demo.adjustment UNION ALL SELECT move_id FROM demo.scrap))""",
    "a vendor's price list names somebody who is no vendor, or goods of which there is no stock": """
        SELECT s.id FROM demo.vendor_price s JOIN demo.partner v ON v.id = s.vendor_id JOIN demo.product p ON p.id = s.product_id
        WHERE NOT v.vendor OR p.kind <> 'storable'""",
    "something was bought from a vendor who does not sell it": """
        SELECT l.id FROM demo.purchase_line l JOIN demo.purchase_order o ON o.id = l.order_id
        WHERE NOT EXISTS (SELECT 1 FROM demo.vendor_price s WHERE s.vendor_id = o.vendor_id AND s.product_id = l.product_id)""",
    "a purchase is acknowledged that was never confirmed, or changed before it was made": """
        SELECT name FROM demo.purchase_order
        WHERE (acknowledged AND state NOT IN ('purchase', 'done')) OR changed_at < ordered_at
        OR changed_at > (SELECT at FROM demo.seeding)""",
    "a sale in dozens is not stored in pieces": """
        SELECT l.id FROM demo.sale_order_line l JOIN demo.product p ON p.id = l.product_id
        WHERE l.ordered <> l.sold_quantity * CASE l.sold_unit WHEN 'dozens' THEN 12 ELSE 1 END""",
}
COUNTS = {
    "warehouse": (3, 3),
    "product": (190, 210),
    "purchase_order": (550, 700),
    "sale_order": (600, 700),
    "invoice": (700, 900),
    "zone": (10, 10),
}


@pytest.mark.parametrize("contradiction", CONTRADICTIONS, ids=lambda name: name.replace(" ", "_"))
def test_no_row_contradicts_another(demo_database: DemoDatabase, contradiction: str) -> None:
    with demo_database.connect("admin") as connection:
        assert connection.execute(CONTRADICTIONS[contradiction]).fetchall() == []


def test_it_is_the_size_of_a_small_distributor(demo_database: DemoDatabase) -> None:
    with demo_database.connect("admin") as connection:
        for table, (least, most) in COUNTS.items():
            row = connection.execute(f"SELECT count(*) FROM demo.{table}").fetchone()
            assert row is not None
            assert least <= row[0] <= most, table
        rows = connection.execute("SELECT state, count(*) FROM demo.purchase_order GROUP BY 1").fetchall()
        assert {state for state, _ in rows} == {"draft", "sent", "to approve", "purchase", "done", "cancel"}
        rows = connection.execute("SELECT segment, count(*) FROM demo.partner WHERE customer GROUP BY 1").fetchall()
        assert {segment for segment, _ in rows} == {"strategic", "key", "standard"}
        rows = connection.execute("SELECT DISTINCT language FROM demo.partner WHERE customer").fetchall()
        assert {language for (language,) in rows} == {"en", "de", "fr", "nl", "es"}


def test_part_of_a_warehouse_lies_in_a_forward_location(demo_database: DemoDatabase) -> None:
    with demo_database.connect("admin") as connection:
        row = connection.execute("""
            SELECT count(*) FROM demo.stock_level s JOIN demo.location l ON l.id = s.location_id
            WHERE l.name = 'RTM/Stock/Forward' AND l.usage = 'internal' AND s.reserved > 0""").fetchone()
    assert row is not None
    assert row[0] > 10
