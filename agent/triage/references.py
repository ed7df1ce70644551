"""The numbers a mail names. Ours by their shape; other people's by the word in front of them."""

import re
from collections.abc import Callable, Iterator

from agent.domain.mail import ParsedMail, Reference, ReferenceKind
from agent.guardrails.untrusted_text import fold
from agent.triage.check_digits import is_air_waybill, is_container, is_sscc

MOST_TEXT = 100_000
MOST_SUBJECT = 1_000
MOST_REFERENCES = 60
#: Mentions looked at; more is no mail but an attack on the clock.
MOST_FOUND = 500
K = ReferenceKind
Check = Callable[[str], bool]


def _anything(_: str) -> bool:
    return True


#: Shapes that need no word in front. Odoo's numbers may carry a company prefix and a year.
_SHAPES: tuple[tuple[ReferenceKind, str, Check], ...] = (
    (K.DELIVERY, r"[A-Z][A-Z0-9]{0,5}/(?:OUT|IN|INT|PICK|PACK|DS|RET)/\d{3,8}", _anything),
    (K.INVOICE, r"(?:R?INV|R?BILL)/\d{2,4}(?:/\d{1,2})?/\d{2,8}", _anything),
    (K.SALE_ORDER, r"(?:SO?[-/]\d{4}[-/]\d{2,8}|S\d{4,8}|SO[-_ ]?\d{3,8})", _anything),
    (K.PURCHASE_ORDER, r"(?:PO?[-/]\d{4}[-/]\d{2,8}|P\d{4,8}|PO[-_ ]?\d{3,10})", _anything),
    (K.RMA, r"(?:RMA|RET|RTN)[-_/# ]{0,2}\d[\d/-]{2,14}", _anything),
    (K.CONTAINER, r"[A-Z]{3}[UJZ][ -]?\d{3}[ ]?\d{3}[ -]?\d", is_container),
    (K.TRACKING, r"1Z[ ]?[0-9A-Z]{3}[ ]?[0-9A-Z]{3}[ ]?[0-9A-Z]{2}[ ]?[0-9A-Z]{4}[ ]?[0-9A-Z]{4}", _anything),
    (K.TRACKING, r"\(?00\)?[ ]?\d{18}|\d{18}", is_sscc),
    (K.TRACKING, r"\d{3}-\d{4}[ ]?\d{4}", is_air_waybill),
    (K.TRACKING, r"JJ?D\d{14,22}|[A-Z]{2}\d{9}[A-Z]{2}|3S[A-Z0-9]{11,15}|3S[A-Z]{2,4}\d{6,11}", _anything),
)
_VALUE = r"([A-Z0-9][A-Z0-9./_-]{1,28}[A-Z0-9])"
_GAP = r"\s{0,3}"
_NUMBER = (
    rf"\.?(?:{_GAP}-?{_GAP}(?:no|nr|num|number|nummer|numero|id|code)\b\.?|{_GAP}n ?[°o]|{_GAP}[#:°]){{0,4}}{_GAP}[:#=]?{_GAP}"
)
#: Words in front of a number of the other side, and what it then is.
_LABELS: tuple[tuple[ReferenceKind, str], ...] = (
    (
        K.TRACKING,
        r"(?:tracking|track ?(?:&|and|en) ?trace|consignment|waybill|awb|air ?waybill|sendung(?:s(?:nummer|nr"
        r"|verfolgung)?)?|paketnummer|frachtbriefe?|lettre de voiture|carta de porte|trackingnummer|suivi|envoi|colis"
        r"|zending(?:s?nummer)?|vrachtbrief|seguimiento|rastreo|guia|localizador"
        r"|barcode|parcel|shipment|bill of lading|b/l|cmr)",
    ),
    (K.INVOICE, (
        r"(?:invoice|credit ?note|rechnung(?:s(?:nummer|nr))?|rg|gutschrift|rectificativa|facture|avoir|factuur(?:nummer|nr)?"
        r"|creditnota|factura)"
    )),
    (
        K.PRODUCT,
        r"(?:sku|item|part|article|product|artikel(?:nummer|nr)?|art|material(?:nummer)?|reference produit"
        r"|produit|producto|articulo"
        r"|codigo)",
    ),
    (
        K.CUSTOMER_REFERENCE,
        r"(?:(?:your|our|my|customer|client|supplier|vendor|sales|purchase|ihre|unsere?|meine|votre|notre|uw|onze"
        r"|su|nuestr[ao]|mi) )?"
        r"(?:purchase order|sales order|order confirmation|order|p\.?o\.?|ref(?:erence|erenz|erencia|erentie)?"
        r"|bestell(?:ung|nummer|nr|anderung|abruf)"
        r"|auftrag(?:s(?:nummer|nr|bestatigung))?|kundenauftrag|commande|bon de commande|bestelling|bestelnummer|inkooporder"
        r"|ordernummer|opdracht|kenmerk|pedido|orden de compra|orden|referencia|zeichen|aktenzeichen|case|ticket"
        r"|order acknowledgement|ab|arc?|bc|opdrachtbevestiging|confirmacion|delivery note|packing (?:slip|list)|hbl|mbl|bl"
        r"|lieferscheine?(?:s?nummer|nr)?|ls|bon(?: de livraison)?|pakbon|albaran|anfrage|angebot|rfq|quote|devis"
        r"|consultation|offerte|presupuesto|oferta|kennziffer|vorgang|beleg|dossier|fiche|expediente|exp|incidencia|ot|recep(?:isse)?"
        r"|ped|best|az|oc|mrn|booking|buchung|boeking|reserva|dua|contract|vertrag|contrat|contrato|entry"
        r"|complaint|reklamation|reclamation|reclamatie|reclamacion|klacht|non-conformite)",
    ),
)  # fmt: skip
_SHAPED = tuple((kind, re.compile(rf"(?<![\w/-])(?:{shape})(?![\w/])", re.IGNORECASE), check) for kind, shape, check in _SHAPES)
_LABELLED = tuple((kind, re.compile(rf"\b{label}\b{_NUMBER}{_VALUE}(?![\w])", re.IGNORECASE)) for kind, label in _LABELS)
#: After one such number, another of its shape.
_ANOTHER = re.compile(rf"{_GAP}(?:,|&|\+|und|and|et|en|y|e){_GAP}{_VALUE}(?![\w])", re.IGNORECASE)
#: A number as many systems make them, letters, year and count, without a word that tells whose it is.
_DATED = re.compile(r"(?<![\w/-])[A-Z]{2,4}-\d{4}-\d{2,6}(?![\w/-])")
#: As many systems count their papers: F-3308, FT-26-1907, FV26/2207, a customs declaration, or a long number alone.
_COUNTED = re.compile(
    r"(?<![\w/.,+-])(?:[A-Z]{1,4}\d{0,2}[-/]\d{2,4}[-/]\d{2,6}|[A-Z]{1,3}\d{2}[-/]\d{3,6}|[A-Z]-\d{4,6}|[A-Z]{2,4}-\d{6,9}"
    r"|\d{2}[A-Z]{2}[A-Z0-9]{10,14}|[A-Z]{2,4}\d{6,12}|\d{7,18})(?![\w/-]|[.,]\d)"
)
#: Whose number a long one is that is no paper's.
_PRIVATE = re.compile(
    r"(?:tel|fon|phone|mob\w*|handy|fax|gsm|whatsapp|durchwahl|iban|konto|account|blz|bic|vat|ust\w*|tva|btw|nif|cif|siret|siren|kvk|hrb)"
    r"\W{0,3}(?:\w{1,4}\W{0,3})?$"
)
_DIGIT = re.compile(r"\d")
_CODE = re.compile(r"(?<![\w/-])[A-Z]{2,5}-\d{1,5}(?![\w/-])")
_DATE = re.compile(r"((19|20)\d\d|\d{1,2})[./-]\d{1,2}([./-]\d{1,4})?|\d+\.\d{1,2}|(19|20)\d\d|\d{1,2}")


