"""A language model as one more judge: whom it is asked about, and what its word is worth beside rules and examples.

Its word moves how sure triage is, and nothing else by itself. It confirms what rules and examples take a mail for; against
them it makes triage less sure, so that a person looks. Sure triage is only ever of the class that they came to.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from agent.domain.mail import SURE, MailClass, Opinion, ParsedMail
from agent.errors import ModelUnavailable
from agent.ports.mail_judge import ModelJudge
from agent.triage.automatic import AUTO_REPLY, REPORT
from agent.triage.classification import MOST_ALTERNATIVES, PERHAPS, Verdict
from agent.triage.showing import shown_of

#: By how much the odds of a class grow or shrink at most by the word of a model, one that is entirely sure.
WEIGHT = 6.0
#: A model that names the class as its second thought is half against it.
SECOND = 0.5
#: However many agree.
SUREST = 0.99
#: As sure as triage can be of a class that only a model came to.
MOST_ALONE = SURE - 0.01


def opinion_of(mail: ParsedMail, verdict: Verdict, signs: Collection[str], model: ModelJudge, *, suspicious: bool) -> Opinion:
    """What the model says. A mail that may want to deceive is not shown to it: a person looks at that one in any case."""
    if suspicious:
        return Opinion(model.name, discounted="a suspicious mail is not shown to it")
    if verdict.mail_class is MailClass.AUTOMATED_NOISE and {REPORT, AUTO_REPLY} & set(signs):
        return Opinion(model.name, discounted="the headers say what it is")
    shown = shown_of(mail)
    if not shown.whole().strip():
        return Opinion(model.name, discounted="nothing in it can be shown")
    try:
        return model.opinion(shown)
    except ModelUnavailable as away:
        return Opinion(model.name, discounted=str(away).rstrip("."))


def consulted(verdict: Verdict, opinion: Opinion | None) -> Verdict:
    """The verdict of rules and examples with the model's opinion weighed in.

    It is sure (`SURE`) of no other class than before: of that one surer where the model agrees, less sure where it does not.
    """
    if opinion is None:
        return verdict
    if opinion.discounted or opinion.mail_class is None:
        return _saying(verdict, f"read without the language model ({opinion.discounted or 'it named no class'})")
    agrees = opinion.mail_class is verdict.mail_class
    said = "so too" if agrees else opinion.mail_class.replace("_", " ")
    shares = _agreed(verdict, opinion) if agrees else _disputed(verdict, opinion.mail_class, opinion)
    return _saying(_likelier(verdict, opinion.mail_class, shares), f"the language model says {said}")


def _agreed(verdict: Verdict, opinion: Opinion) -> dict[MailClass, float]:
    """The others share what is left, as they shared it before."""
    before = verdict.confidence
    share = max(before, min(_moved(before, opinion.confidence), SUREST))
    left = (1 - share) / (1 - before) if before < 1 else 0.0
    return {**{kind: value * left for kind, value in verdict.alternatives}, verdict.mail_class: share}


def _disputed(verdict: Verdict, other: MailClass, opinion: Opinion) -> dict[MailClass, float]:
    """What the one class loses, the other gains."""
    against = opinion.confidence * (SECOND if opinion.also is verdict.mail_class else 1.0)
    share, shares = _moved(verdict.confidence, -against), dict(verdict.alternatives)
    return {**shares, verdict.mail_class: share, other: shares.get(other, 0.0) + verdict.confidence - share}


def _likelier(verdict: Verdict, other: MailClass, shares: Mapping[MailClass, float]) -> Verdict:
    """Of the class before and the model's the likelier one, which a person sees first; the model's alone is never sure."""
    ranked = sorted(shares.items(), key=lambda pair: (-pair[1], pair[0]))
    perhaps = tuple((kind, round(value, 2)) for kind, value in ranked[:MOST_ALTERNATIVES] if value >= PERHAPS)
    if shares[other] <= shares[verdict.mail_class]:
        return replace(verdict, confidence=round(shares[verdict.mail_class], 2), alternatives=perhaps)
    intents = (other, *(kind for kind in verdict.intents if kind not in (other, MailClass.OTHER)))
    sure = round(min(shares[other], MOST_ALONE), 2)
    return replace(verdict, mail_class=other, intents=intents, confidence=sure, alternatives=perhaps)


def _saying(verdict: Verdict, words: str) -> Verdict:
    return replace(verdict, reason=f"{verdict.reason}; {words}")


def _moved(share: float, by: float) -> float:
    """A share whose odds are `WEIGHT` to the power of `by`, -1 to 1, times as high."""
    odds: float = share * WEIGHT**by
    return odds / (odds + 1 - share)
