"""How strongly each word, and each pair of neighbouring words, speaks for each intent."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from math import log, sqrt
from typing import NamedTuple

from bot.matching.likeness import Likeness
from bot.text import FUNCTION_STEMS

# The constants were found on training phrasings outside the draw of BANKING77 and CLINC150; see benchmarks/README.md.
FUNCTION_SHARE = 0.5  # of the weight of a content word of like rarity, for a word that carries grammar
ODDS_SHARE = 0.02  # of one unit of log-odds, beside a cosine of 0 to 1
ODDS_GROWTH = 4  # phrasings an intent; with as many, the log-odds have half of their say
ODDS_LENGTH = 6  # words; the sum of log-odds grows with a message, so longer ones count by the square root for less
ODDS_PAIR = 0.6  # a pair's say beside a word's
PSEUDO = 1.0  # phrasings of the mean rate that smooth an intent's rate (Dirichlet prior)
NEAREST_SHARE = 1.3  # of the nearest phrasing's cosine, beside the profile's
NEAREST_GROWTH = 60  # phrasings an intent; with as many, the nearest phrasing has half of its say
NEAREST_PAIR = 0.5  # a pair's weight beside a word's in the nearest phrasing's cosine
NEAREST_INTENTS = 3  # the best ones, whose phrasings are compared; with 6 nothing was gained

LIKE_GROWTH = 40  # phrasings an intent; with as many, words spelt alike have half of their say

EDGE = ""  # stands before the first and after the last word
UNKNOWN = 0  # the number of a word that no phrasing has
PAIR_SPACE = 1 << 24  # words that a pair can tell apart; a pair is one number, first word * PAIR_SPACE + second


class Terms(NamedTuple):
    """What a text says: its terms in order, which form pairs, and the distinct terms that count by themselves."""

    order: tuple[str, ...]
    bag: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature (a word, or a pair of words) added to the score of an intent."""

    feature: str
    amount: float


class Feature(NamedTuple):
    """A word or a pair of words of a message: its number, its name, and its weight."""

    number: int
    name: str
    weight: float


class Table:
    """Rows of numbered figures, by feature, in flat arrays: a sparse matrix."""

    def __init__(self, rows: Mapping[int, Mapping[int, float]]) -> None:
        self._row = {feature: row for row, feature in enumerate(rows)}
        self.columns = array("I", chain.from_iterable(rows.values()))
        self.figures = array("f", chain.from_iterable(row.values() for row in rows.values()))
        self._ends = array("I", [0])
        for row in rows.values():
            self._ends.append(self._ends[-1] + len(row))

    def span(self, feature: int) -> tuple[int, int]:
        """Where the row of a feature starts and ends in `columns` and `figures`; (0, 0) where there is none."""
        row = self._row.get(feature)
        return (0, 0) if row is None else (self._ends[row], self._ends[row + 1])

    def row(self, feature: int) -> Iterable[tuple[int, float]]:
        """The columns of a feature with their figures, in rising order."""
        start, end = self.span(feature)
        return zip(self.columns[start:end], self.figures[start:end], strict=True)

    def at(self, feature: int, column: int) -> float:
        """One figure; 0 where there is none."""
        start, end = self.span(feature)
        at = bisect_left(self.columns, column, start, end)
        return self.figures[at] if at < end and self.columns[at] == column else 0.0


