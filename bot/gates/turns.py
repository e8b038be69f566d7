"""Words that turn a question round, and where in a message its question starts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.knowledge import Intent
from bot.matching import Reading, phrasings_of
from bot.text import FUNCTION_WORDS, stem, words

QUESTION_WORDS = frozenset({"what", "how", "why", "which", "who", "whether"})
RELATIVE = frozenset({"when", "where"})  # they ask where a verb follows: "when do you …"
AUXILIARIES = frozenset("is are was were do does did can could will would should has have had may might must".split())
PRONOUNS = frozenset("i you he she it we they there this that these those".split())
LEAST_OF_PREFIXED = 3  # letters after "un": "unfree", and not "unit"
UN = "un"
UN_MARK = "un-"  # of a turning word, before the stem of what "un" stands before
OFTEN = 0.1  # of the phrasings, those that show what an intent speaks of
ONE_SIDED = 0.05  # the same for one side of a turn, where no phrasing has the other


class Turn(NamedTuple):
    """Two sides of which the one turns a question for the other round, as stems."""

    one: frozenset[str]
    other: frozenset[str]
    compares: bool = False  # "safer", "riskier": who answers a comparison the other way round answers both


def _turn(one: str, other: str, *, compares: bool = False) -> Turn:
    return Turn(frozenset(map(stem, one.split())), frozenset(map(stem, other.split())), compares)


TURNS = (
    _turn("start", "stop"),
    _turn("with", "without"),
    _turn("before", "after"),
    _turn("more", "less", compares=True),
    _turn("safer", "riskier", compares=True),
    _turn("worsen worse aggravate", "improve help relieve ease treat"),
    _turn("raise increase", "lower reduce decrease"),
    _turn("speed", "slow"),
)
TURNING = frozenset(word for turn in TURNS for word in turn.one | turn.other)
NO_PREFIX = frozenset({"unless"})
NO_WORDS: frozenset[str] = frozenset()  # one for all phrasings that have none


class Turning(NamedTuple):
    """What may turn a message round, made out once and held against many intents."""

    words: frozenset[str]  # its turning words, as `turning_words` gives them
    stems: frozenset[str]  # of all its words
    unprefixed: Mapping[str, str]  # its words with "un", each with the word that this makes the opposite of


def turning_in(reading: Reading) -> Turning:
    """What may turn a message round."""
    stems = frozenset(stem(word) for token in reading.tokens for word in token.word.split())
    with_un = unprefixed(reading)
    marked = (UN_MARK + stem(rest) for rest in with_un.values())
    return Turning(frozenset((*(stems & TURNING), *marked)) or NO_WORDS, stems, with_un)


def turning_words(reading: Reading) -> frozenset[str]:
    """The words that turn a question round which a message has, as stems; those that start with "un" less it."""
    return turning_in(reading).words


def unmarked(turned: Iterable[frozenset[str]]) -> frozenset[str]:
    """The stems that some turning words have "un" before, without it."""
    return frozenset(mark.removeprefix(UN_MARK) for words in turned for mark in words if mark.startswith(UN_MARK))


def unprefixed(reading: Reading) -> dict[str, str]:
    """The words of a message that "un" makes the opposite of another, each with that other word."""
    said = dict.fromkeys(word for t in reading.tokens for both in (t.typed, t.word) for word in both.split())
    return {word: word[len(UN) :] for word in said if _has_prefix(word)}


def _has_prefix(word: str) -> bool:
    rest = word.removeprefix(UN)
    return rest != word and len(rest) >= LEAST_OF_PREFIXED and word not in NO_PREFIX and rest not in FUNCTION_WORDS


def asked_from(typed: Sequence[str]) -> int:
    """Where the question of a message starts, of which the words before only tell something; 0 where nothing is told.

    >>> asked_from("i do not know what you cost".split()), asked_from("is parking not free".split())
    (4, 0)
    """
    start = next(_starts(typed), 0)
    return start if any(word not in FUNCTION_WORDS for word in typed[start:]) else 0


def _starts(typed: Sequence[str]) -> Iterator[int]:
    """Where a question may start: at a question word, or at an auxiliary verb that comes first or before a pronoun."""
    for at, (word, after) in enumerate(zip(typed, (*typed[1:], ""), strict=True)):
        verb_first = word in AUXILIARIES and (at == 0 or after in PRONOUNS)
        if word in QUESTION_WORDS or verb_first or (word in RELATIVE and (at == 0 or after in AUXILIARIES)):
            yield at


def opposites(
    turning: Turning, intent: Intent, turned: Sequence[frozenset[str]], nearest: Collection[int]
) -> Iterator[str]:
    """The words by which a message says the opposite of the nearest phrasings of an intent, or of what it ever says.

    `turned`: for every phrasing its turning words. An intent that reads right for opposites has none; one that reads
    right for a comparison the other way round none that compare, and one for negated questions none with "un".
    """
    said, right = turning.words, intent.reads_right_for
    near = [turned[phrasing] for phrasing in nearest]
    for turn in () if not said or "opposite" in right else TURNS:
        for one, other in ((turn.one, turn.other), (turn.other, turn.one)):
            if said & one and not said & other and not (turn.compares and "reversed" in right):
                opposed = any(has & other and not has & one for has in near) or _never_says(one, other, turned)
                yield from sorted(said & one) if opposed else ()
    if {"opposite", "negated"}.isdisjoint(right):
        yield from _prefixed(turning, intent, near, nearest)


def _never_says(one: frozenset[str], other: frozenset[str], turned: Sequence[frozenset[str]]) -> bool:
    """Whether no phrasing has one side of a turn, and more than a few have the other."""
    return not any(has & one for has in turned) and sum(bool(has & other) for has in turned) >= ONE_SIDED * len(turned)


def _prefixed(
    turning: Turning, intent: Intent, near: Sequence[frozenset[str]], nearest: Iterable[int]
) -> Iterator[str]:
    """The words of a message with "un" where the nearest phrasings go without, and the other way round."""
    with_un = turning.unprefixed
    if with_un:
        texts = [set(map(stem, words(phrasings_of(intent)[phrasing]))) for phrasing in nearest]
        for word, rest in with_un.items():
            if any(stem(rest) in text and stem(word) not in text for text in texts):
                yield word
    for mark in sorted(mark for has in near for mark in has if mark.startswith(UN_MARK)):
        rest = mark.removeprefix(UN_MARK)
        if rest in turning.stems and not any(stem(other) == rest for other in with_un.values()):
            yield rest
