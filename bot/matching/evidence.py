"""How strongly each word, and each pair of neighbouring words, speaks for each intent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain
from math import log, sqrt
from typing import NamedTuple

from bot.features import UNKNOWN, Blocks, Table, Verbatim
from bot.matching.likeness import Likeness
from bot.matching.vocabulary import Feature, Terms, Vocabulary, norm, numbered
from bot.text import FUNCTION_STEMS

# The constants were found on training phrasings outside the draw of BANKING77 and CLINC150; see benchmarks/README.md.
ODDS_SHARE = 0.02  # of one unit of log-odds, beside a cosine of 0 to 1
ODDS_GROWTH = 4  # phrasings an intent; with as many, the log-odds have half of their say
ODDS_LENGTH = 6  # words; the sum of log-odds grows with a message, so longer ones count by the square root for less
ODDS_PAIR = 0.6  # a pair's say beside a word's
PSEUDO = 1.0  # phrasings of the mean rate that smooth an intent's rate (Dirichlet prior)
NEAREST_SHARE = 1.3  # of the nearest phrasing's cosine, beside the profile's
NEAREST_GROWTH = 60  # phrasings an intent; with as many, the nearest phrasing has half of its say
VERBATIM = 1.0  # of that cosine where a message is a phrasing word for word: what an owner wrote down is meant
SAME = 0.9999
NEAREST_INTENTS = 3  # the best ones, whose phrasings are compared; with 6 nothing was gained

LIKE_GROWTH = 40  # phrasings an intent; with as many, words spelt alike have half of their say


class Contribution(NamedTuple):
    """What one feature (a word, or a pair of words) added to the score of an intent."""

    feature: str
    amount: float


def best(scores: Sequence[float], limit: int) -> list[int]:
    """The numbers of the highest scores, at most `limit`; of equal ones the first comes first."""
    return sorted(range(len(scores)), key=scores.__getitem__, reverse=True)[:limit]  # faster than a heap for hundreds


class Said:
    """A message as the tables see it: its features, and what was found of them so far."""

    def __init__(self, terms: Terms, vocabulary: Vocabulary) -> None:
        self.terms = terms
        self.words = vocabulary.words(terms)
        self.features = [*self.words, *vocabulary.pairs(terms)]
        self.known = [(feature.number, feature.weight) for feature in self.features if feature.number != UNKNOWN]
        self.known_words = sum(word.number != UNKNOWN for word in self.words)  # of the known features, the first
        self.norm = norm(word.weight for word in self.words)
        self.full_norm = norm(feature.weight for feature in self.features)
        self.nearest: dict[int, tuple[int, float]] = {}  # by intent
        self.best: frozenset[int] = frozenset()  # the intents whose nearest phrasings have a say


class Phrasings:
    """The unit vectors of many texts, in groups."""

    def __init__(self, groups: Sequence[Sequence[Sequence[int]]], weights: Sequence[float]) -> None:
        """`groups`: for every group the features of its texts; `weights`: of every feature."""
        self._blocks = Blocks([_unit(features, weights) for features in texts] for texts in groups)

    def closest(self, said: Said, group: int, *, ordered: bool = True) -> tuple[int, float]:
        """The number within its group of the text that comes nearest to a message, and their cosine.

        Without the order of words only words count, and the second figure is no cosine.
        """
        if not self._blocks.size(group):
            return 0, 0.0
        sums = self._blocks.products(group, said.known if ordered else said.known[: said.known_words])
        most = max(sums)
        return (sums.index(most), most / said.full_norm) if most else (0, 0.0)

    def having(self, feature: int, group: int) -> float:
        """The share of the texts of a group that have a feature, 0 to 1."""
        return self._blocks.having(group, feature) / max(1, self._blocks.size(group))

    def share(self, feature: Feature, group: int, text: int) -> float:
        """A feature's part of the unit vector of a text."""
        return self._blocks.at(group, text, feature.number)


