from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.signatures import FRESH_FOR, SIGNATURE, TIMESTAMP, signature, signed

SECRET, NOW, BODY = "a secret of the tests", 1_800_000_000.0, b'{"ticket": 7}'


def headers(at: float = NOW, body: bytes = BODY, secret: str = SECRET) -> dict[str, str]:
    stamp = str(int(at))
    return {TIMESTAMP: stamp, SIGNATURE: signature(secret, stamp, body)}


def test_a_signature_is_that_of_the_time_a_dot_and_the_body() -> None:
    digest = hmac.new(SECRET.encode(), b"17." + BODY, hashlib.sha256).hexdigest()

    assert signature(SECRET, "17", BODY) == f"sha256={digest}"


@pytest.mark.parametrize("late", [0, FRESH_FOR, -FRESH_FOR])
def test_what_is_signed_and_fresh_is_taken(late: float) -> None:
    assert signed(SECRET, headers(NOW - late), BODY, NOW)


@pytest.mark.parametrize("late", [FRESH_FOR + 1, -FRESH_FOR - 1, NOW])
def test_what_is_old_or_ahead_is_a_replay(late: float) -> None:
    assert not signed(SECRET, headers(NOW - late), BODY, NOW)


def test_another_body_secret_or_time_is_refused() -> None:
    assert not signed(SECRET, headers(), BODY + b" ", NOW)
    assert not signed("another secret", headers(), BODY, NOW)
    assert not signed(SECRET, headers() | {TIMESTAMP: str(int(NOW) + 1)}, BODY, NOW)
    assert not signed(SECRET, {}, BODY, NOW)


def test_without_a_secret_nothing_is_taken() -> None:
    assert not signed("", headers(secret=""), BODY, NOW)


@given(st.text(), st.text(), st.binary())
def test_rubbish_is_refused_without_an_error(stamp: str, given_signature: str, body: bytes) -> None:
    assert not signed(SECRET, {TIMESTAMP: stamp, SIGNATURE: given_signature}, body, NOW)
