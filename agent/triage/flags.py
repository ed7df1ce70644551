"""What makes a mail suspicious. A flag calls a person; it never decides anything on its own."""

import re

from agent.domain.mail import BANK_CHANGE, ParsedMail
from agent.guardrails.untrusted_text import fold, instructions_in
from agent.triage.cues import GAP
from agent.triage.reading import Reading

INJECTION, HIDDEN, NO_ID = "injection_text", "hidden_text", "msgid_missing"
BANK_ACCOUNT = "bank_account"
LOOKALIKE, NO_SENDER, REPLY_ELSEWHERE, PHISHING = "lookalike_domain", "sender_unclear", "reply_to_differs", "phishing"
#: With one of these nothing is linked or drafted.
HOSTILE = frozenset({BANK_CHANGE, BANK_ACCOUNT, INJECTION, LOOKALIKE, PHISHING})

_ACCOUNT = (
    r"(bank(ing)? (account|details|information|data|coordinates)|(new|our|my|updated|different) (bank )?account"
    r"|iban|swift|sort code|payment details"
    r"|remittance (details|information)|account (number|details)|bankverbindung|kontoverbindung|bankdaten"
    r"|kontodaten|konto(nummer)?\b"
    r"|hausbank|banque|bankzaken|entidad bancaria"
    r"|coordonnees bancaires|compte bancaire|\brib\b|domiciliation bancaire|bankgegevens|bankrekening|rekeningnummer|rekening\b"
    r"|datos bancarios|cuenta bancaria|numero de cuenta|cuenta de (pago|cobro))"
)
_CHANGED = (
    r"(chang|updat|new\b|replac|switch|different|no longer|instead|with immediate effect|neue?[rsn]?\b|geander"
    r"|closed|frozen|dissolved|umstell|erlosch|geschlossen|ausschliesslich|desormais|voortaan|vanaf (nu|heden)"
    r"|ander(e|s)?\b|en adelante"
    r"|aender|ander(t|n|ung)|aktualisier|umgestellt"
    r"|wechsel|nouve|modifi|actualis|gewijzigd|wijzig|nieuw|aangepast|verander|nuev|cambi|modific|actualiz)"
)
#: Another bank, or somebody else's account.
_MOVED = (
    r"\b(moved|changed|switched|move|change)\b~\b(to (another|a new|a different) bank|banks)\b|\b(another|new|different) bank\b"
    r"|\b(changeons|change|changer) de banque|\bcambia(do|mos|r) de (banco|entidad)|\bbankieren (voortaan|nu|wij|we)"
    r"|\b(wechseln|wechselt)~\bbank|\bbank~\bgewechselt"
    r"|\b(pay|paying|payment|remit|transfer)\w*~\b(their|subsidiary'?s?|group'?s?|third party'?s?) account"
    r"|\b(pay|refund|credit|transfer|remit|send)\w*\b~\b(new|other|different) (bank )?(account|beneficiary)\b(?! manager)"
    r"|\b(zahl|uberweis|erstatt)\w*~\b(neues|anderes) konto\b|\b(vir|rembours|pay|regl)\w*~\b(nouveau|autre) compte\b"
    r"|\b(betaal|betal|overma|maak|stort)\w*~\b(nieuwe|andere) rekening\b|\b(pag|abon|transf|ingres)\w*~\b(nueva|otra) cuenta\b"
    r"|\bnew (beneficiary|payee)\b|\b(beneficiary|payee)~\bchang"
    r"|\b(cuenta|compte|rekening|konto)~\b(del grupo|de la filial|du groupe|de la filiale|van de groep|der tochter)"
)
_BANK = tuple(re.compile(pattern.replace("~", GAP)) for pattern in (rf"{_ACCOUNT}~{_CHANGED}", rf"{_CHANGED}~{_ACCOUNT}", _MOVED))
#: An account that is told in the mail, to be used for money.
_TOLD = re.compile(
    r"\b(use|using|account below|following account|right one|utilise[rz]?|utiliser|gebruik(en)?|verwenden|nutzen|usar|usen"
    r"|utilic\w+|ausschliesslich|ab sofort|from today|from now|a partir (de|d'aujourd'hui)|des maintenant|graag op"
    r"|abon(en|ar|ad))\b"
)
#: An account number; looked at only beside a request to pay and a word of change.
_IBAN = re.compile(r"\b[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){3,7}(?: ?[a-z0-9]{1,3})?\b")
_PAY = re.compile(
    r"\b(pay|payment|transfer|remit|wire|zahl|uberweis|pai(e|ement)|vir(er|ement)|betal|overma|overschrij|pag(o"
    r"|ar|uen|os)|transfer)"
)
#: A request for credentials; and a fee for a parcel to be paid behind a link.
_CREDENTIALS = re.compile(
    r"\b(verify|confirm|update|reset|validate|enter) your (\w+ )?(password|account|identity|mailbox|credentials|login)\b"
    r"|\b(mailbox|account|postfach|konto|boite|compte|postvak|buzon|cuenta)\b.{0,40}"
    r"\b(suspend|deactivat|disabled|gesperrt|deaktiviert|suspendu|desactive|geblokkeerd|gedeactiveerd|suspendid|bloquead)"
    r"|\b(passwor[dt]|mot de passe|wachtwoord|contrasena)\b.{0,60}"
    r"\b(expir|ablauf|lauft ab|verloopt|verlopen|caduc|bestatig|verifi)"
)
_FEE = re.compile(
    r"\b(pay|settle|bezahl\w*|zahlen|zahlung|begleichen|pa(ie|y)ez|regle[rz]|acquitter|betaal|betalen|voldoe|voldoen|pague|pagar|abon[ea])"
    r"\w*\b.{0,60}(\b(fees?|dut(y|ies)|gebuhr\w*|zollgebuhr\w*|frais|taxes?|kosten|tasas?|aranceles)\b|[€$]|\beur\b).{0,80}"
    r"(https?://|www\.)"
)
_OFTEN_HIDDEN = 2
#: Characters in which a file announces what it is about.
_LETTER = 6_000
#: An account that a person's mail tells us. Whether it is the one on file, only a person can say, whatever words stand around it.
_NAMED_ACCOUNT = re.compile(
    r"\b(?:ad|at|be|bg|ch|cy|cz|de|dk|ee|es|fi|fr|gb|gr|hr|hu|ie|is|it|li|lt|lu|lv|mc|mt|nl|no|pl|pt|ro|se|si|sk|sm|tr|ae|gi)"
    r"\d{2}(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,4})?\b"
    r"|\b\d{2}-\d{2}-\d{2}\b.{0,30}\b\d{8}\b"
)


