"""Whom our own mail server vouched for."""

import pytest

from agent.domain.mail import Trust
from agent.domain.mailbox import NAMELESS
from agent.triage.trust import trust_in
from tests.unit.triage.mails import OWN_SERVER, mail

SENDER = "ann@partner.example"


@pytest.mark.parametrize(
    ("results", "trust"),
    [
        ("mx.harbourvale.example; dmarc=pass header.from=partner.example", Trust.ALIGNED),
        ("MX.HarbourVale.example 1; dmarc=pass (p=reject) header.from=partner.example; spf=pass", Trust.ALIGNED),
        ("mx.harbourvale.example; dkim=pass header.d=partner.example", Trust.ALIGNED),
        ("mx.harbourvale.example; dkim=pass header.i=@partner.example", Trust.ALIGNED),
        ("mx.harbourvale.example; dmarc=pass header.from=other.example", Trust.UNALIGNED),
        ("mx.harbourvale.example; dkim=pass header.d=mailer.example; spf=pass", Trust.UNALIGNED),
        ("mx.harbourvale.example; dkim=pass header.d=evilpartner.example", Trust.UNALIGNED),
        ("mx.harbourvale.example; spf=pass smtp.mailfrom=partner.example", Trust.UNALIGNED),
        ("mx.harbourvale.example; dmarc=fail header.from=partner.example; dkim=pass header.d=partner.example", Trust.FAIL),
        ("mx.harbourvale.example; none", Trust.UNKNOWN),
        ("mx.harbourvale.example (dmarc=pass header.from=partner.example)", Trust.UNKNOWN),
        ("mx.attacker.example; dmarc=pass header.from=partner.example", Trust.UNKNOWN),
        ("", Trust.UNKNOWN),
        ("garbage === ;;; \"", Trust.UNKNOWN),
    ],
)  # fmt: skip
def test_the_ruling_on_a_header(results: str, trust: Trust) -> None:
    assert trust_in(mail(**{"from": SENDER, "headers": {"Authentication-Results": results}}), OWN_SERVER) is trust


@pytest.mark.parametrize(
    ("results", "trust"),
    [
        (
            "spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=partner.example; dkim=pass (signature was verified) "
            "header.d=partner.example;dmarc=pass action=none header.from=partner.example;compauth=pass reason=100",
            Trust.ALIGNED,
        ),
        ("dmarc=pass action=none header.from=other.example;compauth=pass reason=100", Trust.UNALIGNED),
        ("dmarc=bestguesspass action=none header.from=partner.example;compauth=pass reason=109", Trust.UNALIGNED),
        ("dmarc=none action=none header.from=partner.example;compauth=softpass reason=201", Trust.UNKNOWN),
        ("dmarc=pass action=none header.from=partner.example;compauth=fail reason=001", Trust.FAIL),
        ("spf=pass smtp.mailfrom=partner.example; dmarc=pass header.from=partner.example", Trust.UNKNOWN),
        ("mx.attacker.example; dmarc=pass header.from=partner.example; compauth=pass reason=100", Trust.UNKNOWN),
        ("", Trust.UNKNOWN),
    ],
)
def test_a_server_without_a_name_has_to_have_passed_the_mail_as_a_whole_too(results: str, trust: Trust) -> None:
    assert trust_in(mail(**{"from": SENDER, "headers": {"Authentication-Results": results}}), NAMELESS) is trust


def test_only_the_topmost_field_counts() -> None:
    ours = f"{OWN_SERVER}; dmarc=pass header.from=partner.example"
    below = mail(
        **{"from": SENDER, "headers": {"Authentication-Results": "mx.attacker.example; dmarc=pass header.from=partner.example"}}
    )
    stacked = type(below)(
        **{name: getattr(below, name) for name in below.__dataclass_fields__}
        | {"headers": (*below.headers, ("Authentication-Results", ours))}
    )
    assert trust_in(stacked, OWN_SERVER) is Trust.UNKNOWN


def test_without_the_name_of_our_server_nobody_is_believed() -> None:
    believed = mail(**{"from": SENDER, "proven": True})
    assert trust_in(believed, None) is Trust.UNKNOWN
    assert trust_in(believed, OWN_SERVER) is Trust.ALIGNED
