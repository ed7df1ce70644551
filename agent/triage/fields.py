"""What a mail says about days, quantities, money and carriers, each with the place where it says so."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from agent.domain.mail import MailClass, ParsedMail
from agent.triage.dates import days_in
from agent.triage.reading import Reading

C = MailClass
_ROLES: tuple[tuple[str, str], ...] = (
    (
        "old_eta",
        r"instead of|original(ly)?|previous(ly)?|rather than|\bwas (planned|due|promised|confirmed|scheduled)|moved from|\bfrom\b"
        r"|statt|anstatt|ursprunglich\w*|bisher\w*|urspr\.|au lieu du?|initialement|prevue? initialement"
        r"|initiale?|in plaats van|ipv"
        r"|oorspronkelijk\w*|eerder bevestigd\w*|en lugar del?|en vez del?|original\w*|inicialmente|previst[oa] "
        r"para|attendions|expected on"
        r"|(attended|waiting)",
    ),
    (
        "new_eta",
        r"new (eta|delivery|ship\w*|arrival|dispatch|date|expected)|revised|\bnow\b|\beta\b|expect\w*|estimated"
        r"|will (only )?(arrive|ship|be)"
        r"|delay\w* (to|until|till)|until|re-?scheduled (to|for)|postponed to|available|neue[rns]?"
        r"|voraussichtlich\w*|verschiebt sich|erst"
        r"|verfugbar|lieferbar|eintreff\w*|nouvelle|nouveau|desormais|prevue?|reporte\w*|estimee?|disponible"
        r"|livr(able|ee?s?)|nieuwe?|verwacht\w*"
        r"|pas\b|leverbaar|geleverd|uitgesteld|nuev[ao]|prevista|estimada|llegara|aplazad\w*|hasta|delivery"
        r"|liefertermin|livraison"
        r"|levering|leverdatum|entrega|lieferdatum",
    ),
    (
        "requested_date",
        r"(move|change|postpone|bring|deliver|ship|push|reschedule)\w*( \w+){0,6} (to|on|by|until|for)|need\w* "
        r"(it |them |the \w+ )?(by|on|before)"
        r"|request\w*|would like|slot|appointment|(verschieb|verleg|liefer)\w*( \w+){0,6} (auf|am|bis|zum)"
        r"|wunschtermin|termin|benotigen"
        r"|(report|deplac|livr|avanc)\w*( \w+){0,6} (au|le|pour)|souhait\w*|creneau|rendez-vous|(verplaats|verzet"
        r"|lever)\w*( \w+){0,6} (naar|op)"
        r"|graag|gewenste|(aplaz|mov|cambi|entreg|adelant)\w*( \w+){0,6} (al|el|para)|dese\w*|cita",
    ),
    (
        "deadline",
        r"no later than|at the latest|\bby\b|before|deadline|until|reply (by|before)|bis( spatestens)?( zum)?"
        r"|spatestens|\bvor\b|frist"
        r"|avant( le)?|au plus tard|d'ici|jusqu'au|uiterlijk|voor\b|vóór|tegen|antes del?|a mas tardar|como maximo|plazo",
    ),
)  # fmt: skip
_ROLE_PATTERNS = tuple((role, re.compile(rf"\b(?:{words})")) for role, words in _ROLES)
#: What a day without a telling word is, by class.
_USUAL = {
    C.DELAY_NOTICE: "new_eta",
    C.PO_CONFIRMATION: "new_eta",
    C.DISPATCH_ADVICE: "new_eta",
    C.DELIVERY_APPOINTMENT: "requested_date",
    C.ORDER_CHANGE: "requested_date",
    C.QUOTE_OR_ORDER: "requested_date",
}
_UNITS = (
    r"pcs|pieces?|units?|items?|cartons?|boxes|box|cases?|pallets?|rolls?|bags?|drums?|bottles?|sets?|kg|tons?"
    r"|tonnes?|litres?|liters?"
    r"|metres?|meters?|stuck|stueck|stk|karton(?:s|en)?|kartons|palett(?:e|en)|rollen?|sack|fasser|packungen"
    r"|unites?|pieces|colis|palettes?"
    r"|rouleaux|sacs|boites|stuks|dozen|rollen|zakken|flessen|unidades|uds|cajas|palets?|pales|piezas|rollos"
    r"|sacos|botellas|plates|ea"
)
_QUANTITY = re.compile(rf"(?<![\w.,/-])(\d{{1,3}}(?:[., ]\d{{3}})+|\d{{1,7}})\s?(?:x\s)?({_UNITS})\b")
_CURRENCY = {
    "€": "EUR",
    "£": "GBP",
    "$": "USD",
    "eur": "EUR",
    "euro": "EUR",
    "euros": "EUR",
    "gbp": "GBP",
    "usd": "USD",
    "chf": "CHF",
}
_NUMBER = r"\d{1,3}(?:[.,' ]\d{3})*(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_SYMBOL = r"€|£|\$"
_MONEY = re.compile(
    rf"(?P<before>{_SYMBOL}|\b(?:eur|gbp|usd|chf)\b)\s?(?P<first>{_NUMBER})(?!\d)"
    rf"|(?<![\w.,])(?P<second>{_NUMBER})\s?(?P<after>{_SYMBOL}|(?:euros?|eur|gbp|usd|chf)\b)"
)
_CARRIER = re.compile(
    r"\b(dhl|ups|fedex|dpd|gls|tnt|hermes|postnl|bpost|chronopost|colissimo|geodis|dachser|schenker|kuehne ?\+ "
    r"?nagel|kuhne ?\+ ?nagel"
    r"|dsv|maersk|msc|hapag-lloyd|cma cgm|seur|correos|mrw|evri|royal mail|parcelforce|xpo|raben|rhenus|gefco"
    r"|norbert dentressangle"
    r"|evergreen|cosco|one line|db cargo|amazon logistics)\b"
)
#: A label says what the day after it is when no more than this many characters lie between.
_REACH = 70


def fields_of(mail: ParsedMail, reading: Reading, mail_class: MailClass, today: date) -> dict[str, Any]:
    """Field → `{value, span, source}`; `quantities` and `amounts` are lists of these. Spans are in the mail's text or subject."""
    found: dict[str, Any] = {}
    for source, text in (("body", reading.new), ("subject", reading.subject), ("quote", reading.old)):
        for name, field in _days(text, source, mail_class, today):
            found.setdefault(name, field)
        if match := _CARRIER.search(text):
            original = mail.subject if source == "subject" else mail.text
            found.setdefault("carrier", _field(original[slice(*match.span())], match.span(), source))
    text = reading.old if reading.forwarded else reading.new
    source = "quote" if reading.forwarded else "body"
    for name, values in (("quantities", list(_quantities(text, source))), ("amounts", list(_amounts(text, source)))):
        if values:
            found[name] = values[:20]
    return found


