"""How soon someone must look: the default of the class, raised by facts. Words of a machine raise nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from agent.domain.mail import BANK_CHANGE, USUAL_LEVEL, MailClass, Priority
from agent.domain.sales import Segment
from agent.guardrails.policy import Thresholds
from agent.triage.fields import day_of, is_within_a_day
from agent.triage.reading import Reading
from agent.triage.standing import Standing

C = MailClass
_PERISHABLE = re.compile(
    r"\b(perishable|frozen|chilled|refrigerat|temperature|cold chain|fresh (food|produce|goods)|food|expir\w+"
    r"|vaccine|hazard|dangerous goods|leak\w*|chemical"
    r"|flammable|spill|acid|lithium|verderblich|tiefkuhl|gekuhlt|kuhlkette|lebensmittel|gefahrgut|gefahrstoff"
    r"|ausgelaufen|chemikal|denrees?"
    r"|perissable|surgele|chaine du froid|frais|matieres? dangereuses?|fuite|chimique|bederfelijk|diepvries|gekoeld|koelketen"
    r"|levensmiddelen|gevaarlijke stof\w*|lekkage|lekt|chemicali|perecedero|congelad|refrigerad|cadena de frio|alimentos"
    r"|mercancias? peligros|fuga|quimic)"
)
_HOLD = re.compile(
    r"\b(on hold|under hold|customs hold|held (at|by|in|up)|held\b.{0,30}(customs|border|port)|detained|seized"
    r"|demurrage|detention|storage charges|stopped at|blocked"
    r"|festgehalten|angehalten|zuruckgehalten|gestoppt|beschlagnahmt|standgeld|lagergeld|gesperrt|bloque|retenu"
    r"|immobilis|surestaries"
    r"|saisi|vastgehouden|tegengehouden|geblokkeerd|liggeld|retenid|bloquead|inmovilizad|parad[oa] en|demoras)"
)
_DEVIATION = re.compile(
    r"\b(however|but|except|unfortunately|partial|instead of|only \d|price (increase|change|differs)|new price"
    r"|differ(s|ent)?|deviat|later|cannot|changed?|substitut|short"
    r"|jedoch|allerdings|aber|leider|statt|anstatt|abweich|teillieferung|nur \d|ausser|geandert|preisanderung"
    r"|toutefois|cependant|mais|sauf"
    r"|malheureusement|au lieu|partiel|ecart|uniquement \d|echter|maar|helaas|behalve|in plaats van|afwijk"
    r"|deellevering|slechts|gewijzigd"
    r"|sin embargo|pero|excepto|lamentablemente|en lugar|parcial|salvo|solo \d|modificad)"
)
_REPEATED = re.compile(
    r"\b((second|third|2nd|3rd|another|final|last) (reminder|time|e-?mail|request|mail|message)|reminder|again"
    r"|still no (answer|reply|response)|no (answer|reply|response)"
    r"|zweite|dritte|zum (zweiten|dritten)|erneut|nochmals|erinnerung|keine (antwort|ruckmeldung)|relance"
    r"|deuxieme|troisieme|a nouveau"
    r"|sans reponse|rappel|tweede|derde|nogmaals|herinnering|geen (antwoord|reactie)|segund|tercer|de nuevo"
    r"|recordatorio|sin respuesta)"
)
_WITHIN_A_DAY = re.compile(
    r"\b(within (the next )?(24|twenty-four|12|6|4|2) hours?|in (24|12) hours?|(by|before|until) (the end of "
    r"(the day|today)|end of business|eod|cob|close of business|noon|midday|tonight)"
    r"|by (today|tomorrow)|binnen (24|12) (stunden|uur)|innerhalb (von )?(24|12) stunden|bis (heute|morgen)|noch "
    r"heute|(sous|dans les) (24|12) ?h(eures)?"
    r"|avant (ce soir|demain|midi)|d'ici (demain|ce soir)|aujourd'hui meme|uiterlijk (vandaag|morgen)|vandaag nog"
    r"|voor (morgen|vanavond)"
    r"|(en|dentro de|antes de) (las proximas )?(24|12) horas|(antes de|hoy mismo|para) (manana|hoy)|hoy mismo)\b"
)
_WORKING_DAYS_TO_SHIP = 2


@dataclass(frozen=True, slots=True)
class Ranked:
    priority: Priority
    reasons: tuple[str, ...]


def rank(
    mail_class: MailClass, reading: Reading, fields: dict[str, Any], flags: Sequence[str] | frozenset[str], standing: Standing,
    automatic: bool, thresholds: Thresholds, now: datetime,
) -> Ranked:  # fmt: skip
    """Deterministic: the same mail, the same ERP and the same policy give the same priority."""
    if BANK_CHANGE in flags:
        return Ranked(Priority.P1, ("someone wants payments sent to another account",))
    level, reasons = USUAL_LEVEL[mail_class], list[str]()
    if mail_class is C.AUTOMATED_NOISE:
        return Ranked(Priority.P5, ())
    special = _special(mail_class, reading, fields, standing, automatic, now)
    if special and special[0] < level:
        level = special[0]
        reasons.append(special[1])
    raises = _raises(reading, fields, standing, automatic, thresholds, now)
    level = max(1, level - len(raises))
    return Ranked(Priority(f"P{level}"), (*reasons, *raises))


def _special(
    mail_class: MailClass, reading: Reading, fields: dict[str, Any], standing: Standing, automatic: bool, now: datetime
) -> tuple[int, str] | None:
    """The exceptions each class has; the first number is the level it then has."""
    said = reading.old if reading.forwarded else f"{reading.subject}. {reading.new}"
    soon = any(is_within_a_day(day_of(fields, name), now) for name in ("deadline", "requested_date", "new_eta"))
    urgent = soon or (not automatic and _WITHIN_A_DAY.search(said) is not None)
    cases: dict[MailClass, tuple[bool, int, str]] = {
        C.PO_CONFIRMATION: (_DEVIATION.search(said) is not None, 2, "the confirmation deviates from the order"),
        C.DELIVERY_APPOINTMENT: (soon, 2, "the appointment is within a day"),
        C.DAMAGE_SHORTAGE_CLAIM: (_PERISHABLE.search(said) is not None, 1, "the goods are perishable or dangerous"),
        C.CUSTOMS_DOCUMENTS: (urgent or _HOLD.search(said) is not None, 1, "the goods are held, or the deadline is within a day"),
        C.ORDER_STATUS_INQUIRY: (
            standing.past_promise or (not automatic and _REPEATED.search(said) is not None), 2,
            "the promise date has passed" if standing.past_promise else "they ask again",
        ),
        C.ORDER_CHANGE: (standing.being_picked, 1, "the delivery is already being picked or ships within a day"),
    }  # fmt: skip
    applies, level, reason = cases.get(mail_class, (False, 5, ""))
    return (level, reason) if applies else None


def _raises(
    reading: Reading, fields: dict[str, Any], standing: Standing, automatic: bool, thresholds: Thresholds, now: datetime
) -> list[str]:
    reasons = []
    new_eta = day_of(fields, "new_eta")
    if new_eta and standing.earliest_promise and standing.earliest_promise < add_working_days(new_eta, _WORKING_DAYS_TO_SHIP):
        reasons.append(f"it breaks the promise of {standing.earliest_order} for {standing.earliest_promise.isoformat()}")
    if standing.segment is Segment.STRATEGIC:
        reasons.append("a strategic customer waits")
    elif standing.amount >= thresholds.weighty_order_value:
        reasons.append("the order is a large one")
    said = f"{reading.subject}. {reading.new}"
    stated = is_within_a_day(day_of(fields, "deadline"), now) or _WITHIN_A_DAY.search(said) is not None
    if stated and not automatic:
        reasons.append("the deadline is within a day")
    return reasons


def add_working_days(day: date, count: int) -> date:
    """Monday to Friday; holidays are not known here."""
    while count:
        day += timedelta(1)
        count -= day.weekday() < 5
    return day