class Evidence:
    """A table of evidence, feature by intent, that is summed over a message.

    score(message, intent) is the cosine of the message and the intent's profile (the unit sum of its phrasings' unit
    vectors, over weighted words); plus the log-odds of the message's words and pairs, ln(1 + n * rate in the intent /
    mean rate), which only features that were seen there have; plus, for the few best intents, the cosine of the
    message and the nearest phrasing, over words and pairs. A word's weight is the root of its mean rarity over
    phrasings and over intents, 0 to 1; a word never seen is as rare as can be, and stays in the norm.
    """

    def __init__(self, phrasings: Sequence[Sequence[Terms]], lookalikes: Sequence[Sequence[Terms]] = ()) -> None:
        """`phrasings`: for every intent the terms of its phrasings; `lookalikes`: those of what it must not answer."""
        self.size = len(phrasings)
        total = sum(map(len, phrasings))
        self.per_intent = total / self.size if self.size else 0.0
        texts = chain.from_iterable((*phrasings, *lookalikes))
        known = dict.fromkeys(key for terms in texts for key in (*terms.order, *terms.bag))
        self._numbers = {key: number for number, key in enumerate((EDGE, *known), start=1)}
        seen = [[self._seen(terms) for terms in examples] for examples in phrasings]
        counts = [Counter(chain.from_iterable(examples)) for examples in seen]
        self._weights = _rarities(counts, total)
        for key, number in self._numbers.items():
            if key in FUNCTION_STEMS and number in self._weights:
                self._weights[number] *= FUNCTION_SHARE
        self._profile = Table(_profiles(seen, self._weights))
        self._likeness = Likeness(key for key in known if key.isalpha() and key not in FUNCTION_STEMS)
        self._like_share = LIKE_GROWTH / (LIKE_GROWTH + self.per_intent)
        self._odds = Table(_log_odds(counts, list(map(len, phrasings)), self.per_intent))
        self._nearest = [Table(_unit_rows(examples, self._feature_weight)) for examples in seen]
        unlike = [[self._seen(terms) for terms in examples] for examples in lookalikes]
        self._lookalikes = [Table(_unit_rows(examples, self._feature_weight)) for examples in unlike]

    def __contains__(self, key: str) -> bool:
        """Whether some phrasing has the word."""
        return self._numbers.get(key, UNKNOWN) in self._weights

    def weight(self, key: str) -> float:
        """How rare a word is, 0 to 1: what it counts for in a cosine."""
        found = self._weights.get(self._numbers.get(key, UNKNOWN))
        return found if found is not None else FUNCTION_SHARE if key in FUNCTION_STEMS else 1.0

    def knows(self, intent: int, key: str) -> bool:
        """Whether a phrasing of the intent has the word."""
        return self._profile.at(self._numbers.get(key, UNKNOWN), intent) > 0

    def scores(self, terms: Terms) -> list[float]:
        """The score of every intent for a message."""
        found = self._without_nearest(terms)
        for intent in self._best(found):
            found[intent] += self._nearness() * self.nearest(terms, intent)[1]
        return found

    def _without_nearest(self, terms: Terms) -> list[float]:
        """The score of every intent by profile and log-odds alone."""
        words, pairs = self._features(terms)
        found = [0.0] * self.size
        norm, share = self._shares(words)
        for word in words:
            factor = word.weight / norm
            for intent, part in self._profile.row(word.number):
                found[intent] += factor * part
            for other, share_of_like in self._like(word.name):
                for intent, part in self._profile.row(other):
                    found[intent] += factor * share_of_like * part
            for intent, odds in self._odds.row(word.number):
                found[intent] += share * odds
        for pair in pairs:
            for intent, odds in self._odds.row(pair.number):
                found[intent] += share * odds
        return found

    def _best(self, found: Sequence[float]) -> list[int]:
        return sorted(range(self.size), key=lambda intent: (-found[intent], intent))[:NEAREST_INTENTS]

    def nearest(self, terms: Terms, intent: int) -> tuple[int, float]:
        """The number of the intent's phrasing that comes nearest to a message, and their cosine."""
        return self._closest(terms, self._nearest[intent])

    def nearest_lookalike(self, terms: Terms, intent: int) -> float:
        """The cosine of a message and the nearest of what an intent must not answer; 0 where it lists nothing."""
        return self._closest(terms, self._lookalikes[intent])[1] if self._lookalikes else 0.0

    def _closest(self, terms: Terms, table: Table) -> tuple[int, float]:
        words, pairs = self._features(terms)
        sums: dict[int, float] = defaultdict(float)
        for feature in (*words, *pairs):
            for phrasing, part in table.row(feature.number):
                sums[phrasing] += feature.weight * part
        if not sums:
            return 0, 0.0
        best = min(sums, key=lambda phrasing: (-sums[phrasing], phrasing))
        return best, sums[best] / _norm(feature.weight for feature in (*words, *pairs))

    def contributions(self, terms: Terms, intent: int) -> list[Contribution]:
        """What every word and pair added to an intent's score, largest first: `scores` read backwards."""
        words, pairs = self._features(terms)
        norm, share = self._shares(words)
        phrasing, _ = self.nearest(terms, intent)
        compared = intent in self._best(self._without_nearest(terms))
        scale = compared * self._nearness() / _norm(feature.weight for feature in (*words, *pairs))
        amounts: dict[str, float] = defaultdict(float)
        for feature in (*words, *pairs):
            profile = self._profile.at(feature.number, intent) if feature.number < PAIR_SPACE else 0.0
            profile += sum(like * self._profile.at(other, intent) for other, like in self._like(feature.name))
            near = self._nearest[intent].at(feature.number, phrasing)
            amounts[feature.name] += (
                feature.weight / norm * profile
                + share * self._odds.at(feature.number, intent)
                + scale * feature.weight * near
            )
        ordered = sorted(amounts.items(), key=lambda item: (-item[1], item[0]))
        return [Contribution(name, amount) for name, amount in ordered if amount]

    def _like(self, word: str) -> list[tuple[int, float]]:
        """The numbers of words that are spelt like a word of matter, each with the share that it speaks with."""
        if not word.isalpha() or word in FUNCTION_STEMS:
            return []
        return [(self._numbers[other], self._like_share * dice) for other, dice in self._likeness.of(word)]

    def _nearness(self) -> float:
        return NEAREST_SHARE * self.per_intent / (self.per_intent + NEAREST_GROWTH)

    def _shares(self, words: Sequence[Feature]) -> tuple[float, float]:
        """The norm of a message's words, and the share of its log-odds."""
        length = sqrt(ODDS_LENGTH / max(1, len(words)))
        share = ODDS_SHARE * self.per_intent / (self.per_intent + ODDS_GROWTH)
        return _norm(word.weight for word in words), share * length

    def _features(self, terms: Terms) -> tuple[list[Feature], list[Feature]]:
        """The words and the neighbouring pairs of a message, each once; pairs with a word never seen are left out."""
        words = [Feature(self._numbers.get(key, UNKNOWN), key, self.weight(key)) for key in terms.bag]
        pairs: dict[int, Feature] = {}
        for one, other in pairwise((EDGE, *terms.order, EDGE)):
            number = self._pair(one, other)
            if number is not None:
                pairs[number] = Feature(number, f"{one or '·'} {other or '·'}", self._feature_weight(number))
        return words, list(pairs.values())

    def _pair(self, one: str, other: str) -> int | None:
        first, second = self._numbers.get(one), self._numbers.get(other)
        return None if first is None or second is None else first * PAIR_SPACE + second

    def _seen(self, terms: Terms) -> list[int]:
        """The numbers of the words and pairs of a phrasing, each once."""
        words = (self._numbers[key] for key in terms.bag)
        pairs = (self._pair(one, other) for one, other in pairwise((EDGE, *terms.order, EDGE)))
        return list(dict.fromkeys(number for number in (*words, *pairs) if number is not None))

    def _feature_weight(self, number: int) -> float:
        weight = self._weights.get(number, 1.0)
        return weight if number < PAIR_SPACE else NEAREST_PAIR * weight


