"""The words of a base and their neighbouring pairs, numbered, with what each of them weighs."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from math import log, sqrt
from typing import NamedTuple

from bot.features import EDGE, UNKNOWN, Numbering
from bot.text import FUNCTION_STEMS

FUNCTION_SHARE = 0.5  # of the weight of a content word of like rarity, for a word that carries grammar
NEAREST_PAIR = 0.5  # a pair's weight beside a word's in the nearest phrasing's cosine


class Terms(NamedTuple):
    """What a text says: its terms in order, which form pairs, and the distinct terms that count by themselves."""

    order: tuple[str, ...]
    bag: tuple[str, ...]


def numbered(groups: Sequence[Sequence[Terms]]) -> tuple[Numbering, list[list[list[int]]]]:
    """The words and pairs of groups of texts with a number each, and the numbers of every text, each once."""
    texts = list(chain.from_iterable(groups))
    numbering = Numbering((terms.order for terms in texts), chain.from_iterable(terms.bag for terms in texts))
    pairs = numbering.runs(terms.order for terms in texts)
    return numbering, [
        [list(dict.fromkeys((*map(numbering.word, terms.bag), *next(pairs)))) for terms in group] for group in groups
    ]


class Feature(NamedTuple):
    """A word or a pair of words of a message: its number, its name, and its weight."""

    number: int
    name: str
    weight: float


class Vocabulary:
    """Every word and pair of the phrasings, numbered, with what it weighs.

    A word's weight is the root of its mean rarity over phrasings and over intents, 0 to 1; a word never seen is as
    rare as can be.
    """

    def __init__(self, numbering: Numbering, counts: Sequence[Counter[int]], phrasings: int) -> None:
        """`counts`: for every intent how many of its phrasings have a feature; `phrasings`: how many there are."""
        self.numbering = numbering
        self.size = numbering.size
        self._seen: array[int] = array("B", bytes(self.size))  # 1 for what a phrasing has, not only a look-alike
        self._weights = array("f", [1.0]) * self.size
        for feature, rarity in _rarities(counts, phrasings).items():
            self._seen[feature] = 1
            self._weights[feature] = rarity
        for key, number in self.numbering.words.items():
            if key in FUNCTION_STEMS and self._seen[number]:
                self._weights[number] *= FUNCTION_SHARE

    def __iter__(self) -> Iterator[str]:
        """The words."""
        return (key for key in self.numbering.words if key != EDGE)

    def __contains__(self, key: str) -> bool:
        """Whether some phrasing has the word."""
        number = self.number(key)
        return number != UNKNOWN and bool(self._seen[number])

    def number(self, key: str) -> int:
        """The number of a word; UNKNOWN where no phrasing and no look-alike has it."""
        return self.numbering.word(key)

    def weight(self, key: str) -> float:
        """How rare a word is, 0 to 1: what it counts for in a cosine."""
        return self._weight(key, self.number(key))

    def _weight(self, key: str, number: int) -> float:
        if number != UNKNOWN and self._seen[number]:
            return self._weights[number]
        return FUNCTION_SHARE if key in FUNCTION_STEMS else 1.0

    def of(self, feature: int) -> float:
        """What a word or a pair counts for in the cosine of a phrasing."""
        weight = self._weights[feature] if feature != UNKNOWN else 1.0
        return weight if self.is_word(feature) else NEAREST_PAIR * weight

    def is_word(self, feature: int) -> bool:
        """Whether a number stands for a word, rather than for a pair."""
        return 0 <= feature < len(self.numbering.words)

    def words(self, terms: Terms) -> list[Feature]:
        """The distinct words of a message."""
        numbers = map(self.number, terms.bag)
        return [Feature(number, key, self._weight(key, number)) for key, number in zip(terms.bag, numbers, strict=True)]

    def pairs(self, terms: Terms) -> list[Feature]:
        """The distinct neighbouring pairs of a message; those with a word never seen are left out."""
        words = self.numbering.words
        neighbours = dict.fromkeys(pairwise((EDGE, *terms.order, EDGE)))
        known = ((one, other) for one, other in neighbours if one in words and other in words)
        found = ((self.numbering.run(one, other), f"{one or '·'} {other or '·'}") for one, other in known)
        return [Feature(number, name, self.of(number)) for number, name in found]


def _rarities(counts: Sequence[Counter[int]], phrasings: int) -> dict[int, float]:
    """The weight of every feature: the root of its mean rarity over phrasings and over intents, 0 to 1."""
    in_phrasings: Counter[int] = Counter()
    for count in counts:
        in_phrasings.update(count)
    in_intents = Counter(chain.from_iterable(counts))
    return {
        feature: sqrt((_rarity(count, phrasings) + _rarity(in_intents[feature], len(counts))) / 2)
        for feature, count in in_phrasings.items()
    }


def _rarity(count: int, total: int) -> float:
    """The log of how rarely something occurs among a total, over its value at count 0."""
    return log((total + 1) / (count + 0.5)) / log(2 * total + 2)


def norm(weights: Iterable[float]) -> float:
    """The Euclidean norm of weights; 1 where there are none."""
    return sqrt(sum([weight * weight for weight in weights])) or 1.0
