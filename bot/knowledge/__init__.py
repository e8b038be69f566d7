"""What the bot knows: intents, entries, lexicon, documents; read from YAML, with line numbers."""

from bot.knowledge.read import read, shipped
from bot.knowledge.values import (
    Document,
    Entity,
    Entry,
    Intent,
    KnowledgeBase,
    Lexicon,
    Place,
    Review,
    Source,
    Topic,
)

__all__ = [
    "Document", "Entity", "Entry", "Intent", "KnowledgeBase", "Lexicon", "Place", "Review", "Source", "Topic",
    "read", "shipped",
]  # fmt: skip
