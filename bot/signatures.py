"""Signed messages between machines: HMAC-SHA-256 over the time and the body."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

TIMESTAMP, SIGNATURE = "x-faqbot-timestamp", "x-faqbot-signature"
FRESH_FOR = 5 * 60  # seconds by which the clocks of sender and receiver may differ; what is older is a replay
SCHEME = "sha256="


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of a body that is sent at a time (whole seconds since 1970, as text)."""
    digest = hmac.new(secret.encode(), timestamp.encode("utf-8", "replace") + b"." + body, hashlib.sha256)
    return SCHEME + digest.hexdigest()


def signed(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether a body was signed with the secret, and not long ago. `headers` by names in lower case.

    How long it takes says nothing about the signature.
    """
    timestamp, given = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
    right = hmac.compare_digest(signature(secret, timestamp, body).encode(), given.encode("utf-8", "replace"))
    fresh = timestamp.isascii() and timestamp.isdecimal() and abs(now - int(timestamp[:20])) <= FRESH_FOR
    return bool(secret) and right and fresh
