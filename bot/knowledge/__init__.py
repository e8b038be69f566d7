"""What the bot knows: intents, entries, lexicon, documents; read from YAML, with line numbers."""

from bot.knowledge.values import (
    SMALLTALK,
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
    shipped,
)

__all__ = [
    "SMALLTALK", "Document", "Entity", "Entry", "Intent", "KnowledgeBase", "Lexicon", "Place", "Review", "Source",
    "Topic", "shipped",
]  # fmt: skip
