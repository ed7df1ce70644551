"""The mails of the inbox's benchmark are what it says they are."""

import random

from agent.domain.mailbox import fingerprint
from evals.inbox.letters import STOLEN_EVERY, again, letters
from evals.inbox.malformed import SAMPLES, malformed
from integrations.email import parse_mail

LETTERS = letters(2 * STOLEN_EVERY + 1, random.Random(7))


def test_no_two_letters_are_the_same_mail_also_where_they_have_the_same_id() -> None:
    read = [parse_mail(letter) for letter in LETTERS]
    assert len({fingerprint(mail) for mail in read}) == len(LETTERS)
    assert len({mail.message_id for mail in read}) == len(LETTERS) - 2


def test_delivered_again_a_letter_is_the_same_mail_in_other_bytes() -> None:
    for letter in LETTERS[:20]:
        assert again(letter) != letter
        assert fingerprint(parse_mail(again(letter))) == fingerprint(parse_mail(letter))


def test_the_same_dice_damage_mails_in_the_same_way() -> None:
    first, second = (list(malformed(len(SAMPLES) + 30, random.Random(7))) for _ in range(2))
    assert first == second
    assert len(set(first)) > len(SAMPLES) + 20
