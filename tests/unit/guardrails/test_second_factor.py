"""Codes as every authenticator app shows them."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.second_factor import Enrolment
from agent.guardrails.second_factor import code_at, counter_of, new_secret, provisioning_uri

#: RFC 6238, appendix B: the secret of the test vectors; of its eight digits an app shows the last six.
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
NOW = datetime(2026, 11, 27, 12, 0, 10, tzinfo=UTC)
COUNTER = int(NOW.timestamp()) // 30


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert counter_of(RFC_SECRET, code, datetime.fromtimestamp(seconds, UTC)) == seconds // 30


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_a_code_of_the_half_minute_before_and_after_counts(off: int) -> None:
    assert counter_of(RFC_SECRET, code_at(RFC_SECRET, COUNTER + off), NOW) == COUNTER + off


@pytest.mark.parametrize("off", [-2, 2])
def test_an_older_or_later_code_does_not(off: int) -> None:
    assert counter_of(RFC_SECRET, code_at(RFC_SECRET, COUNTER + off), NOW) is None


def test_how_digits_are_grouped_does_not_matter() -> None:
    code = code_at(RFC_SECRET, COUNTER)
    assert counter_of(RFC_SECRET, f" {code[:3]} {code[3:]} ", NOW) == COUNTER


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "٣٣٣٣٣٣", "123456\n7"])
def test_what_is_no_code_is_wrong(typed: str) -> None:
    assert counter_of(RFC_SECRET, typed, NOW) is None


@given(st.integers(min_value=0, max_value=10_000_000))
def test_a_code_is_good_at_most_a_minute_around_its_own_half_minute(later: int) -> None:
    seen = counter_of(RFC_SECRET, code_at(RFC_SECRET, COUNTER), NOW + timedelta(seconds=later))
    assert seen is None or abs(later) < 60 or seen != COUNTER


def test_every_secret_is_new_and_long_enough_and_its_address_is_what_apps_scan() -> None:
    first, second = new_secret(), new_secret()
    assert first != second
    assert len(base64.b32decode(first)) == 20
    uri = provisioning_uri(first, "maria")
    assert uri.startswith("otpauth://totp/Expediter:maria?")
    assert f"secret={first}" in uri


def test_an_enrolment_does_not_tell_its_secret_when_it_is_logged() -> None:
    assert "JBSW" not in repr(Enrolment("JBSWY3DP", "otpauth://totp/x?secret=JBSWY3DP"))
