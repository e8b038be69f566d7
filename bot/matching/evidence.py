"""How strongly each word, and each pair of words, speaks for each intent."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt
from typing import NamedTuple

REACH = 3  # words; two words this near to one another make an unordered pair
ODDS_SHARE = 0.2 / 6  # of one unit of log-odds, beside a cosine of 0 to 1
ODDS_GROWTH = 15  # phrasings an intent; with as many, the log-odds have half of their say
PSEUDO = 3.0  # phrasings of the overall rate that smooth every rate (Dirichlet prior)
USUAL_LENGTH = 6  # words; the log-odds of longer messages count for less, as their sum grows with length
WORD, NEIGHBOURS, NEARBY = 1.0, 0.6, 0.4  # the say of each kind of feature in the log-odds
EDGE = ""  # stands before the first and after the last word
UNKNOWN = -1  # the number of a word that no phrasing has
RAREST = 2.0  # weight of such a word: as rare as can be by both measures

PAIR_SPACE = 1 << 24  # words that a pair can tell apart; a pair is one number, first word * PAIR_SPACE + second


class Terms(NamedTuple):
    """What a text says: the terms that form pairs, in order, and the bag of distinct terms that count by themselves."""

    order: tuple[str, ...]
    bag: tuple[str, ...]


def neighbours(numbers: Sequence[int]) -> set[int]:
    """Pairs of words that stand next to one another, in order; `numbers` starts and ends with the mark of an edge."""
    return {one * PAIR_SPACE + other for one, other in pairwise(numbers) if one >= 0 <= other}


def nearby(numbers: Sequence[int]) -> set[int]:
    """Pairs of different words within REACH of one another, the lower number first; edges take no part."""
    return {
        min(one, other) * PAIR_SPACE + max(one, other)
        for at, one in enumerate(numbers[1:-1], start=2)
        for other in numbers[at : min(at + REACH, len(numbers) - 1)]
        if one != other and one >= 0 <= other
    }


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature (a word, or a pair of words) added to the score of an intent."""

    feature: str
    amount: float


class Postings:
    """For every feature, by its number, the intents it speaks for and how much, in flat arrays."""

    def __init__(self, rows: Iterable[tuple[int, Mapping[int, float]]]) -> None:
        self._row: dict[int, int] = {}
        self._ends = array("I", [0])
        self._intents = array("I")
        self._weights = array("f")
        for feature, weights in rows:
            self._row[feature] = len(self._ends)
            self._intents.extend(weights.keys())
            self._weights.extend(weights.values())
            self._ends.append(len(self._intents))

    def of(self, feature: int) -> Iterable[tuple[int, float]]:
        """The intents of a feature, by their number, with its weight for each."""
        row = self._row.get(feature)
        if row is None:
            return ()
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
        total = sum(map(len, phrasings))
        self.per_intent = total / self.size if self.size else 0.0
        words = dict.fromkeys(key for examples in phrasings for terms in examples for key in (*terms.order, *terms.bag))
        self._numbers = {key: number for number, key in enumerate((EDGE, *words))}
        sizes = list(map(len, phrasings))
        scale = ODDS_SHARE * self.per_intent / (self.per_intent + ODDS_GROWTH)
        bags = [[self._known(terms.bag) for terms in examples] for examples in phrasings]
        orders = [[self._ordered(terms) for terms in examples] for examples in phrasings]
        counts = _counts(bags)
        self._weights = dict(_rarities(counts, total))
        self._profile = Postings(_profiles(bags, self._weights))
        self._words = Postings(_log_odds(counts, sizes, scale * WORD))
        pairs = _counts([list(map(neighbours, examples)) for examples in orders])
        self._neighbours = Postings(_log_odds(pairs, sizes, scale * NEIGHBOURS))
        pairs = _counts([list(map(nearby, examples)) for examples in orders])
        self._nearby = Postings(_log_odds(pairs, sizes, scale * NEARBY))

    def __contains__(self, key: str) -> bool:
        """Whether some phrasing has the word."""
        return key in self._numbers

    def weight(self, key: str) -> float:
        """How rare a word is, 0 to 2: what it counts for in the cosine. A word never seen is as rare as can be."""
        return self._weights.get(self._numbers.get(key, UNKNOWN), RAREST)

    def scores(self, terms: Terms) -> list[float]:
        """The score of every intent for a message."""
        found = [0.0] * self.size
        for _, rows, factor in self._features(terms):
            for intent, weight in rows:
                found[intent] += factor * weight
        return found

    def contributions(self, terms: Terms, intent: int) -> list[Contribution]:
        """What every word and pair added to an intent's score, largest first: `scores` read backwards."""
        amounts: dict[str, float] = defaultdict(float)
        for name, rows, factor in self._features(terms):
            amounts[name] += sum(factor * weight for other, weight in rows if other == intent)
        ordered = sorted(amounts.items(), key=lambda item: (-abs(item[1]), item[0]))
        return [Contribution(name, amount) for name, amount in ordered if amount]

    def knows(self, intent: int, key: str) -> bool:
        """Whether a phrasing of the intent has the word."""
        return any(other == intent for other, _ in self._profile.of(self._numbers.get(key, UNKNOWN)))

    def _features(self, terms: Terms) -> Iterator[tuple[str, Iterable[tuple[int, float]], float]]:
        """Every feature of a message that the base has: its name, its intents with their weights, and a factor."""
        norm = sqrt(sum(self.weight(key) ** 2 for key in terms.bag)) or 1.0
        length = sqrt(USUAL_LENGTH / max(1, len(set(terms.order))))
        for key in terms.bag:
            number = self._numbers.get(key, UNKNOWN)
            yield key, self._profile.of(number), self.weight(key) / norm
            yield key, self._words.of(number), length
        order = self._ordered(terms)
        names = dict(zip(order, ("·", *terms.order, "·"), strict=True))
        for postings, pairs, joint in ((self._neighbours, neighbours(order), " "), (self._nearby, nearby(order), "+")):
            for pair in sorted(pairs):
                one, other = divmod(pair, PAIR_SPACE)
                yield names[one] + joint + names[other], postings.of(pair), length

    def _known(self, keys: Iterable[str]) -> list[int]:
        return [self._numbers[key] for key in keys if key in self._numbers]

    def _ordered(self, terms: Terms) -> list[int]:
        """The numbers of a text's words in order, between the marks of its edges; UNKNOWN for words never seen."""
        edge = self._numbers[EDGE]
        return [edge, *(self._numbers.get(key, UNKNOWN) for key in terms.order), edge]


