"""Which of the fifteen classes a mail is. The rules abstain rather than guess."""

import math
import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.domain.mail import SURE, MailClass, ParsedMail, Reference, ReferenceKind
from agent.triage.automatic import AUTO_REPLY, BULK, REPORT
from agent.triage.cues import Heard, hear
from agent.triage.language import SPOKEN
from agent.triage.reading import Reading
from agent.triage.weighing import weighed

#: Points below which nothing was said clearly enough.
ENOUGH = 3.0
#: The runner-up this close: two equal classes.
EQUAL = 0.97
#: A class this strong beside the first is something else the mail asks for.
ALSO = 0.4
#: Each further cue of a class says less that is new.
FADE = 0.75
#: What a second cue on the same words is worth.
AGAIN = 0.35
#: What weak cues must add up to for a guess, and how sure that is.
HINTS, GUESSED = 1.5, 0.25
#: A class this likely beside the first is something else the mail may be, worth showing to a person.
PERHAPS, MOST_ALTERNATIVES = 0.05, 4
#: Below this share the likeliest class is no better than any.
ANY = 0.15
#: What the subject names comes first where the mail asks for several things and this is likely enough.
IN_SUBJECT_TOO = 0.1
#: How sure the rules are of a mail whose headers say that a machine answered.
BY_HEADERS = 0.98