def references_in(mail: ParsedMail) -> tuple[Reference, ...]:
    """Each number once, at its first mention: in the new text, else in the subject, else in a quote, last in a file."""
    found = [*_in_text(mail), *_in_subject(mail)]
    found.sort(key=lambda reference: (reference.quoted, reference.in_subject, reference.span))
    found += _in_files(mail)
    first: dict[tuple[ReferenceKind, str], Reference] = {}
    for reference in found:
        first.setdefault((reference.kind, normal(reference.value)), reference)
    return tuple(list(first.values())[:MOST_REFERENCES])


def normal(value: str) -> str:
    """The number as the ERP would hold it: upper case, no white space."""
    return "".join(value.upper().split())


def _in_text(mail: ParsedMail) -> Iterator[Reference]:
    for kind, start, end in _spans(mail.text[:MOST_TEXT]):
        quoted = any(first <= start < last for first, last in mail.quoted)
        yield Reference(kind, mail.text[start:end], (start, end), quoted=quoted)


def _in_subject(mail: ParsedMail) -> Iterator[Reference]:
    for kind, start, end in _spans(mail.subject[:MOST_SUBJECT]):
        yield Reference(kind, mail.subject[start:end], (start, end), in_subject=True)


def _in_files(mail: ParsedMail) -> Iterator[Reference]:
    left = MOST_TEXT
    for file in mail.attachments:
        for kind, start, end in _spans(file.text[:left]):
            yield Reference(kind, file.text[start:end], (start, end), file=file.name)
        left -= min(len(file.text), left)


def _spans(text: str) -> list[tuple[ReferenceKind, int, int]]:
    """Non-overlapping: shapes before labels, labels before what only looks like a number."""
    taken: list[tuple[ReferenceKind, int, int]] = []
    for kind, start, end in _mentions(text):
        if len(taken) < MOST_FOUND and all(end <= first or start >= last for _, first, last in taken):
            taken.append((kind, start, end))
    return taken


def _mentions(text: str) -> Iterator[tuple[ReferenceKind, int, int]]:
    for kind, pattern, check in _SHAPED:
        yield from ((kind, *match.span()) for match in pattern.finditer(text) if check(match[0]))
    folded = fold(text)
    for kind, pattern in _LABELLED:
        for match in pattern.finditer(folded):
            yield from ((kind, *span) for span in _row_of(match, folded))
    yield from ((K.CUSTOMER_REFERENCE, *match.span()) for match in _DATED.finditer(text))
    for match in _COUNTED.finditer(text):
        if not _PRIVATE.search(folded[max(0, match.start() - 20) : match.start()]):
            yield K.CUSTOMER_REFERENCE, *match.span()
    yield from ((K.PRODUCT, *match.span()) for match in _CODE.finditer(text))


def _row_of(match: re.Match[str], folded: str) -> Iterator[tuple[int, int]]:
    """Where the number stands, and those of its shape that follow it: `delivery notes 88120 and 88123`."""
    shape = _DIGIT.sub("0", match[1])
    found: re.Match[str] | None = match
    while found and _DIGIT.sub("0", found[1]) == shape and _is_number(found[1]):
        yield found.span(1)
        found = _ANOTHER.match(folded, found.end(1))


def _is_number(token: str) -> bool:
    """Has digits, and is neither a date, a year nor a quantity."""
    return sum(char.isdigit() for char in token) >= 2 and len(token) >= 4 and not _DATE.fullmatch(token)
