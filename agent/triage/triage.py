"""One mail in; what it is, what it is about and what follows from it out. By rules and examples, beside them a language model."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from agent.domain.mail import BANK_CHANGE, SURE, MailClass, Opinion, ParsedMail, Reference, Triage, Trust
from agent.domain.mail_domains import company_domain
from agent.domain.records import Record
from agent.errors import ErpIncomplete, ErpRefused, ErpUnavailable
from agent.guardrails.policy import Thresholds
from agent.ports.erp_reader import ErpReader
from agent.ports.mail_judge import MailJudge, ModelJudge
from agent.triage.automatic import machine_signs
from agent.triage.classification import Verdict, classify
from agent.triage.consulting import consulted, opinion_of
from agent.triage.drafts import draft_for
from agent.triage.fields import fields_of
from agent.triage.flags import HIDDEN, HOSTILE, INJECTION, LOOKALIKE, NO_SENDER, flags_of
from agent.triage.language import SPOKEN, UNKNOWN, is_terse, languages_of
from agent.triage.lines import lines_of
from agent.triage.linking import Linked, bears_name, is_lookalike, link
from agent.triage.priority import Ranked, rank
from agent.triage.reading import FEW_WORDS, Reading, read
from agent.triage.references import references_in
from agent.triage.standing import Standing, standing_of
from agent.triage.telling import telling_of
from agent.triage.trust import trust_in

#: What the policy says unless a company says otherwise.
USUAL = Thresholds()


@dataclass(frozen=True, slots=True)
class LookUp:
    """What the ERP knew of the mail; `failure` says why it could not be asked."""

    linked: Linked = field(default_factory=Linked)
    standing: Standing = field(default_factory=Standing)
    lookalike: bool = False
    failure: str = ""
    away: ErpUnavailable | None = None
    """It may be asked again later."""


def triage(
    mail: ParsedMail, reader: ErpReader, now: datetime, own_authserv: str | None = None, thresholds: Thresholds = USUAL,
    judge: MailJudge | None = None, model: ModelJudge | None = None, *, without_erp: bool = True,
) -> Triage:  # fmt: skip
    """Class, priority, references, links and a draft of one mail.

    `own_authserv` is the name our mail server puts into Authentication-Results; without it no sender is believed and
    nothing is linked, only offered. `thresholds` are the policy's: from when on an order is a large one. `judge` has learned
    from mails and is weighed with the rules. `model` is asked last, about unsuspicious mails, and only moves how sure triage is
    of the class. A mail that the ERP cannot be asked about goes to a person; unless `without_erp`, ErpUnavailable is raised.
    """
    understood = _understood(mail, own_authserv, now, judge)
    known = _look_up(mail, understood, reader, now)
    if known.away and not without_erp:
        raise known.away
    flags = understood.flags | {LOOKALIKE} if known.lookalike else understood.flags
    opinion = _opinion(mail, understood, flags, known, own_authserv, model)
    verdict = consulted(understood.verdict, opinion)
    ranked = _ranked(understood, verdict, flags, known, thresholds, now)
    doubts = [*_doubts(mail, understood, verdict, flags, known), *_closed(mail, understood)]
    return Triage(
        mail_class=verdict.mail_class,
        intents=verdict.intents,
        priority=ranked.priority,
        language=understood.language,
        confidence=verdict.confidence,
        alternatives=verdict.alternatives,
        needs_person=bool(doubts),
        reason="; ".join([verdict.reason, *ranked.reasons, *doubts]),
        automatic=bool(understood.signs),
        trust=understood.trust,
        flags=tuple(sorted(flags)),
        references=understood.references,
        links=tuple(known.linked.links),
        candidates=tuple(known.linked.candidates),
        attachments=mail.attachments,
        fields=understood.fields,
        draft=_draft(mail, understood, verdict, flags, known, own_authserv, now),
        opinion=opinion,
    )


@dataclass(frozen=True, slots=True)
class _Understood:
    """What the mail itself says, before the ERP and a language model are asked."""

    reading: Reading
    signs: frozenset[str]
    """Of a machine that sent it."""
    references: tuple[Reference, ...]
    language: str
    trust: Trust
    flags: frozenset[str]
    verdict: Verdict
    fields: dict[str, Any]

    @property
    def hostile(self) -> frozenset[str]:
        """Flags that make this mail suspicious: hidden text is usual in what machines send."""
        return HOSTILE if self.signs else HOSTILE | {HIDDEN}

    def suspicious(self, flags: frozenset[str]) -> frozenset[str]:
        return flags & (self.hostile | {NO_SENDER})


def _understood(mail: ParsedMail, own_authserv: str | None, now: datetime, judge: MailJudge | None) -> _Understood:
    reading, signs, references = read(mail), machine_signs(mail), references_in(mail)
    language, close = _languages(f"{reading.subject} {reading.text if reading.forwarded else reading.new}")
    flags = flags_of(mail, reading)
    shares = judge.shares(telling_of(mail, reading, references)) if judge else None
    verdict = _verdict(classify(mail, reading, references, close, signs, shares), flags)
    # Nothing was sent later than now, whatever its Date says.
    today = min(mail.sent_at or now, now).date()
    fields = fields_of(mail, reading, verdict.mail_class, today)
    if lines := lines_of(mail, references, verdict.mail_class, today):
        fields["lines"] = lines
    return _Understood(reading, signs, references, language, trust_in(mail, own_authserv), flags, verdict, fields)


def _opinion(
    mail: ParsedMail, understood: _Understood, flags: frozenset[str], known: LookUp, own_authserv: str | None,
    model: ModelJudge | None,
) -> Opinion | None:  # fmt: skip
    if model is None:
        return None
    pretends = _impersonates(understood.trust, own_authserv, known.linked) or _pretends_to_be_us(mail, understood.trust)
    suspicious = pretends or bool(understood.suspicious(flags))
    return opinion_of(mail, understood.verdict, understood.signs, model, suspicious=suspicious)


def _ranked(
    understood: _Understood, verdict: Verdict, flags: frozenset[str], known: LookUp, thresholds: Thresholds, now: datetime
) -> Ranked:
    """As urgent as the class that rules and examples came to makes it, or the one that is shown instead."""
    reading, signs = understood.reading, bool(understood.signs)
    kinds = dict.fromkeys((understood.verdict.mail_class, verdict.mail_class))
    found = [rank(kind, reading, understood.fields, flags, known.standing, signs, thresholds, now) for kind in kinds]
    return min(found, key=lambda ranked: ranked.priority)


def _draft(
    mail: ParsedMail, understood: _Understood, verdict: Verdict, flags: frozenset[str], known: LookUp, own_authserv: str | None,
    now: datetime,
) -> str | None:  # fmt: skip
    """None where nobody may be answered, or nobody is sure what to: a language model's word makes no draft, and may spare one."""
    pretends = _from_us(mail) or _impersonates(understood.trust, own_authserv, known.linked)
    sure = min(understood.verdict.confidence, verdict.confidence) >= SURE
    if understood.signs or flags & understood.hostile or pretends or not sure:
        return None
    return draft_for(verdict.mail_class, understood.language, known.linked.links, known.standing, flags, now)


