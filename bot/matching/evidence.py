"""How strongly each word, and each pair of words, speaks for each intent."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt
from typing import NamedTuple, TypeVar

REACH = 3  # words; two words this near to one another make an unordered pair
ODDS_SHARE = 0.2 / 6  # of one unit of log-odds, beside a cosine of 0 to 1
ODDS_GROWTH = 15  # phrasings an intent; with as many, the log-odds have half of their say
PSEUDO = 3.0  # phrasings of the overall rate that smooth every rate (Dirichlet prior)
USUAL_LENGTH = 6  # words; the log-odds of longer messages count for less, as their sum grows with length
WORD, NEIGHBOURS, NEARBY = 1.0, 0.6, 0.4  # the say of each kind of feature in the log-odds
EDGE = ""  # stands before the first and after the last word

Pair = tuple[str, str]
Feature = TypeVar("Feature", str, Pair)


class Terms(NamedTuple):
    """What a text says: the terms that form pairs, in order, and the bag of distinct terms that count by themselves."""

    order: tuple[str, ...]
    bag: tuple[str, ...]


def neighbours(keys: Sequence[str]) -> set[Pair]:
    """Pairs of words that stand next to one another, in order, start and end of the message marked."""
    return set(pairwise((EDGE, *keys, EDGE)))


def nearby(keys: Sequence[str]) -> set[Pair]:
    """Pairs of different words within REACH of one another, in alphabetical order."""
    return {
        (one, other) if one < other else (other, one)
        for at, one in enumerate(keys)
        for other in keys[at + 1 : at + 1 + REACH]
        if one != other
    }


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature (a word, or a pair of words) added to the score of an intent."""

    feature: str
    amount: float


class Postings:
    """For every feature, the intents it speaks for and how much, in flat arrays."""

    def __init__(self, rows: Iterable[tuple[object, Mapping[int, float]]]) -> None:
        self._row: dict[object, int] = {}
        self._ends = array("I", [0])
        self._intents = array("I")
        self._weights = array("f")
        for feature, weights in rows:
            self._row[feature] = len(self._ends)
            self._intents.extend(weights.keys())
            self._weights.extend(weights.values())
            self._ends.append(len(self._intents))

    def __contains__(self, feature: object) -> bool:
        return feature in self._row

    def of(self, feature: object) -> Iterator[tuple[int, float]]:
        """The intents of a feature, by their number, with its weight for each."""
        row = self._row.get(feature)
        if row is None:
            return iter(())
        start, end = self._ends[row - 1], self._ends[row]
        return zip(self._intents[start:end], self._weights[start:end], strict=True)


