"""Lines of the tables in attached files: what a column is, its heading says."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from agent.domain.mail import Attachment
from agent.guardrails.untrusted_text import fold
from agent.triage.counts import counts_in, lacking
from agent.triage.dates import days_in
from agent.triage.fields import decimal_of

SKU = "sku"
#: A heading's role is the first whose words it holds: a column of short pieces is no column of pieces.
_ROLES = (
    (
        "",
        r"\bbefore|\bavant|\balt\b|bisher|\bold\b|\boud|\bantes|anterior|descri|bezeichn|omschrijv|libelle|designation|\bname|\bnom\b"
        r"|nombre|total|amount|betrag|montant|bedrag|importe",
    ),
    (
        "short",
        r"\bshort|missing|fehl|manqu|ontbre|mankeer|\bfalta|\breste?\b|reliquat|solde|saldo|backorder|restant|pendiente|tekort",
    ),
    ("damaged", r"damag|broken|kapot|gescheurd|\bdefect|beschadig|defekt|abim|casse|danad|rot[oa]s"),
    (
        "shipped",
        r"counted|\breal\b|gezahlt|compte|geteld|contad|\bist\b|shipped|\bsent\b|delivered|received|geliefert|erhalten"
        r"|\blivree?s?\b|\brecue?s?\b|geleverd|ontvangen|entregad|recibid|enviad",
    ),
    ("dates", r"\bdate|\beta\b|datum|termin|fecha|livraison|levering|levertijd|entrega|\bdelivery|arrival"),
    ("price", r"price|preis|prix|prijs|precio|\bp\.?u\b|unit (eur|gbp|usd|€)|tarif|€"),
    (
        "quantity",
        r"\bqty|quantit|\bmenge|anzahl|\bqte\b|aantal|\baant\b|cantidad|\bcant\b|ordered|bestellt|besteld|\bcommandee?s?\b"
        r"|pedid[oa]s\b|\boffen\b|\bopen\b|pakbon|should be|\bsoll\b|expected|announced|annonc|erwartet|verwacht|\bnow\b|\bnew\b"
        r"|\bneu\b|maintenant|nouve|nieuw|ahora|nuev|\bpcs\b|\bpieces\b|\bunits\b|\buds?\b|\bst\b|\bstk\b|stuck",
    ),
    (
        SKU,
        r"\bsku\b|\bitem\b|\bart\b|artic|artik|\bproduct|produkt|produit|\bcode\b|codigo|\bpart\b|material|\bref(erence)?\b",
    ),
)  # fmt: skip
_ROLE = tuple((role, re.compile(words)) for role, words in _ROLES)
_CODE = re.compile(r"(?=\S*\d)[\w./+-]{2,40}")
_QUANTITY = re.compile(r"(\d{1,3}(?:[.,' ]\d{3}){1,3}|\d{1,7})(?:[.,]0+)?(?: ?[a-z]{1,10}\.?)?")


def table_lines(file: Attachment, today: date) -> Iterator[dict[str, Any]]:
    """For each row under a heading that names a column of product codes and one that says something of them: `sku`, `span` in the
    file's text, `source`, `file`, and of `quantity`, `shipped`, `short`, `damaged`, `price`, `dates` what it has."""
    columns: Mapping[int, str] = {}
    width = start = 0
    for row in file.text.split("\n"):
        cells = row.split("\t")
        if headed := columns_of(cells):
            columns, width = headed, len(cells)
        elif columns and len(cells) == width and (line := line_of(cells, columns, today)):
            yield line | {"span": [start, start + len(row)], "source": "attachment", "file": file.name}
        start += len(row) + 1


def columns_of(cells: Sequence[str]) -> dict[int, str]:
    """Place → role; empty for a row that is no heading. A role belongs to the first column that claims it."""
    found: dict[str, int] = {}
    if not 2 <= len(cells) <= 60 or any(_CODE.fullmatch(cell.strip()) for cell in cells):
        return {}
    for place, cell in enumerate(cells):
        folded = fold(cell[:60])
        role = next((role for role, words in _ROLE if words.search(folded)), "")
        if role:
            found.setdefault(role, place)
    return {place: role for role, place in found.items()} if SKU in found and len(found) > 1 else {}


def line_of(cells: Sequence[str], columns: Mapping[int, str], today: date) -> dict[str, Any] | None:
    said = {role: cells[place].strip() for place, role in columns.items()}
    if not _CODE.fullmatch(said[SKU]):
        return None
    line: dict[str, Any] = {SKU: said[SKU]}
    for role in ("quantity", "shipped", "short", "damaged"):
        if match := _QUANTITY.fullmatch(fold(said.get(role, ""))):
            line[role] = re.sub(r"\D", "", match[1])
    line = _remarked(cells, columns) | line
    if price := _price(said.get("price", "")):
        line["price"] = price
    if days := days_in(fold(said.get("dates", "")[:60]), today):
        line["dates"] = [day.day.isoformat() for day in days]
    line |= lacking(line)
    return line if len(line) > 1 else None


def _remarked(cells: Sequence[str], columns: Mapping[int, str]) -> dict[str, Any]:
    """What a remark beside the numbers says is short or damaged."""
    remarks = (counts_in(fold(cell[:200]), "") for place, cell in enumerate(cells) if place not in columns)
    return {role: said[role] for said in remarks for role in ("short", "damaged") if role in said}


def _price(cell: str) -> str | None:
    """With two decimals at least. `1.234` may be either of two numbers, so it is none."""
    bare = re.sub(r"[^\d.,' ]", "", cell).strip()
    if match := re.fullmatch(r"(\d{1,9})[.,](\d{1,9})", bare):
        return None if len(match[2]) == 3 else f"{match[1]}.{match[2]:0<2}"
    price = decimal_of(bare)
    return None if price is None else str(price.quantize(Decimal("0.01")))