def _counts(examples: Sequence[Sequence[Iterable[int]]]) -> list[Counter[int]]:
    """For every intent, how many of its phrasings have each feature."""
    return [Counter(feature for features in phrasings for feature in features) for phrasings in examples]


def _profiles(
    bags: Sequence[Sequence[Sequence[int]]], weights: Mapping[int, float]
) -> Iterator[tuple[int, dict[int, float]]]:
    """Every word with its share of the profile of each intent that has it."""
    table: dict[int, dict[int, float]] = defaultdict(dict)
    for intent, examples in enumerate(bags):
        total: dict[int, float] = defaultdict(float)
        for bag in examples:
            norm = sqrt(sum(weights[word] ** 2 for word in bag)) or 1.0
            for word in bag:
                total[word] += weights[word] / norm
        norm = sqrt(sum(value * value for value in total.values())) or 1.0
        for word, value in total.items():
            table[word][intent] = value / norm
    yield from table.items()


def _rarities(counts: Sequence[Counter[int]], phrasings: int) -> Iterator[tuple[int, float]]:
    """Every word with its rarity over phrasings plus its rarity over intents, each 0 to 1."""
    in_phrasings = sum(counts, Counter[int]())
    in_intents = Counter(word for count in counts for word in count)
    most = log((phrasings + 1) / 0.5), log((len(counts) + 1) / 0.5)
    for word, count in in_phrasings.items():
        over_phrasings = log((phrasings + 1) / (count + 0.5)) / most[0]
        over_intents = log((len(counts) + 1) / (in_intents[word] + 0.5)) / most[1]
        yield word, over_phrasings + over_intents


def _log_odds(
    counts: Sequence[Mapping[int, int]], sizes: Sequence[int], scale: float
) -> Iterator[tuple[int, dict[int, float]]]:
    """Every feature with the scaled log-odds for each intent that has it."""
    total = sum(sizes)
    table: dict[int, dict[int, int]] = defaultdict(dict)
    overall: dict[int, int] = defaultdict(int)
    for intent, count in enumerate(counts):
        for feature, times in count.items():
            table[feature][intent] = times
            overall[feature] += times
    for feature, row in table.items():
        everywhere = overall[feature]
        prior = PSEUDO * everywhere / (total + 1)
        odds = {}
        for intent, times in row.items():
            size = sizes[intent] + PSEUDO
            outside = total - sizes[intent] + PSEUDO
            inside = _logit(times + prior, size) - _logit(prior, size)
            elsewhere = _logit(everywhere - times + prior, outside) - _logit(everywhere + prior, outside)
            odds[intent] = scale * (inside - elsewhere)
        yield feature, odds


def _logit(part: float, whole: float) -> float:
    """The log-odds of a rate, part of whole; the rate is kept off 1, where they have no end."""
    return log(part / max(whole - part, 1e-6))
