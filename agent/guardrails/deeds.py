"""Claims that something was decided or done. Only a proposal's state, as read from the database, can support one."""

import re
from collections.abc import Mapping

_APPROVING = {"approved", "granted", "authorised", "authorized", "signed off", "accepted"}
_REJECTING = {"rejected", "declined", "refused"}
_DOING = {
    "executed", "applied", "changed", "updated", "moved", "postponed", "rescheduled", "posted", "added", "written", "saved",
    "sent", "emailed", "e-mailed", "notified", "informed", "cancelled", "canceled", "deleted", "removed", "carried out",
    "took effect", "taken effect", "in effect", "into effect", "committed", "pushed through", "gone live", "released", "done",
    "completed", "modified", "edited",
}  # fmt: skip
_APPROVED_STATES = {"granted", "executing", "done", "failed", "refused_stale", "uncertain"}

_DEED = re.compile(rf"\b(?P<deed>{'|'.join(sorted(_APPROVING | _REJECTING | _DOING, key=len, reverse=True))})\b", re.I)
_LABEL = re.compile(r"\bP\d+\b")
#: Before the deed, without a comma between: it is said to be open, wished, conditional or denied.
_OPEN_WORDS = (
    "must|needs?|should|shall|can|could|may|might|will|would|to be|be|being|get|not|never|no|nobody|nothing|none|neither|without|"
    "yet|until|unless|once|if|when|before|after|whether|waits?|waiting|pending|cannot|who"
)
_NOT_SAID_AS_DONE = re.compile(rf"(?:\b(?:{_OPEN_WORDS})\b(?:\s+[\w'’-]+){{0,4}}|n['’]t\b(?:\s+[\w'’-]+){{0,3}})\s*$", re.I)
_ATTRIBUTE = re.compile(r"\b(?:the|an?|any|each|every|this|that|its|their|your|of|for)\s+(?:\w+ly\s+)?$", re.I)
_OWN = re.compile(
    r"\b(?:I|we)(?:['’]ve|\s+have|\s+had)?(?:\s+(?:just|already|now|also|successfully|hereby))*\s+"
    r"(?P<verb>[a-z-]+ed|wrote|made|put|set|sent|did|took|gave|told|got|wrote|written|done)\b",
    re.I,
)
_HARMLESS = {
    "checked", "looked", "searched", "listed", "proposed", "prepared", "drafted", "compared", "reviewed", "asked", "based",
    "need", "proceed", "included", "sorted", "ranked", "consulted", "queried", "needed", "wanted", "retrieved", "examined",
    "analysed", "analyzed", "identified", "used", "noticed", "limited", "counted", "tried", "suggested", "submitted",
    "requested", "mentioned", "stopped", "received", "promised", "expected",
}  # fmt: skip


#: Said of a proposal, these say no more than that it was handed in.
_HANDING_IN = {"created", "made", "raised", "filed", "opened", "recorded", "entered", "logged", "registered", "put", "set"}


def unsupported_deeds(sentence: str, states: Mapping[str, str], told: str) -> list[str]:
    """The claims in the sentence that neither the states (`P12` → `done`) nor the words of the records (`told`) support."""
    found = [match for match in _DEED.finditer(sentence) if _said_as_done(sentence, match)]
    deeds = [match["deed"] for match in found if not (_backed(sentence, match["deed"], states) or _quoted(sentence, match, told))]
    harmless = _HARMLESS | _HANDING_IN if re.search(r"\bproposal\b", sentence, re.I) else _HARMLESS
    own = [match.group() for match in _OWN.finditer(sentence) if match["verb"].lower() not in harmless]
    return [*deeds, *(claim for claim in own if not any(deed.lower() in claim.lower() for deed in deeds))]


def _said_as_done(sentence: str, match: re.Match[str]) -> bool:
    before = re.split(r"[,;:.!?()\n]", sentence[: match.start()])[-1]
    if _NOT_SAID_AS_DONE.search(before):
        return False
    return not (_ATTRIBUTE.search(before) and re.match(r"\s+\w", sentence[match.end() :]))


def _backed(sentence: str, deed: str, states: Mapping[str, str]) -> bool:
    """Every proposal named in the sentence is in a state that says so; a sentence that names none proves nothing."""
    labels = set(_LABEL.findall(sentence))
    deed = deed.lower()
    wanted = _APPROVED_STATES if deed in _APPROVING else {"rejected"} if deed in _REJECTING else {"done"}
    return bool(labels) and all(states.get(label) in wanted for label in labels)


def _quoted(sentence: str, match: re.Match[str], told: str) -> bool:
    """The deed stands with the same words around it in what a record or document says."""
    before, after = sentence[: match.start()].split()[-1:], sentence[match.end() :].split()[:2]
    phrase = " ".join(word.strip("*_`.,;:!?").casefold() for word in (*before, match["deed"], *after))
    return bool(before) and phrase in told
