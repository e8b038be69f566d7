"""How people word alarms, and what only sounds like one: phrasings that are counted, not matched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bot.knowledge.source import Fields

ALARM_PHRASINGS, REFUSAL_PHRASINGS = "alarm_phrasings.yaml", "refusal_phrasings.yaml"


class Examples(NamedTuple):
    """Messages by the category that they belong to, and messages that belong to none."""

    phrasings: Mapping[str, tuple[str, ...]]
    harmless: tuple[str, ...]


def read_examples(files: Iterable[Fields], categories: tuple[str, ...]) -> Examples:
    """The phrasings of every file; what is wrong is reported."""
    phrasings: dict[str, tuple[str, ...]] = {}
    harmless: list[str] = []
    for file in files:
        found = file.child("phrasings")
        for name in found.names() if found else ():
            texts = tuple(text for text, _ in found.texts(name)) if found else ()
            if name not in categories and found:
                found.problem(f"{name!r} is no category: use {', '.join(categories)}", found.line_of(name))
            phrasings[name] = phrasings.get(name, ()) + texts
        harmless.extend(text for text, _ in file.texts("harmless"))
        if found:
            found.finish()
        file.finish()
    return Examples(phrasings, tuple(harmless))
