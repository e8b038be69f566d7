"""Which questions a person may be about to type."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz

from bot.text import words

SHOWN = 6  # as many as fit below the prompt of a small window
LEAST_TYPED = 2  # letters; before that everything begins like it
ALIKE = 75  # least likeness, 0 to 100, of the typed words to the words of a title


def suggestions(typed: str, titles: Sequence[str], commands: Sequence[str]) -> list[str]:
    """The titles that hold the typed words or their beginnings, misspelt or not, best first; or the commands."""
    typed = typed.strip()
    if typed.startswith("/"):
        return [f"/{name}" for name in commands if f"/{name}".startswith(typed.lower())]
    begun = words(typed)
    if len(typed) < LEAST_TYPED or not begun:
        return []
    scored = ((_likeness(begun, words(title)), -at, title) for at, title in enumerate(titles))
    best = sorted((found for found in scored if found[0] >= ALIKE), reverse=True)
    return [title for _, _, title in best[:SHOWN]]


def _likeness(begun: Sequence[str], title: Sequence[str]) -> float:
    """How like the typed words are to the beginnings of a title's words, 0 to 100."""
    return sum(max((fuzz.ratio(word, other[: len(word)]) for other in title), default=0.0) for word in begun) / len(
        begun
    )