def _field(value: str, span: tuple[int, int], source: str, **more: Any) -> dict[str, Any]:
    return {"value": value, "span": list(span), "source": source, **more}


def _days(text: str, source: str, mail_class: MailClass, today: date) -> Iterator[tuple[str, dict[str, Any]]]:
    previous = 0
    for day in days_in(text, today):
        role = _role(text[max(previous, day.start - _REACH) : day.start], mail_class)
        previous = day.end
        if role:
            yield role, _field(day.day.isoformat(), (day.start, day.end), source, exact=day.exact)


def _role(before: str, mail_class: MailClass) -> str | None:
    """The nearest telling word of the same sentence decides."""
    sentence = re.split(r"[.!?](?=\s)", before)[-1]
    nearest = [
        (max(m.end() for m in matches), role) for role, pattern in _ROLE_PATTERNS if (matches := list(pattern.finditer(sentence)))
    ]
    role = max(nearest)[1] if nearest else _USUAL.get(mail_class)
    if role in ("new_eta", "old_eta") and mail_class in (C.ORDER_CHANGE, C.DELIVERY_APPOINTMENT, C.QUOTE_OR_ORDER):
        return "requested_date" if role == "new_eta" else role
    if role == "requested_date" and mail_class in (C.DELAY_NOTICE, C.PO_CONFIRMATION, C.DISPATCH_ADVICE):
        return "new_eta"
    return role


def _quantities(text: str, source: str) -> Iterator[dict[str, Any]]:
    for match in _QUANTITY.finditer(text):
        yield _field(re.sub(r"[., ]", "", match[1]), match.span(), source, unit=match[2])


def _amounts(text: str, source: str) -> Iterator[dict[str, Any]]:
    for match in _MONEY.finditer(text):
        amount = decimal_of(match["first"] or match["second"])
        if amount is not None:
            currency = _CURRENCY[(match["before"] or match["after"]).strip()]
            yield _field(str(amount), match.span(), source, currency=currency)


def decimal_of(text: str) -> Decimal | None:
    """`1.234,50` and `1,234.50` alike: the last separator before one or two digits is the decimal one."""
    match = re.fullmatch(r"([\d.,' ]*?)(?:[.,](\d{1,2}))?", text)
    if not match:
        return None
    try:
        return Decimal(re.sub(r"[.,' ]", "", match[1]) + (f".{match[2]}" if match[2] else ""))
    except InvalidOperation:
        return None


def day_of(fields: dict[str, Any], name: str) -> date | None:
    field = fields.get(name)
    return date.fromisoformat(field["value"]) if field else None


def is_within_a_day(day: date | None, now: datetime) -> bool:
    return day is not None and 0 <= (day - now.date()).days <= 1