def _norm(weights: Iterable[float]) -> float:
    return sqrt(sum(weight * weight for weight in weights)) or 1.0


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


def _unit_rows(examples: Sequence[Sequence[int]], weight: Callable[[int], float]) -> dict[int, dict[int, float]]:
    """For every feature the phrasings that have it, each with its share of the phrasing's unit vector."""
    rows: dict[int, dict[int, float]] = defaultdict(dict)
    for phrasing, features in enumerate(examples):
        norm = _norm(map(weight, features))
        for feature in features:
            rows[feature][phrasing] = weight(feature) / norm
    return rows


def _profiles(seen: Sequence[Sequence[Sequence[int]]], weights: Mapping[int, float]) -> dict[int, dict[int, float]]:
    """For every word the intents that have it, each with the word's share of its profile."""
    rows: dict[int, dict[int, float]] = defaultdict(dict)
    for intent, examples in enumerate(seen):
        profile: dict[int, float] = defaultdict(float)
        for features in examples:
            words = [feature for feature in features if feature < PAIR_SPACE]
            norm = _norm(weights[word] for word in words)
            for word in words:
                profile[word] += weights[word] / norm
        norm = _norm(profile.values())
        for word, part in profile.items():
            rows[word][intent] = part / norm
    return rows


def _log_odds(counts: Sequence[Counter[int]], sizes: Sequence[int], per_intent: float) -> dict[int, dict[int, float]]:
    """For every feature the intents that have it, each with the log-odds that it speaks with."""
    rates: dict[int, float] = defaultdict(float)
    for count, size in zip(counts, sizes, strict=True):
        for feature, times in count.items():
            rates[feature] += times / size / len(counts)
    rows: dict[int, dict[int, float]] = defaultdict(dict)
    for intent, (count, size) in enumerate(zip(counts, sizes, strict=True)):
        for feature, times in count.items():
            share = ODDS_PAIR if feature >= PAIR_SPACE else 1.0
            rows[feature][intent] = share * log(1 + per_intent * times / size / (PSEUDO * rates[feature]))
    return rows
