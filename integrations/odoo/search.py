"""Finding records by what people and mails call them."""

import re
from collections.abc import Callable, Sequence
from html import escape, unescape
from typing import Any

from agent.domain.company_names import telling
from agent.domain.erp_users import ErpUser
from agent.domain.records import Record
from agent.domain.stock import Product
from agent.errors import ErpIncomplete
from integrations.odoo.noun import Noun

#: How many candidates are ranked before the best are returned.
CANDIDATES = 200

#: What a number may be looked up as → the fields it may stand in.
_NUMBERS = {
    "sale.order": ("name",),
    "sale.order:client_order_ref": ("client_order_ref",),
    "purchase.order": ("name",),
    "purchase.order:partner_ref": ("partner_ref",),
    "stock.picking": ("name", "carrier_tracking_ref"),
    "account.move": ("name",),
}

_PARTNER_OF = {
    "sale.order": "partner_id",
    "sale.order.line": "order_partner_id",
    "purchase.order": "partner_id",
    "purchase.order.line": "partner_id",
    "stock.picking": "partner_id",
    "account.move": "partner_id",
    "res.partner": "id",
}


class Search(Noun):
    def search_products(self, text: str, limit: int = 10) -> list[Product]:
        pattern = literal(text)
        fields = ["name", "default_code"]
        # the exact code is asked for apart: many names may hold a short code
        rows = self.pages.best("product.product", [("default_code", "=ilike", pattern)], fields, CANDIDATES)
        rows += self.pages.best(
            "product.product", ["|", ("default_code", "ilike", pattern), ("name", "ilike", pattern)], fields, CANDIDATES
        )
        order = closeness(text)
        ranked = sorted(rows, key=lambda row: (order(row["default_code"] or "", row["name"]), row["name"], row["id"]))
        ids = list(dict.fromkeys(row["id"] for row in ranked))[:limit]
        known, _ = self.lookups.products.visible(ids)
        return [known[key].product for key in ids if key in known]

    def search_vendors(self, text: str, limit: int = 10) -> list[Record]:
        sells = ["|", ("supplier_rank", ">", 0), ("purchase_line_ids", "!=", False)]
        rows = self.pages.best("res.partner", [("name", "ilike", literal(text)), *sells], ["name"], CANDIDATES)
        vendors = self.lookups.companies.by_id(row["id"] for row in rows)
        found = {vendors[row["id"]] for row in rows}
        order = closeness(text)
        return sorted(found, key=lambda vendor: (order(vendor.name), vendor.name, vendor.id))[:limit]

    def find_by_number(self, model: str, numbers: Sequence[str]) -> dict[str, list[Record]]:
        if model not in _NUMBERS:
            raise ErpIncomplete(f"Numbers of {model} cannot be looked up; use one of {', '.join(_NUMBERS)}.")
        real_model = model.split(":")[0]
        found: dict[str, list[Record]] = {}
        for field in _NUMBERS[model]:
            if field != "carrier_tracking_ref" or self.pages.has_field(real_model, field):
                for row in self.pages.search_where(real_model, field, numbers, [], ["name", field]):
                    records = found.setdefault(row[field], [])
                    record = Record(real_model, row["id"], row["name"])
                    if record not in records:
                        records.append(record)
        return found

    def partner_of_record(self, record: Record) -> Record | None:
        field = _PARTNER_OF.get(record.model)
        if field is None:
            return None
        row = self.pages.read(record.model, [record.id], [field]).get(record.id)
        if row is None or not row[field]:
            return None
        partners, _ = self.lookups.companies.visible([row[field]])
        return partners.get(row[field])

    def partners_by_email(self, addresses: Sequence[str]) -> dict[str, Record]:
        wanted = {address: address.strip().casefold() for address in addresses}
        exact = [text for text in wanted.values() if "@" in text]
        rows = self.pages.search_where("res.partner", "email_normalized", exact, [("active", "=", True)], ["email_normalized"])
        domains = [text for text in wanted.values() if text and "@" not in text]
        for domain in dict.fromkeys(domains):
            rows += self.pages.best(
                "res.partner", [("email_normalized", "=ilike", "%@" + literal(domain))], ["email_normalized"], CANDIDATES
            )
        owners = self.lookups.companies.by_id(row["id"] for row in rows)
        by_text: dict[str, set[Record]] = {}
        for row in rows:
            email = row["email_normalized"]
            for key in (email, email.rpartition("@")[2]):
                by_text.setdefault(key, set()).add(owners[row["id"]])
        return {address: next(iter(by_text[text])) for address, text in wanted.items() if len(by_text.get(text, ())) == 1}

    def partners_like(self, patterns: Sequence[str]) -> list[Record]:
        if not patterns:
            return []
        found = self._partners_like(patterns)
        if len(found) == CANDIDATES and len(patterns) > 1:
            found = list(dict.fromkeys(self._partners_like([max(patterns, key=telling)]) + found))
        return found[:CANDIDATES]

    def _partners_like(self, patterns: Sequence[str]) -> list[Record]:
        """Whatever their number, at most so many as fit; ours and colleagues are left out."""
        wanted: list[Any] = ["|"] * (len(patterns) - 1) + [("name", "ilike", pattern) for pattern in patterns]
        others = [("parent_id", "=", False), ("partner_share", "=", True), ("ref_company_ids", "=", False)]
        rows = self.pages.best("res.partner", [*others, *wanted], ["name"], CANDIDATES)
        return [Record("res.partner", row["id"], row["name"]) for row in rows if row["name"]]

    def users_by_email(self, addresses: Sequence[str]) -> dict[str, list[ErpUser]]:
        """As agent.ports.erp_users. A portal user is no colleague."""
        spellings = sorted({text for address in addresses for text in (address, address.casefold())})
        wanted: list[Any] = [("share", "=", False), ("active", "=", True)]
        by_text: dict[str, dict[int, ErpUser]] = {}
        for field in ("email_normalized", "login"):
            for row in self.pages.search_where("res.users", field, spellings, wanted, ["login", "name", field]):
                user = ErpUser(row["id"], row["login"], row["name"])
                by_text.setdefault(row[field].casefold(), {})[user.id] = user
        return {each: list(by_text[each.casefold()].values()) for each in addresses if each.casefold() in by_text}

    def note_exists(self, record: Record, marker: str) -> bool:
        return bool(self.connection.ask("mail.message", "search", domain=marked(record, marker), limit=1))

    def note_text(self, record: Record, marker: str) -> str | None:
        notes = self.connection.ask("mail.message", "search_read", domain=marked(record, marker), fields=["body"])
        said = [text.removesuffix(marker).rstrip() for note in notes if (text := _words(note["body"])).endswith(marker)]
        return said[0] if len(notes) == len(said) == 1 else None


def _words(body: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def marked(record: Record, marker: str) -> list[Any]:
    """The domain of the notes on this record that carry this marker."""
    return [("model", "=", record.model), ("res_id", "=", record.id), ("body", "like", literal(escape(marker)))]


def literal(text: str) -> str:
    """Text whose `%`, `_` and `\\` a pattern search takes as they stand."""
    return text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def closeness(text: str) -> Callable[..., int]:
    """0 for the same, 1 for a beginning, 2 for a word's beginning, 3 for the rest: of the closest of the names."""
    wanted = text.strip().casefold()

    def of_one(name: str) -> int:
        folded = name.casefold()
        if folded == wanted:
            return 0
        if folded.startswith(wanted):
            return 1
        return 2 if any(word.startswith(wanted) for word in folded.split()) else 3

    return lambda *names: min(map(of_one, names))