def _languages(said: str) -> tuple[str, Sequence[str]]:
    """The mail's language, and those its cues are looked for in: of a mixed mail the close ones, of a terse mail all."""
    languages = languages_of(said)
    language = languages[0][0] if languages else UNKNOWN
    return language, SPOKEN if is_terse(said) else [name for name, share in languages if share >= languages[0][1] * 0.5]


def _verdict(verdict: Verdict, flags: frozenset[str]) -> Verdict:
    """A change of bank details is a matter of invoices and of security, whatever else the mail talks about.

    A mail that instructs a machine is no guess's business: where the cues are not sure, a person says what it is.
    """
    if BANK_CHANGE not in flags:
        unsure = INJECTION in flags and verdict.confidence < SURE
        return replace(verdict, mail_class=MailClass.OTHER, reason="it addresses a machine") if unsure else verdict
    intents = dict.fromkeys((MailClass.INVOICE_DISPUTE, *(kind for kind in verdict.intents if kind is not MailClass.OTHER)))
    return Verdict(MailClass.INVOICE_DISPUTE, tuple(intents), max(verdict.confidence, 0.9), "it changes bank details")


def _look_up(mail: ParsedMail, understood: _Understood, reader: ErpReader, now: datetime) -> LookUp:
    hostile = bool(understood.flags & understood.hostile)
    ordinary = not understood.signs and understood.verdict.mail_class is not MailClass.AUTOMATED_NOISE
    try:
        linked = link(mail, understood.references, understood.trust, reader, guess=ordinary and not hostile)
        lookalike = _imitates(mail, linked.strangers, reader) or _imitates_us(mail)
        if hostile or lookalike:
            linked.candidates = [*linked.links, *linked.candidates]
            linked.links = []
        return LookUp(linked, standing_of(linked.links, reader, now), lookalike)
    except (ErpUnavailable, ErpRefused, ErpIncomplete) as error:
        return LookUp(failure=str(error), away=error if isinstance(error, ErpUnavailable) else None)