def flags_of(mail: ParsedMail, reading: Reading) -> frozenset[str]:
    """Flags that the mail itself raises; the look-alike domain needs the ERP and is raised in linking."""
    hidden = fold(mail.hidden_text)
    raised = {
        BANK_CHANGE: changes_bank_details(f"{reading.subject}. {reading.new} . {hidden}")
        or (reading.forwarded and changes_bank_details(reading.old))
        or any(_announces_a_change(file.text) for file in mail.attachments),
        BANK_ACCOUNT: _NAMED_ACCOUNT.search(f"{reading.subject}. {reading.old if reading.forwarded else reading.new}")
        is not None,
        INJECTION: any(instructions_in(text) for text in (mail.subject, mail.text, mail.hidden_text, _names(mail)))
        or any(instructions_in(file.text) for file in mail.attachments),
        HIDDEN: len(re.findall(r"\w{2,}", hidden)) > _OFTEN_HIDDEN,
        PHISHING: any(pattern.search(f"{reading.subject}. {reading.new}") for pattern in (_CREDENTIALS, _FEE)),
        NO_ID: mail.message_id is None,
        NO_SENDER: not mail.sender,
        REPLY_ELSEWHERE: _replies_elsewhere(mail),
    }
    return frozenset(flag for flag, is_raised in raised.items() if is_raised)


def changes_bank_details(folded: str) -> bool:
    """Someone wants money sent to another account: the commonest fraud by mail."""
    if any(pattern.search(folded) for pattern in _BANK):
        return True
    told = re.search(_CHANGED, folded) or _TOLD.search(folded)
    return _IBAN.search(folded) is not None and (_PAY.search(folded) or _TOLD.search(folded)) is not None and told is not None


def _announces_a_change(text: str) -> bool:
    """A letter that is attached. An account alone says nothing there: every invoice names one."""
    folded = fold(text[:_LETTER]).replace("\n", " ").replace("\t", " ")
    return any(pattern.search(folded) for pattern in _BANK)


def _names(mail: ParsedMail) -> str:
    return "\n".join([mail.sender_name, *(attachment.name for attachment in mail.attachments)])


def _replies_elsewhere(mail: ParsedMail) -> bool:
    """Answers would go to another domain than the sender's."""
    wanted = next((value for name, value in mail.headers if name.lower() == "reply-to"), "").lower()
    domains = re.findall(r"@([a-z0-9.-]+)", wanted)
    own = mail.sender.rpartition("@")[2]
    return bool(own) and any(
        domain != own and not domain.endswith(f".{own}") and not own.endswith(f".{domain}") for domain in domains
    )
