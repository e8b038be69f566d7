"""What a conversation remembers, as a token that only this service can write and that wears out."""

from __future__ import annotations

import json
import secrets
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from typing import Any, NamedTuple

from itsdangerous import BadSignature, TimestampSigner

from bot.dialogue import Context
from bot.record import FLAGGED_FOR

FRESH_FOR = int(FLAGGED_FOR.total_seconds())  # a token holds the flag of an alarm
KEPT = 1000  # contexts that are kept packed: those after a first question come again and again
PURPOSE = "faqbot context"  # so that what the secret signs elsewhere is no context


class Conversation(NamedTuple):
    """What a conversation remembers, and its random id."""

    context: Context
    id: str


def begun(context: Context) -> Conversation:
    """A conversation that begins."""
    return Conversation(context, secrets.token_hex(16))


class Tokens:
    """Turns conversations into tokens and back. Whoever has the same secret reads the same tokens."""

    def __init__(self, secret: str, fresh_for: int = FRESH_FOR) -> None:
        """`fresh_for`: seconds after which a token counts for nothing."""
        self._signer = TimestampSigner(secret, salt=PURPOSE)
        self._fresh_for = fresh_for

    def seal(self, conversation: Conversation) -> str:
        """A conversation as a token."""
        return self._signer.sign(f"{conversation.id}.{_packed(conversation.context)}").decode()

    def open(self, token: object) -> Conversation | None:
        """The conversation in a token; None where it is no token of ours, too old, or of another version."""
        if not isinstance(token, str):
            return None
        try:
            signed = self._signer.unsign(token, max_age=self._fresh_for).decode()
        except (BadSignature, ValueError):  # ValueError: characters that no token has
            return None
        name, _, packed = signed.partition(".")
        values = _unpacked(packed)
        context = Context.from_dict(values)
        return Conversation(context, name) if context.to_dict() == values else None


@lru_cache(KEPT)
def _packed(context: Context) -> str:
    return urlsafe_b64encode(zlib.compress(json.dumps(context.to_dict()).encode())).decode()


def _unpacked(packed: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(zlib.decompress(urlsafe_b64decode(packed)))
    return values
