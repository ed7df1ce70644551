"""A busy hour in the scaled Odoo: one record in a hundred of each kind changes."""

from evals.bench.scaled_odoo import sql

#: What a hundredth of the open records is told: a new date, a new quantity. Rows are stamped as Odoo stamps what it writes.
_STAMP = "write_date = now() AT TIME ZONE 'UTC'"
_HUNDREDTH = "id % 100 = {turn}"
_CHANGES = (
    # promises moved by three days
    f"UPDATE sale_order SET commitment_date = commitment_date + interval '3 days', {_STAMP} "
    f"WHERE state = 'sale' AND delivery_status IS DISTINCT FROM 'full' AND {_HUNDREDTH}",
    # lines of which one more was ordered
    f"UPDATE sale_order_line SET product_uom_qty = product_uom_qty + 1, {_STAMP} "
    f"WHERE state = 'sale' AND qty_delivered < product_uom_qty AND {_HUNDREDTH}",
    # deliveries and receipts put off by a day
    f"UPDATE stock_move SET date = date + interval '1 day', {_STAMP} "
    f"WHERE state NOT IN ('draft', 'done', 'cancel') AND {_HUNDREDTH}",
    f"UPDATE stock_picking SET scheduled_date = scheduled_date + interval '1 day', {_STAMP} "
    f"WHERE state NOT IN ('draft', 'done', 'cancel') AND {_HUNDREDTH}",
    # vendors that come two days later
    f"UPDATE purchase_order_line SET date_planned = date_planned + interval '2 days', {_STAMP} "
    f"WHERE qty_received < product_qty AND {_HUNDREDTH}",
    # counts that found three more
    f"UPDATE stock_quant SET quantity = quantity + 3, {_STAMP} WHERE {_HUNDREDTH} AND location_id IN "
    "(SELECT id FROM stock_location WHERE usage = 'internal')",
    # invoices paid by half
    f"UPDATE account_move SET amount_residual = amount_residual / 2, {_STAMP} "
    f"WHERE move_type = 'out_invoice' AND state = 'posted' AND amount_residual > 0 AND {_HUNDREDTH}",
)


def change_a_hundredth(turn: int) -> int:
    """Which hundredth is up to `turn` (0 to 99); returns how many records were changed."""
    text = ";\n".join(
        f"WITH done AS ({statement.format(turn=turn)} RETURNING 1) SELECT count(*) FROM done" for statement in _CHANGES
    )
    return sum(map(int, sql(text).split()))
