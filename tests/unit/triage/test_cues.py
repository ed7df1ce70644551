"""What rules a cue out quickly never rules out one that is there."""

from agent.triage.collection import collected_mails
from agent.triage.cues import all_cues
from agent.triage.reading import read
from evals.mail.expected import expected
from integrations.email import parse_mail


def test_every_text_with_a_cue_has_its_sign() -> None:
    found = 0
    for mail in collected_mails():
        reading = read(parse_mail(expected(mail).raw()))
        text = reading.new
        for cue in all_cues():
            if cue.pattern.search(text):
                found += 1
                assert cue.sign in text, cue.pattern.pattern
    assert found > 100


def test_most_cues_have_a_sign() -> None:
    assert sum(bool(cue.sign) for cue in all_cues()) * 2 > len(all_cues())
