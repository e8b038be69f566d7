"""What the bot knows: intents, entries, lexicon, documents; read from YAML, with line numbers."""

from bot.knowledge.read import load
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
    "Document", "Entity", "Entry", "Intent", "KnowledgeBase", "Lexicon", "Place", "Review", "Source", "Topic", "load",
]  # fmt: skip
