"""Patterns of words: how the rules of safety are written down."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from bot.text import stem, words

MOST_PHRASES = 20_000  # phrases in one element; a list inside a phrase multiplies, and this is a slip of the pen
NUMBER = "#"  # the key of every token of digits
ELEMENT = re.compile(r"\{([a-z0-9_]+)\}|\(([^()]*)\)|([^\s(){}|]+)")
INSIDE = re.compile(r"\{([a-z0-9_]+)\}|([^\s(){}|]+)")
# A verb and its "not" are one word here, so that "can't", "can not" and "cnt" stand in one place.
NEGATED = frozenset(
    "can could do does did is are was were am will would should have has had must might need".split()
)

Phrase = tuple[str, ...]  # keys of neighbouring words: "~stem", "=word" for a word as it stands, or NUMBER


class PatternError(ValueError):
    """A pattern cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Elements that a message must hold near each other; each is a set of phrases, any one of which will do."""

    text: str
    elements: tuple[frozenset[Phrase], ...]


def atoms(tokens: Sequence[str]) -> tuple[str, ...]:
    """The tokens with "can not" and its like drawn together.

    >>> atoms(words("I can't go"))
    ('i', 'cannot', 'go')
    """
    merged: list[str] = []
    for token in tokens:
        if token == "not" and merged and merged[-1] in NEGATED:
            merged[-1] += "not"
        else:
            merged.append(token)
    return tuple(merged)


def keys(word: str) -> tuple[str, ...]:
    """The keys that a word of a message answers to."""
    if word.isdecimal():
        return (f"={word}", NUMBER)
    return (f"={word}", f"~{stem(word)}")


class Grammar:
    """Reads patterns with the help of shared lists of words."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        """`lists`: names with phrases, which may hold other lists in braces."""
        self._lists = lists
        self._expanded: dict[str, frozenset[Phrase]] = {}

    def pattern(self, text: str) -> Pattern:
        """The pattern written as `text`; raises PatternError."""
        if ELEMENT.sub("", text).strip():
            raise PatternError(f"{text!r} has a bracket or a bar too many: write {{list}}, (one|other) or plain words")
        elements = []
        for name, group, word in ELEMENT.findall(text):
            if name:
                elements.append(self.list(name))
            else:
                elements.append(frozenset(self._alternatives(group or word, ())))
        if not elements or not all(elements):
            raise PatternError(f"{text!r} has an element without words")
        return Pattern(text, tuple(elements))

    def list(self, name: str, inside: tuple[str, ...] = ()) -> frozenset[Phrase]:
        """Every phrase of a shared list; raises PatternError where it is unknown or holds itself."""
        if name == "number":
            return frozenset({(NUMBER,)})
        if name in inside:
            raise PatternError(f"the list {name!r} holds itself: {' > '.join((*inside, name))}")
        if name not in self._lists:
            raise PatternError(f"there is no list {name!r}")
        if name not in self._expanded:
            found = frozenset(
                phrase for entry in self._lists[name] for phrase in self._alternatives(entry, (*inside, name))
            )
            self._expanded[name] = found
        return self._expanded[name]

    def _alternatives(self, text: str, inside: tuple[str, ...]) -> Iterator[Phrase]:
        for alternative in text.split("|"):
            parts: list[frozenset[Phrase]] = []
            literal: list[str] = []
            for name, word in INSIDE.findall(alternative):
                if name:
                    parts.extend(_literal(literal))
                    literal = []
                    parts.append(self.list(name, inside))
                else:
                    literal.append(word)
            parts.extend(_literal(literal))
            size = 1
            for part in parts:
                size *= len(part)
            if size > MOST_PHRASES:
                raise PatternError(f"{text!r} stands for more than {MOST_PHRASES} phrases: put a gap between its lists")
            for combined in product(*parts) if parts else ():
                yield tuple(key for phrase in combined for key in phrase)


def _literal(typed: Sequence[str]) -> Iterator[frozenset[Phrase]]:
    """The phrase of plain words, if there are any; `=word` asks for the word itself, not its stem."""
    if not typed:
        return
    exact = {atom for word in typed if word.startswith("=") for atom in atoms(words(word[1:]))}
    spoken = atoms(words(" ".join(word.lstrip("=") for word in typed)))
    yield frozenset({tuple(f"={word}" if word in exact else _key(word) for word in spoken)})


def _key(word: str) -> str:
    return f"={word}" if word.isdecimal() else f"~{stem(word)}"


def vocabulary(lists: Mapping[str, Sequence[str]], texts: Sequence[str]) -> frozenset[str]:
    """Every plain word that stands in lists and patterns."""
    entries = [entry for phrases in lists.values() for entry in phrases] + list(texts)
    plain = (re.sub(r"\{[a-z0-9_]+\}|[()|=]", " ", entry) for entry in entries)
    return frozenset(word for entry in plain for word in atoms(words(entry)) if word.isalpha())


def read_patterns(
    grammar: Grammar, texts: Sequence[tuple[str, int]], report: Callable[[str, int], None]
) -> tuple[Pattern, ...]:
    """The patterns of a list with lines; what is wrong is reported with its line."""
    found = []
    for text, line in texts:
        try:
            found.append(grammar.pattern(text))
        except PatternError as error:
            report(str(error), line)
    return tuple(found)
