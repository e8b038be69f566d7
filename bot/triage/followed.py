"""What became of a suggestion: whether the agent's next reply is like it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from bot.desks import Message, Ticket
from bot.knowledge import KnowledgeBase
from bot.mail import unquoted
from bot.triage import Row

ACCEPTED, EDITED, IGNORED = "accepted", "edited", "ignored"
SAME, ALIKE = 90.0, 60.0  # likeness, 0 to 100, from which on a reply is a suggestion, or was made from one
LEAST = 20  # characters of a reply that can be compared: "done." is like everything


def outcomes(kb: KnowledgeBase, ticket: Ticket, delivery: str, written: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """The keys of suggestions that an agent's public reply settles, each with what became of it."""
    message = next((one for one in ticket.messages if one.id == delivery), None)
    if message is None or message.author != "agent" or message.internal:
        return
    for row in written:
        before = message.time is None or row["time"] <= message.time
        if row["kind"] == "note" and row["outcome"] is None and before:
            yield row["key"], _outcome(kb, message, row["intents"])


def _outcome(kb: KnowledgeBase, message: Message, intents: Sequence[str]) -> str:
    said = unquoted(message.text)
    texts = [text for one in intents if one in kb.entries for text in (kb.entries[one].short, kb.entries[one].text)]
    best = max((_likeness(said, text) for text in texts), default=0.0)
    return ACCEPTED if best >= SAME else EDITED if best >= ALIKE else IGNORED


def _likeness(said: str, curated: str) -> float:
    """How like the reply is to a curated answer, wherever in the reply that stands (0 to 100)."""
    if len(said) < LEAST:
        return 0.0
    whole = fuzz.token_sort_ratio(said, curated)
    return max(whole, fuzz.partial_ratio(curated, said)) if len(said) >= len(curated) else whole