def _imitates(mail: ParsedMail, strangers: list[Record], reader: ErpReader) -> bool:
    """The mail names a record of somebody whose domain or name the sender's domain resembles, and is not on file for them."""
    owners = reader.customers(sorted({stranger.id for stranger in strangers})) if strangers else []
    domain = mail.sender.rpartition("@")[2]
    known = [company_domain(owner.email or "") or "" for owner in owners]
    return any(is_lookalike(domain, one) for one in known) or any(bears_name(domain, one.name) for one in strangers)


def _imitates_us(mail: ParsedMail) -> bool:
    """The sender's domain resembles the one that the mail was sent to, and is another."""
    domain = _domain(mail.sender)
    return any(is_lookalike(domain, _domain(one)) for one in mail.to if _domain(one) != domain)


def _from_us(mail: ParsedMail) -> bool:
    return _domain(mail.sender) in {_domain(one) for one in mail.to}


def _pretends_to_be_us(mail: ParsedMail, trust: Trust) -> bool:
    return _from_us(mail) and trust is not Trust.ALIGNED


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _impersonates(trust: Trust, own_authserv: str | None, linked: Linked) -> bool:
    """From names a partner, and our mail server, which vouches for senders, does not vouch for this one."""
    return trust is Trust.FAIL or (own_authserv is not None and trust is not Trust.ALIGNED and linked.sender is not None)


def _doubts(mail: ParsedMail, understood: _Understood, verdict: Verdict, flags: frozenset[str], known: LookUp) -> list[str]:
    """Why a person should look, in words; empty when triage is content."""
    trust, suspicious = understood.trust, understood.suspicious(flags)
    noise = understood.verdict.mail_class is MailClass.AUTOMATED_NOISE
    doubts = {
        "the class is uncertain": verdict.mail_class is MailClass.OTHER or verdict.confidence < SURE,
        f"the links could not be looked up: {known.failure}": bool(known.failure),
        f"not in the ERP: {', '.join(known.linked.unknown[:5])}": bool(known.linked.unknown) and not noise,
        "a record must be chosen": bool(known.linked.candidates) and not known.linked.links and not noise,
        "our mail server says the sender is forged": trust is Trust.FAIL,
        "it claims to come from one of us, and our mail server does not say so": _pretends_to_be_us(mail, trust),
        f"suspicious: {', '.join(sorted(suspicious))}": bool(suspicious),
        f"not everything could be read: {', '.join(mail.problems)}": bool(mail.problems),
    }
    return [words for words, applies in doubts.items() if applies]


def _closed(mail: ParsedMail, understood: _Understood) -> list[str]:
    """Files that could not be read, where the mail's own text does not say what it is and about which number."""
    reading, verdict, references = understood.reading, understood.verdict, understood.references
    said = reading.old if reading.forwarded else reading.new
    enough = len(re.findall(r"\w{2,}", said)) >= FEW_WORDS and any(not one.file for one in references)
    if verdict.mail_class is MailClass.AUTOMATED_NOISE or (enough and verdict.confidence >= SURE):
        return []
    return [f"its {file.kind or 'file'} {file.name[:80]} {file.trouble}" for file in mail.attachments if file.trouble][:5]
