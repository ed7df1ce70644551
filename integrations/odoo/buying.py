"""Purchases as a whole, and who sells to us."""

from collections.abc import Sequence

from agent.domain.purchasing import PurchaseOrder, Vendor
from integrations.odoo.lookups import received_in
from integrations.odoo.noun import Noun
from integrations.odoo.values import moment, money


class Buying(Noun):
    def purchases(self, ids: Sequence[int]) -> list[PurchaseOrder]:
        acknowledged = self.dialect.acknowledged
        fields = [
            "name",
            "state",
            "partner_id",
            "date_order",
            "date_approve",
            "write_date",
            "amount_untaxed",
            "currency_id",
            "user_id",
        ]
        rows = self.pages.read("purchase.order", ids, [*fields, "picking_type_id", acknowledged]).values()
        vendors = self.lookups.companies.by_id(row["partner_id"] for row in rows)
        currencies = self.lookups.currencies.by_id(row["currency_id"] for row in rows)
        people, _ = self.lookups.users.visible(row["user_id"] for row in rows)
        types = self.lookups.picking_types.by_id(row["picking_type_id"] for row in rows)
        return [
            PurchaseOrder(
                row["id"],
                row["name"],
                row["state"],
                vendors[row["partner_id"]].id,
                vendors[row["partner_id"]].name,
                moment(row["date_approve"] or row["date_order"]),
                moment(row["write_date"]),
                money(row["amount_untaxed"], currencies[row["currency_id"]]),
                row[acknowledged],
                people.get(row["user_id"]),
                received_in(types[row["picking_type_id"]]),
            )
            for row in rows
        ]

    def vendors(self, ids: Sequence[int]) -> list[Vendor]:
        known, _ = self.lookups.partners.visible(ids)
        partners = {key: known[key] for key in dict.fromkeys(ids) if key in known}
        tags, _ = self.lookups.tags.visible(tag for partner in partners.values() for tag in partner.tag_ids)
        return [
            Vendor(key, partner.name, frozenset(tags[tag].casefold() for tag in partner.tag_ids if tag in tags))
            for key, partner in partners.items()
        ]
