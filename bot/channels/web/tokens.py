"""What a conversation remembers, as a token that only this service can write and that wears out."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from itsdangerous import BadData, URLSafeTimedSerializer

from bot.dialogue import Context

FRESH_FOR = 24 * 60 * 60  # seconds; as long as a flag of safety has to hold
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
        self._serializer = URLSafeTimedSerializer(secret, salt=PURPOSE)
        self._fresh_for = fresh_for

    def seal(self, conversation: Conversation) -> str:
        """A conversation as a token."""
        token = self._serializer.dumps([conversation.id, conversation.context.to_dict()])
        return token if isinstance(token, str) else token.decode()

    def open(self, token: object) -> Conversation | None:
        """The conversation in a token; None where it is no token of ours, too old, or of another version."""
        if not isinstance(token, str):
            return None
        try:
            name, values = self._serializer.loads(token, max_age=self._fresh_for)
        except (BadData, ValueError):  # ValueError: characters that no token has
            return None
        context = Context.from_dict(values)
        return Conversation(context, name) if context.to_dict() == values else None