class Evidence:
    """One table of evidence, feature by intent, summed over a message.

    A message is compared with the profile of every intent (the unit sum of its phrasings' unit vectors, by weighted
    words) by their cosine; to that the log-odds of its words and pairs of words are added: the logit of a feature's
    rate within the intent less the logit of its rate elsewhere, Dirichlet-smoothed, less the same for a feature that
    the intent does not have, so that only features that were seen need an entry.
    """

    def __init__(self, phrasings: Sequence[Sequence[Terms]]) -> None:
        """`phrasings`: for every intent the terms of its phrasings."""
        self.size = len(phrasings)
        self._total = sum(map(len, phrasings))
        counts = [Counter[str](key for terms in examples for key in terms.bag) for examples in phrasings]
        in_phrasings = sum(counts, Counter[str]())
        in_intents = Counter(key for count in counts for key in count)
        self._weights = dict(_rarities(in_phrasings, self._total, in_intents, self.size))
        self.unknown_weight = 2.0  # a word never seen is as rare as can be by both measures
        self.per_intent = self._total / self.size if self.size else 0.0
        self._profile = Postings(self._profiles(phrasings))
        scale = ODDS_SHARE * self.per_intent / (self.per_intent + ODDS_GROWTH)
        sizes = list(map(len, phrasings))
        self._words = Postings(_log_odds(counts, sizes, scale * WORD))
        pairs = [Counter(pair for terms in examples for pair in neighbours(terms.order)) for examples in phrasings]
        self._neighbours = Postings(_log_odds(pairs, sizes, scale * NEIGHBOURS))
        pairs = [Counter(pair for terms in examples for pair in nearby(terms.order)) for examples in phrasings]
        self._nearby = Postings(_log_odds(pairs, sizes, scale * NEARBY))

    def __contains__(self, key: str) -> bool:
        """Whether some phrasing has the word."""
        return key in self._weights

    def weight(self, key: str) -> float:
        """How rare a word is, 0 to 2: what it counts for in the cosine."""
        return self._weights.get(key, self.unknown_weight)

    def scores(self, terms: Terms) -> list[float]:
        """The score of every intent for a message."""
        found = [0.0] * self.size
        for postings, feature, factor in self._features(terms):
            for intent, weight in postings.of(feature):
                found[intent] += factor * weight
        return found

    def contributions(self, terms: Terms, intent: int) -> list[Contribution]:
        """What every word and pair added to an intent's score, largest first: `scores` read backwards."""
        amounts: dict[str, float] = defaultdict(float)
        for postings, feature, factor in self._features(terms):
            name = feature if isinstance(feature, str) else " ".join(part or "·" for part in feature)
            amounts[name] += sum(factor * weight for other, weight in postings.of(feature) if other == intent)
        ordered = sorted(amounts.items(), key=lambda item: (-abs(item[1]), item[0]))
        return [Contribution(name, amount) for name, amount in ordered if amount]

    def knows(self, intent: int, key: str) -> bool:
        """Whether a phrasing of the intent has the word."""
        return any(other == intent for other, _ in self._profile.of(key))

    def _features(self, terms: Terms) -> Iterator[tuple[Postings, str | Pair, float]]:
        """Every feature of a message with the table it is sought in and the factor of its weight."""
        norm = sqrt(sum(self.weight(key) ** 2 for key in terms.bag)) or 1.0
        length = sqrt(USUAL_LENGTH / max(1, len(set(terms.order))))
        for key in terms.bag:
            yield self._profile, key, self.weight(key) / norm
            yield self._words, key, length
        for pair in sorted(neighbours(terms.order)):
            yield self._neighbours, pair, length
        for pair in sorted(nearby(terms.order)):
            yield self._nearby, pair, length

    def _profiles(self, phrasings: Sequence[Sequence[Terms]]) -> Iterator[tuple[str, dict[int, float]]]:
        table: dict[str, dict[int, float]] = defaultdict(dict)
        for intent, examples in enumerate(phrasings):
            total: dict[str, float] = defaultdict(float)
            for terms in examples:
                norm = sqrt(sum(self._weights[key] ** 2 for key in terms.bag)) or 1.0
                for key in terms.bag:
                    total[key] += self._weights[key] / norm
            norm = sqrt(sum(value * value for value in total.values())) or 1.0
            for key, value in total.items():
                table[key][intent] = value / norm
        yield from table.items()


def _rarities(
    in_phrasings: Mapping[str, int], phrasings: int, in_intents: Mapping[str, int], intents: int
) -> Iterator[tuple[str, float]]:
    """Every word with its rarity over phrasings plus its rarity over intents, each 0 to 1."""
    most = log((phrasings + 1) / 0.5), log((intents + 1) / 0.5)
    for key, count in in_phrasings.items():
        over_phrasings = log((phrasings + 1) / (count + 0.5)) / most[0]
        over_intents = log((intents + 1) / (in_intents[key] + 0.5)) / most[1]
        yield key, over_phrasings + over_intents


def _log_odds(
    counts: Sequence[Mapping[Feature, int]], sizes: Sequence[int], scale: float
) -> Iterator[tuple[Feature, dict[int, float]]]:
    """Every feature with the scaled log-odds for each intent that has it."""
    total = sum(sizes)
    table: dict[Feature, dict[int, float]] = defaultdict(dict)
    overall: dict[Feature, int] = defaultdict(int)
    for intent, count in enumerate(counts):
        for feature, times in count.items():
            table[feature][intent] = times
            overall[feature] += times
    for feature, row in table.items():
        everywhere = overall[feature]
        prior = PSEUDO * everywhere / (total + 1)
        for intent, times in row.items():
            size = sizes[intent]
            inside = _logit(times + prior, size + PSEUDO) - _logit(prior, size + PSEUDO)
            outside = total - size + PSEUDO
            elsewhere = _logit(everywhere - times + prior, outside) - _logit(everywhere + prior, outside)
            row[intent] = scale * (inside - elsewhere)
        yield feature, row


def _logit(part: float, whole: float) -> float:
    """The log-odds of a rate, part of whole; the rate is kept off 1, where they have no end."""
    return log(part / max(whole - part, 1e-6))
