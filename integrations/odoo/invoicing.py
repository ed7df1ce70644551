"""What customers owe."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from agent.domain.sales import OverdueInvoice
from integrations.odoo.noun import Noun
from integrations.odoo.values import moment, money

_FIELDS = ["name", "commercial_partner_id", "invoice_date_due", "amount_residual", "currency_id"]


class Invoicing(Noun):
    def overdue_invoices(self, now: datetime, customer_ids: Sequence[int] | None = None) -> list[OverdueInvoice]:
        """`due` is the start of the due date in UTC; an invoice is overdue from the day after it."""
        overdue: list[Any] = [
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
            ("payment_state", "in", ["not_paid", "partial"]),
            ("amount_residual", ">", 0),
            ("invoice_date_due", "<", now.date().isoformat()),
        ]
        if customer_ids is None:
            rows = self.pages.search("account.move", overdue, _FIELDS)
        else:
            rows = self.pages.search_where("account.move", "commercial_partner_id", customer_ids, overdue, _FIELDS)
        currencies = self.lookups.currencies.by_id(row["currency_id"] for row in rows)
        return [
            OverdueInvoice(
                row["id"],
                row["name"],
                row["commercial_partner_id"],
                moment(row["invoice_date_due"]),
                money(row["amount_residual"], currencies[row["currency_id"]]),
            )
            for row in rows
        ]
