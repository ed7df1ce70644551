"""The language of a mail, by its most common small words."""

import re
from collections import Counter

_WORDS = {
    "en": (
        "the and to of is are was for with you your we our this that have has please on not be will from it as by can "
        "thanks regards hi hello dear order delivery when where been any would could which they there i my"
    ),
    "de": (
        "der die das und ist nicht mit wir sie ihr ihre ihrer ihren unsere unser fur von zu den dem ein eine einen auf "
        "bitte haben wird wurde bei noch im am an sind dass hallo danke guten tag grusse grussen sehr geehrte herren "
        "bis aus oder als kann ich uns zur zum ihnen heute morgen folgende wurden gruss mfg kw stuck"
    ),
    "fr": (
        "le la les des et est de du un une pour avec nous vous votre vos notre nos que qui dans sur pas ne au aux ce "
        "cette sont bonjour merci cordialement ete avons etre par il elle je madame monsieur ont avez d l"
    ),
    "nl": (
        "de het een en van is niet met wij we u uw ons onze voor op te dat zijn bij nog aan er wordt hebben graag "
        "geachte beste groet groeten dank kunt naar om als heeft deze dit ook maar of zal vriendelijke ik jullie "
        "bedankt werd worden kunnen over"
    ),
    "es": (
        "el la los las de y que es en un una para con por su sus nuestro nuestra no se del al lo hola gracias saludos "
        "estimado estimados hemos ha han le les esta este cuando como pedido favor buenos dias mas nos sobre"
    ),
    "it": (
        "il lo la gli le di e che un una per con non del della dei nostro vostro siamo abbiamo grazie saluti buongiorno "
        "sono ordine alla nel questo gentile stato"
    ),
    "pt": (
        "o os as de e que um uma para com nao por seu sua nosso nossa do da dos das obrigado bom dia foi sao encomenda "
        "ao no na em temos"
    ),
    "pl": ("i w na do z ze sie nie jest za prosze dzien dobry dziekuje oraz od zamowienie po dla mamy przez jak"),
}
_VOCABULARY = {language: frozenset(words.split()) for language, words in _WORDS.items()}
#: Languages we have cues and templates for.
SPOKEN = ("en", "de", "fr", "nl", "es")
UNKNOWN = "und"


def languages_of(folded: str) -> list[tuple[str, float]]:
    """Languages with their share of the small words, most likely first; empty when too little can be recognised."""
    words = Counter(re.findall(r"[a-z]+", folded))
    counts = {name: sum(words[word] for word in vocabulary) for name, vocabulary in _VOCABULARY.items()}
    total = sum(words.values())
    return sorted(
        ((name, count / total) for name, count in counts.items() if count >= 2 and count / total >= 0.05),
        key=lambda pair: -pair[1],
    )
