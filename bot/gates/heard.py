"""What a message says, as far as the gates ask for it; made out once and held against many intents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import dropwhile, takewhile
from typing import NamedTuple

from bot.gates.scope import NEGATIONS, WITHOUT, Subjects, negations, wanted
from bot.gates.turns import Turning, turning_in
from bot.matching import CONCEPT, Query, Reading, Token

PRONOUNS = frozenset({"it", "this", "that", "they", "them", "these"})
ASKING_FOR = frozenset({"which", "what", "whose"})
KINDS = frozenset("of kind kinds sort sorts type types other different".split())
NEAR_WITHOUT = 3  # words after "without", among which its subject stands


class Heard(NamedTuple):
    """A message as the gates see it."""

    query: Query
    reading: Reading
    lineages: Mapping[str, tuple[str, ...]]  # of every thing that it names, itself first, in order
    subjects: tuple[str, ...]
    attached: tuple[tuple[str, Token], ...]  # subjects with the synonym of something that follows each directly
    matter: tuple[Token, ...]  # words that carry matter, other than subjects
    keys: frozenset[str]  # of these words
    weight: float  # of these words together
    pronoun: bool  # whether something goes by a pronoun
    negations: tuple[str, ...]
    denials: tuple[str, ...]  # its negations, those of "why is it not" among them
    without: tuple[tuple[str, tuple[Token, ...]], ...]  # every "without" as typed, and the words it may speak of
    turning: Turning
    wish: tuple[Token, ...]  # the words of matter that say what it wants to know: the share price of "what share price"
    wanted: frozenset[str]  # the kinds of things that it wants to know


def heard_in(query: Query, subjects: Subjects, weight: Callable[[Token], float]) -> Heard:
    """What a message says; `weight`: what a word counts for."""
    reading = query.reading
    matter = tuple(_matter(reading, subjects))
    return Heard(
        query=query,
        reading=reading,
        lineages={thing: tuple(subjects.lexicon.lineage(thing)) for thing in reading.entities},
        subjects=tuple(subjects.of(reading)),
        attached=tuple(pair for pair in subjects.attached(reading) if pair[1].key[0] == CONCEPT),
        matter=matter,
        keys=frozenset(token.key for token in matter),
        weight=sum(map(weight, matter)),
        pronoun=any(token.word in PRONOUNS for token in reading.tokens),
        negations=negations(reading),
        denials=negations(reading, asking_why=True),
        without=tuple(_done_without(reading)),
        turning=turning_in(reading),
        wish=_wish(reading, matter),
        wanted=wanted(reading),
    )


def _matter(reading: Reading, subjects: Subjects) -> Iterator[Token]:
    """The words that carry matter, other than subjects; negations are weighed by themselves."""
    before = ""
    for token in reading.tokens:
        denies = token.word in NEGATIONS or (before == "no" and token.word == "longer")
        if token.content and token.entity not in subjects and not denies:
            yield token
        before = token.word


def _wish(reading: Reading, matter: Sequence[Token]) -> tuple[Token, ...]:
    """What the first "which", "what" or "whose" asks for, kinds and sorts of it included; nothing for "what is"."""
    asked = dropwhile(lambda token: token.word not in ASKING_FOR, reading.tokens)
    told = dropwhile(lambda token: token.word in ASKING_FOR | KINDS, asked)
    return tuple(takewhile(lambda token: token in matter, told))


def _done_without(reading: Reading) -> Iterator[tuple[str, tuple[Token, ...]]]:
    for at, token in enumerate(reading.tokens, 1):
        if token.word == WITHOUT:
            yield token.typed, reading.tokens[at : at + NEAR_WITHOUT]
