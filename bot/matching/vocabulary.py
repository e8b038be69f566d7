"""The words of a base and their neighbouring pairs, numbered, with what each of them weighs."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise
from math import log, sqrt
from typing import NamedTuple

from bot.text import FUNCTION_STEMS

FUNCTION_SHARE = 0.5  # of the weight of a content word of like rarity, for a word that carries grammar
NEAREST_PAIR = 0.5  # a pair's weight beside a word's in the nearest phrasing's cosine

EDGE = ""  # stands before the first and after the last word
UNKNOWN = -1  # the number of a word or a pair that no phrasing has
PAIR_SPACE = 1 << 24  # words that a pair can tell apart; the code of a pair is first word * PAIR_SPACE + second


class Terms(NamedTuple):
    """What a text says: its terms in order, which form pairs, and the distinct terms that count by themselves."""

    order: tuple[str, ...]
    bag: tuple[str, ...]


class Feature(NamedTuple):
    """A word or a pair of words of a message: its number, its name, and its weight."""

    number: int
    name: str
    weight: float


class Vocabulary:
    """Every word and pair of the phrasings with a number: words first, from 0, then pairs.

    A word's weight is the root of its mean rarity over phrasings and over intents, 0 to 1; a word never seen is as
    rare as can be. Flat arrays, since a kept copy of a hundred thousand pairs has to be read at every start.
    """

    def __init__(self, phrasings: Sequence[Sequence[Terms]], lookalikes: Sequence[Sequence[Terms]] = ()) -> None:
        """`phrasings`: for every intent the terms of its phrasings; `lookalikes`: those of what it must not answer."""
        texts = list(chain.from_iterable((*phrasings, *lookalikes)))
        known = dict.fromkeys(key for terms in texts for key in (*terms.order, *terms.bag))
        self.numbers: Mapping[str, int] = {key: number for number, key in enumerate((EDGE, *known))}
        self._pairs = array("Q", sorted({code for terms in texts for code in self._codes(terms)}))
        self.size = len(self.numbers) + len(self._pairs)
        self.seen: array[int] = array("B", bytes(self.size))  # 1 for what a phrasing has, not only a look-alike
        self._weights = array("f", [1.0]) * self.size
        self._weigh(phrasings)

    def _weigh(self, phrasings: Sequence[Sequence[Terms]]) -> None:
        counts = [Counter(chain.from_iterable(map(self.features, examples))) for examples in phrasings]
        for feature, rarity in _rarities(counts, sum(map(len, phrasings))).items():
            self.seen[feature] = 1
            self._weights[feature] = rarity
        for key, number in self.numbers.items():
            if key in FUNCTION_STEMS and self.seen[number]:
                self._weights[number] *= FUNCTION_SHARE

    def __iter__(self) -> Iterator[str]:
        """The words."""
        return (key for key in self.numbers if key != EDGE)

    def __contains__(self, key: str) -> bool:
        """Whether some phrasing has the word."""
        number = self.numbers.get(key)
        return number is not None and bool(self.seen[number])

    def weight(self, key: str) -> float:
        """How rare a word is, 0 to 1: what it counts for in a cosine."""
        if key in self:
            return self._weights[self.numbers[key]]
        return FUNCTION_SHARE if key in FUNCTION_STEMS else 1.0

    def of(self, feature: int) -> float:
        """What a word or a pair counts for in the cosine of a phrasing."""
        weight = self._weights[feature] if feature != UNKNOWN else 1.0
        return weight if self.is_word(feature) else NEAREST_PAIR * weight

    def is_word(self, feature: int) -> bool:
        """Whether a number stands for a word, rather than for a pair."""
        return 0 <= feature < len(self.numbers)

    def features(self, terms: Terms) -> list[int]:
        """The numbers of the words and pairs of a phrasing, each once."""
        pairs = map(self._pair, self._codes(terms))
        return list(dict.fromkeys((*(self.numbers[key] for key in terms.bag), *pairs)))

    def words(self, terms: Terms) -> list[Feature]:
        """The distinct words of a message."""
        return [Feature(self.numbers.get(key, UNKNOWN), key, self.weight(key)) for key in terms.bag]

    def pairs(self, terms: Terms) -> list[Feature]:
        """The distinct neighbouring pairs of a message; those with a word never seen are left out."""
        found: dict[int, Feature] = {}
        for one, other in pairwise((EDGE, *terms.order, EDGE)):
            if one in self.numbers and other in self.numbers:
                code = self._code(one, other)
                number = self._pair(code)
                found[code] = Feature(number, f"{one or '·'} {other or '·'}", self.of(number))
        return list(found.values())

    def _codes(self, terms: Terms) -> Iterator[int]:
        return (self._code(one, other) for one, other in pairwise((EDGE, *terms.order, EDGE)))

    def _code(self, one: str, other: str) -> int:
        return self.numbers[one] * PAIR_SPACE + self.numbers[other]

    def _pair(self, code: int) -> int:
        at = bisect_left(self._pairs, code)
        return len(self.numbers) + at if at < len(self._pairs) and self._pairs[at] == code else UNKNOWN


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
    return sqrt(sum(weight * weight for weight in weights)) or 1.0