def _unit(features: Sequence[int], weights: Sequence[float]) -> dict[int, float]:
    """The features of a text with their weights, as a unit vector."""
    length = norm([weights[feature] for feature in features])
    return {feature: weights[feature] / length for feature in features}


class Evidence:
    """A table of evidence, feature by intent, that is summed over a message.

    score(message, intent) is the cosine of the message and the intent's profile (the unit sum of its phrasings' unit
    vectors, over weighted words); plus the log-odds of the message's words and pairs, ln(1 + n * rate in the intent /
    mean rate), which only features that were seen there have; plus, for the few best intents, the cosine of the
    message and the nearest phrasing, over words and pairs, and more of it where they are the same. A word never
    seen stays in the norm.
    """

    def __init__(self, phrasings: Sequence[Sequence[Terms]], lookalikes: Sequence[Sequence[Terms]] = ()) -> None:
        """`phrasings`: for every intent the terms of its phrasings; `lookalikes`: those of what it must not answer."""
        self.size = len(phrasings)
        self.per_intent = sum(map(len, phrasings)) / self.size if self.size else 0.0
        numbering, features = numbered((*phrasings, *lookalikes))
        seen, unlike = features[: self.size], features[self.size :]
        counts = [Counter(chain.from_iterable(examples)) for examples in seen]
        self.vocabulary = vocabulary = Vocabulary(numbering, counts, sum(map(len, phrasings)))
        weights = list(map(vocabulary.of, range(vocabulary.size)))
        self._profile = Table(_profiles(seen, vocabulary, weights), vocabulary.size)
        odds = _log_odds(counts, list(map(len, phrasings)), self.per_intent, vocabulary)
        self._odds = Table(odds, vocabulary.size)
        self._phrasings = Phrasings(seen, weights)
        self.verbatim = Verbatim(seen)
        self._lookalikes = Phrasings(unlike or [[] for _ in seen], weights)
        self._likeness = Likeness(key for key in vocabulary if key.isalpha() and key not in FUNCTION_STEMS)
        self._like_share = LIKE_GROWTH / (LIKE_GROWTH + self.per_intent)

    def said(self, terms: Terms) -> Said:
        """A message, made ready for comparison."""
        return Said(terms, self.vocabulary)

    def knows(self, intent: int, key: str) -> bool:
        """Whether a phrasing of the intent has the word."""
        return self.has(intent, self.vocabulary.number(key))

    def has(self, intent: int, word: int) -> bool:
        """The same for a word by its number."""
        return self._profile.at(word, intent) > 0

    def usual(self, intent: int, key: str) -> float:
        """The share of the intent's phrasings that have the word, 0 to 1."""
        return self._phrasings.having(self.vocabulary.number(key), intent)

    def scores(self, said: Said) -> list[float]:
        """The score of every intent for a message."""
        found = self._without_nearest(said)
        said.best = frozenset(
            (*best(found, NEAREST_INTENTS), *self.verbatim.of(feature.number for feature in said.features))
        )
        for intent in said.best:
            cosine = self.nearest(said, intent)[1]
            found[intent] += self._nearness(cosine) * cosine
        return found

    def _without_nearest(self, said: Said) -> list[float]:
        """The score of every intent by profile and log-odds alone."""
        found = [0.0] * self.size
        share = self._share(said)
        for word in said.words:
            factor = word.weight / said.norm
            intents, parts = self._profile.arrays(word.number)
            shares = self._odds.figures(word.number)  # of the same intents: those that have the word
            for intent, part, odds in zip(intents, parts, shares, strict=True):
                found[intent] += factor * part + share * odds
            for other, share_of_like in self._like(word.name):
                faintly = factor * share_of_like
                for intent, part in self._profile.row(other):
                    found[intent] += faintly * part
        for pair in said.features[len(said.words) :]:
            for intent, odds in self._odds.row(pair.number):
                found[intent] += share * odds
        return found

    def nearest(self, said: Said, intent: int) -> tuple[int, float]:
        """The number of the intent's phrasing that comes nearest to a message, and their cosine."""
        if intent not in said.nearest:
            said.nearest[intent] = self._phrasings.closest(said, intent)
        return said.nearest[intent]

    def nearest_in_words(self, said: Said, intent: int) -> int:
        """The number of the intent's phrasing that has most of a message's words, in whatever order."""
        return self._phrasings.closest(said, intent, ordered=False)[0]

    def nearest_lookalike(self, said: Said, intent: int) -> float:
        """The cosine of a message and the nearest of what an intent must not answer; 0 where it lists nothing."""
        return self._lookalikes.closest(said, intent)[1]

    def contributions(self, said: Said, intent: int) -> list[Contribution]:
        """What every word and pair added to an intent's score, largest first: `scores` read backwards."""
        share = self._share(said)
        phrasing, cosine = self.nearest(said, intent)
        scale = (intent in said.best) * self._nearness(cosine) / said.full_norm
        amounts: dict[str, float] = defaultdict(float)
        for feature in said.features:
            profile = self._profile.at(feature.number, intent)
            profile += sum(like * self._profile.at(other, intent) for other, like in self._like(feature.name))
            amounts[feature.name] += (
                feature.weight / said.norm * profile
                + share * self._odds.at(feature.number, intent)
                + scale * feature.weight * self._phrasings.share(feature, intent, phrasing)
            )
        ordered = sorted(amounts.items(), key=lambda item: (-item[1], item[0]))
        return [Contribution(name, amount) for name, amount in ordered if amount]

    def _like(self, word: str) -> list[tuple[int, float]]:
        """The numbers of words that are spelt like a word of matter, each with the share that it speaks with."""
        if not word.isalpha() or word in FUNCTION_STEMS:
            return []
        number = self.vocabulary.number
        return [(number(other), self._like_share * dice) for other, dice in self._likeness.of(word)]

    def _nearness(self, cosine: float) -> float:
        """The share of the cosine with the nearest phrasing."""
        share = NEAREST_SHARE * self.per_intent / (self.per_intent + NEAREST_GROWTH)
        return share + VERBATIM if cosine > SAME else share

    def _share(self, said: Said) -> float:
        """The share of a message's log-odds."""
        length = sqrt(ODDS_LENGTH / max(1, len(said.words)))
        return ODDS_SHARE * self.per_intent / (self.per_intent + ODDS_GROWTH) * length