C, K = MailClass, ReferenceKind
_NAMED = {
    K.PURCHASE_ORDER: {C.DELAY_NOTICE: 0.5, C.PO_CONFIRMATION: 0.5, C.DISPATCH_ADVICE: 0.5},
    K.SALE_ORDER: {C.ORDER_STATUS_INQUIRY: 0.5, C.ORDER_CHANGE: 0.5, C.RETURN_REQUEST: 0.3, C.DAMAGE_SHORTAGE_CLAIM: 0.3},
    K.INVOICE: {C.INVOICE_DISPUTE: 1.0},
    K.RMA: {C.RETURN_REQUEST: 1.5},
    K.TRACKING: {C.DISPATCH_ADVICE: 1.0, C.DELIVERY_EXCEPTION: 0.5, C.PROOF_OF_DELIVERY: 0.5},
    K.CONTAINER: {C.CUSTOMS_DOCUMENTS: 0.5, C.DISPATCH_ADVICE: 0.5, C.DELAY_NOTICE: 0.5},
}
_OURS = (K.SALE_ORDER, K.PURCHASE_ORDER, K.DELIVERY, K.INVOICE, K.RMA)
_ATTACHED = (
    (r"\bpod\b|proof.?of.?delivery|signed|unterschrieben|signe|getekend|firmad", C.PROOF_OF_DELIVERY, 2.0),
    (
        r"pack(ing)?.?(list|slip)|packliste|lieferschein|pakbon|colisage|albaran|\basn\b|despatch|dispatch|avis",
        C.DISPATCH_ADVICE,
        1.5,
    ),
    (
        r"order.?(conf|ack)|auftragsbest|orderbevest|confirmation.?(de.?)?commande|confirmacion|\boc-|\bab-",
        C.PO_CONFIRMATION,
        2.0,
    ),
    (r"purchase.?order|\bpo\b|bestellung|bestelling|bon.?de.?commande|pedido|orden.?de.?compra", C.QUOTE_OR_ORDER, 1.5),
    (r"\brfq\b|quot|anfrage|devis|offerte|presupuesto", C.QUOTE_OR_ORDER, 1.5),
    (r"damage|schaden|schade|casse|avarie|dano|\bimg.?\d+|photo|foto", C.DAMAGE_SHORTAGE_CLAIM, 1.5),
    (r"commercial.?invoice|certificate|\bcoo\b|eur\.?1|customs|zoll|douane|aduana", C.CUSTOMS_DOCUMENTS, 2.0),
    (r"\.ics$", C.DELIVERY_APPOINTMENT, 1.0),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The class, what else the mail asks for, and how sure the rules are."""

    mail_class: MailClass
    intents: tuple[MailClass, ...]
    confidence: float
    reason: str
    alternatives: tuple[tuple[MailClass, float], ...] = ()
    """What a person who must decide is shown: the likeliest classes with their shares; empty where nobody weighed them."""


def classify(
    mail: ParsedMail, reading: Reading, references: Sequence[Reference], languages: Collection[str], automatic: Collection[str],
    shares: Mapping[MailClass, float] | None = None,
) -> Verdict:  # fmt: skip
    """Weigh the cues of the mail's languages (and English), the numbers it names and what is attached.

    `shares` is what a judge that learned says; without one, the rules decide alone.
    """
    heard = hear(reading, {*languages, "en"} if languages else SPOKEN)
    scores = _weighed(heard)
    shown = _add_circumstances(scores, mail, references, automatic) | {cue.mail_class for cue in heard if cue.decisive}
    ranked = sorted(((scores[kind], kind) for kind in shown if scores[kind] > 0), key=lambda pair: (-pair[0], pair[1]))
    verdict = _verdict(ranked, heard) if ranked else _guess(scores, references)
    if shares is not None:
        return _by_headers(verdict, automatic) or _together(verdict, weighed(shares, scores, shown), heard)
    return verdict


def _by_headers(verdict: Verdict, automatic: Collection[str]) -> Verdict | None:
    """Headers of a report or of an automatic answer are no matter of opinion."""
    if verdict.mail_class is not C.AUTOMATED_NOISE or not {REPORT, AUTO_REPLY} & set(automatic):
        return None
    return replace(verdict, confidence=max(verdict.confidence, BY_HEADERS))


def _together(verdict: Verdict, classes: Sequence[tuple[MailClass, float]], heard: Sequence[Heard]) -> Verdict:
    """The likeliest class; what else the rules heard in the mail stays among its intents."""
    kind, share = _primary(classes, heard)
    others = [other for other in verdict.intents if other not in (kind, C.OTHER)]
    agreed = verdict.mail_class is kind and verdict.confidence >= SURE
    said = verdict.reason if agreed else f"it is like mails that people called {kind.replace('_', ' ')}"
    against = "" if agreed or verdict.mail_class is C.OTHER else f", though {_words(verdict.mail_class, heard)}"
    perhaps = tuple((other, round(value, 2)) for other, value in classes[:MOST_ALTERNATIVES] if value >= PERHAPS)
    return Verdict(kind, (kind, *others), round(share, 2), said + against, perhaps)


def _primary(classes: Sequence[tuple[MailClass, float]], heard: Sequence[Heard]) -> tuple[MailClass, float]:
    kind, share = classes[0]
    if share < ANY:
        return C.OTHER, dict(classes)[C.OTHER]
    named = {cue.mail_class for cue in heard if cue.place == 0 and cue.decisive}
    said = {cue.mail_class for cue in heard if cue.place == 1 and cue.decisive}
    if kind in said - named and (both := [one for one in classes[1:] if one[0] in named & said and one[1] >= IN_SUBJECT_TOO]):
        return both[0][0], share + both[0][1]
    return kind, share


def _guess(scores: dict[MailClass, float], references: Sequence[Reference]) -> Verdict:
    """Only hints were heard. About one of our numbers, they are worth showing to the person who decides; else it is `other`."""
    points, kind = max(((value, kind) for kind, value in scores.items()), default=(0.0, C.OTHER))
    if points < HINTS or not any(reference.kind in _OURS for reference in references):
        return Verdict(C.OTHER, (C.OTHER,), 0.0, "no rule recognises what it is about")
    return Verdict(kind, (kind,), GUESSED, "only hints of what it is about")


def _weighed(heard: Sequence[Heard]) -> dict[MailClass, float]:
    points: dict[MailClass, float] = defaultdict(float)
    for kind in {cue.mail_class for cue in heard}:
        own = [cue for cue in heard if cue.mail_class == kind]
        points[kind] = _faded(_apart([cue for cue in own if cue.points > 0])) + sum(cue.points for cue in own if cue.points < 0)
    return points


def _apart(heard: Sequence[Heard]) -> list[float]:
    """Points, strongest first; the same words heard by two cues count once, and a little more."""
    kept: list[Heard] = []
    points = []
    for cue in sorted(heard, key=lambda one: -one.points):
        again = any(cue.place == one.place and cue.span[0] < one.span[1] and one.span[0] < cue.span[1] for one in kept)
        points.append(cue.points * (AGAIN if again else 1.0))
        kept.append(cue)
    return sorted(points, reverse=True)


def _faded(points: Sequence[float]) -> float:
    return sum(value * FADE**place for place, value in enumerate(points))


def _add_circumstances(
    scores: dict[MailClass, float], mail: ParsedMail, references: Sequence[Reference], automatic: Collection[str]
) -> set[MailClass]:
    """Numbers strengthen what the words said. Attachments and headers can make a class; returns those that they do."""
    shown = set()
    for kind in {reference.kind for reference in references if not reference.second_hand}:
        for mail_class, points in _NAMED.get(kind, {}).items():
            if scores.get(mail_class, 0) > 0:
                scores[mail_class] += points
    names = " ".join(attachment.name.lower() for attachment in mail.attachments)
    for pattern, mail_class, points in _ATTACHED:
        if re.search(pattern, names):
            scores[mail_class] = scores.get(mail_class, 0) + points
            shown.add(mail_class)
    for sign, points in ((REPORT, 12.0), (AUTO_REPLY, 8.0), (BULK, 0.0 if references else 6.0)):
        if sign in automatic and points:
            scores[C.AUTOMATED_NOISE] = scores.get(C.AUTOMATED_NOISE, 0) + points
            shown.add(C.AUTOMATED_NOISE)
    return shown


def _verdict(ranked: list[tuple[float, MailClass]], heard: Sequence[Heard]) -> Verdict:
    best, kind = ranked[0] if ranked else (0.0, C.OTHER)
    second = ranked[1][0] if len(ranked) > 1 else 0.0
    intents = tuple(other for points, other in ranked if points >= max(ENOUGH, best * ALSO))
    if best < ENOUGH:
        return Verdict(C.OTHER, (C.OTHER,), _confidence(best, second), "no rule recognises what it is about")
    if second >= best * EQUAL:
        return Verdict(C.OTHER, intents, _confidence(best, second), f"it may be {intents[0]} or {intents[1]}")
    return Verdict(kind, intents, _confidence(best, second), _words(kind, heard))


def _confidence(best: float, second: float) -> float:
    lead = (best - second) / best if best else 0.0
    return round((1 - math.exp(-best / 4)) * (0.55 + 0.45 * lead), 2)


def _words(kind: MailClass, heard: Sequence[Heard]) -> str:
    said = sorted((cue for cue in heard if cue.mail_class == kind and cue.points > 0), key=lambda cue: -cue.points)[:3]
    return "it says " + ", ".join(f"“{cue.words[:60]}”" for cue in said) if said else "its headers and attachments say so"
