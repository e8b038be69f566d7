"""faqbot: an FAQ bot that answers only what its owners wrote.

>>> from bot import Bot
>>> bot = Bot.load()
>>> bot.reply("is ketamine an opioid?").parts[0].intent
'ketamine_is_opioid'
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.decision import Alarmed, Answered, Asked, Declined
    from bot.dialogue import Context
    from bot.engine import Bot
    from bot.explanation import Explanation
    from bot.knowledge import KnowledgeBase
    from bot.matching import Match
    from bot.reply import Reply

__all__ = [
    "Alarmed", "Answered", "Asked", "Bot", "Context", "Declined", "Explanation", "KnowledgeBase", "Match", "Reply",
]  # fmt: skip

# Read on first use (PEP 562), so that a command which needs no engine does not pay for one.
_HOMES = {
    "Alarmed": "decision",
    "Answered": "decision",
    "Asked": "decision",
    "Bot": "engine",
    "Context": "dialogue",
    "Declined": "decision",
    "Explanation": "explanation",
    "KnowledgeBase": "knowledge",
    "Match": "matching",
    "Reply": "reply",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
