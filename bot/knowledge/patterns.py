"""Patterns of words: how the rules of safety are written down."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import NamedTuple

from bot.text import stem, words

MOST_PHRASES = 20_000  # phrases in one element; a list inside a phrase multiplies, and this is a slip of the pen
NUMBER = "#"  # the key of every number, in figures or as a word
NUMERALS = frozenset(  # less "one", which stands for so much else
    """two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred""".split()
)
ENDING = "*"  # before the letters that a word must end with
LIST = re.compile(r"\{[a-z0-9_]+\}|[()|=?]")
# A verb and its "not" are one word here, so that "can't", "can not" and "cnt" stand in one place.
NEGATED = frozenset("can could do does did is are was were am will would should have has had must might need".split())

Phrase = tuple[str, ...]  # keys of neighbouring words: "~stem", "=word" for a word as it stands, "*ending", or NUMBER


class PatternError(ValueError):
    """A pattern cannot be read; the text says why."""


class Pattern(NamedTuple):
    """Elements that a message must hold near each other; each is a set of phrases, any one of which will do."""

    text: str
    elements: tuple[frozenset[Phrase], ...]


def atoms(tokens: Sequence[str]) -> tuple[str, ...]:
    """The tokens with "can not" and its like drawn together.

    >>> atoms(words("I can't go"))
    ('i', 'cannot', 'go')
    """
    merged: list[str] = []
    for word in tokens:
        if word == "not" and merged and merged[-1] in NEGATED:
            merged[-1] += "not"
        else:
            merged.append(word)
    return tuple(merged)


def keys(word: str) -> tuple[str, ...]:
    """The keys that a word of a message answers to."""
    if word.isdecimal():
        return (f"={word}", NUMBER)
    return (f"={word}", f"~{stem(word)}", *((NUMBER,) if word in NUMERALS else ()))


class Grammar:
    """Reads patterns with the help of shared lists of words."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        """`lists`: names with phrases, which may hold other lists in braces and (one|other)."""
        self._lists = lists
        self._expanded: dict[str, frozenset[Phrase]] = {}

    def pattern(self, text: str) -> Pattern:
        """The pattern written as `text`; raises PatternError."""
        pieces = _pieces(text)
        elements = [frozenset(self._of(piece, ())) - {()} for piece, needed in pieces if needed]
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
            entries = (self._phrases(entry, (*inside, name)) for entry in self._lists[name])
            self._expanded[name] = frozenset(phrase for found in entries for phrase in found if phrase)
        return self._expanded[name]

    def _of(self, piece: str, inside: tuple[str, ...]) -> frozenset[Phrase]:
        """The phrases of one piece: a list, a choice, or a plain word."""
        if piece.startswith("{"):
            return self.list(piece[1:-1], inside)
        if piece.startswith("("):
            ways = _choices(piece[1:-1])
            return frozenset(phrase for way in ways for phrase in self._phrases(way, inside))
        return frozenset(_literal([piece]))

    def _phrases(self, text: str, inside: tuple[str, ...]) -> frozenset[Phrase]:
        """The phrases of neighbouring pieces; one with a question mark may be left out."""
        parts: list[frozenset[Phrase]] = []
        literal: list[str] = []
        for piece, needed in _pieces(text):
            if piece[0] not in "{(" and needed:
                literal.append(piece)
                continue
            parts.extend(frozenset({phrase}) for phrase in _literal(literal))
            literal = []
            found = self._of(piece, inside)
            parts.append(found if needed else found | {()})
        parts.extend(frozenset({phrase}) for phrase in _literal(literal))
        if prod(map(len, parts)) > MOST_PHRASES:
            raise PatternError(f"{text!r} stands for more than {MOST_PHRASES} phrases: put a gap between its lists")
        return frozenset(tuple(key for phrase in combined for key in phrase) for combined in product(*parts))


def _pieces(text: str) -> Sequence[tuple[str, bool]]:
    """The pieces of a text, each with whether it is needed; raises PatternError where a bracket is missing."""
    pieces = []
    index = 0
    while index < len(text):
        char = text[index]
        end = index + 1
        if char in "({":
            end = _closing(text, index)
        elif char in ")}|":
            raise PatternError(f"{text!r} has a {char} too many: write {{list}}, (one|other) or plain words")
        elif not char.isspace():
            while end < len(text) and not text[end].isspace() and text[end] not in "(){}|?":
                end += 1
        optional = end < len(text) and text[end] == "?"
        if not char.isspace():
            pieces.append((text[index:end], not optional))
        index = end + optional
    return pieces


def _closing(text: str, start: int) -> int:
    """The place behind the bracket that closes the one at `start`."""
    depth = 0
    for index in range(start, len(text)):
        depth += (text[index] in "({") - (text[index] in ")}")
        if depth == 0:
            return index + 1
    raise PatternError(f"{text!r} lacks a closing bracket")


def _choices(text: str) -> Sequence[str]:
    """The ways of a choice: what stands between bars outside inner brackets."""
    ways, depth, start = [], 0, 0
    for index, char in enumerate(text):
        depth += (char in "({") - (char in ")}")
        if char == "|" and depth == 0:
            ways.append(text[start:index])
            start = index + 1
    return [way for way in (*ways, text[start:]) if way.strip()]


def _literal(typed: Sequence[str]) -> Iterator[Phrase]:
    """The phrase of plain words, if there are any; `=word` asks for the word itself, `*ing` alone for an ending."""
    if not typed:
        return
    if typed[0].startswith(ENDING):
        yield (typed[0],)
        return
    exact = {atom for word in typed if word.startswith("=") for atom in atoms(words(word[1:]))}
    spoken = atoms(words(" ".join(word.lstrip("=") for word in typed)))
    if spoken:
        yield tuple(f"={word}" if word in exact else _key(word) for word in spoken)


def _key(word: str) -> str:
    return f"={word}" if word.isdecimal() else f"~{stem(word)}"


def vocabulary(lists: Mapping[str, Sequence[str]], texts: Sequence[str]) -> frozenset[str]:
    """Every plain word that stands in lists and patterns."""
    entries = [entry for phrases in lists.values() for entry in phrases] + list(texts)
    plain = (LIST.sub(" | ", entry) for entry in entries if not entry.startswith(ENDING))
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