def _profiles(
    seen: Sequence[Sequence[Sequence[int]]], vocabulary: Vocabulary, weights: Sequence[float]
) -> dict[int, dict[int, float]]:
    """For every word the intents that have it, each with the word's share of its profile."""
    rows: dict[int, dict[int, float]] = defaultdict(dict)
    for intent, examples in enumerate(seen):
        profile: dict[int, float] = defaultdict(float)
        for features in examples:
            for word, part in _unit(list(filter(vocabulary.is_word, features)), weights).items():
                profile[word] += part
        length = norm(profile.values())
        for word, part in profile.items():
            rows[word][intent] = part / length
    return rows


def _log_odds(
    counts: Sequence[Counter[int]], sizes: Sequence[int], per_intent: float, vocabulary: Vocabulary
) -> Mapping[int, dict[int, float]]:
    """For every feature the intents that have it, each with the log-odds that it speaks with."""
    rates: dict[int, float] = defaultdict(float)
    for count, size in zip(counts, sizes, strict=True):
        for feature, times in count.items():
            rates[feature] += times / size / len(counts)
    rows: dict[int, dict[int, float]] = defaultdict(dict)
    for intent, (count, size) in enumerate(zip(counts, sizes, strict=True)):
        for feature, times in count.items():
            share = 1.0 if vocabulary.is_word(feature) else ODDS_PAIR
            rows[feature][intent] = share * log(1 + per_intent * times / size / (PSEUDO * rates[feature]))
    return rows
