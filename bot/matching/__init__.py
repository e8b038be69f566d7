"""How close a message comes to what the bot knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp
from typing import NamedTuple

from bot.knowledge import Intent, KnowledgeBase
from bot.matching.evidence import SAME, Contribution, Evidence, Said, best
from bot.matching.reading import CONCEPT, ENTITY, Reader, Reading, Token
from bot.matching.vocabulary import Terms
from bot.text import stem

__all__ = [
    "CONCEPT",
    "ENTITY",
    "SAME",
    "Candidate",
    "Contribution",
    "Match",
    "Matcher",
    "Query",
    "Reader",
    "Reading",
    "Token",
    "phrasings_of",
    "score_of",
]

COVERAGE_SHARE = 0.2  # of full coverage, beside a score of 0 to about 1
LEAD_SHARE, LEAD_GROWTH = 0.4, 60  # of the lead over the runner-up, in full from so many phrasings an intent
EASE = 0.6  # confidence that is shown as 63 of 100; the score shown only ever nears 100


class Match(NamedTuple):
    """An intent, the phrasing that came closest, and how close it came (0 to 100)."""

    intent: str
    score: float
    phrasing: str


class Candidate(NamedTuple):
    """An intent with the figures a decision needs."""

    intent: str
    score: float  # the sum of the evidence: 0 to about 1, no probability
    coverage: float  # 0 to 1, the share of the message's word weight that the intent's phrasings have


class Query(NamedTuple):
    """A message under comparison: how it reads, its features, and the score of every intent by its number."""

    reading: Reading
    said: Said
    scores: list[float]


class Matcher:
    """Ranks the intents of one knowledge base for a message. Immutable."""

    def __init__(
        self,
        kb: KnowledgeBase,
        readings: Mapping[str, Sequence[Reading]],
        lookalikes: Mapping[str, Sequence[Reading]],
    ) -> None:
        """`readings`: for every intent of `kb` those of its title and phrasings, as `phrasings_of` orders them."""
        self._kb = kb
        self._ids = tuple(sorted(kb.intents))
        self._number = {intent: number for number, intent in enumerate(self._ids)}
        self._phrasings = {intent.id: phrasings_of(intent) for intent in kb.intents.values()}
        self.evidence = Evidence(
            [[terms_of(reading.tokens) for reading in readings[intent]] for intent in self._ids],
            [[terms_of(reading.tokens) for reading in lookalikes[intent]] for intent in self._ids],
        )

    def query(self, reading: Reading) -> Query:
        """A message, compared with every intent."""
        said = self.evidence.said(self._terms(reading))
        return Query(reading, said, self.evidence.scores(said))

    def candidates(self, query: Query, limit: int) -> list[Candidate]:
        """The intents that some word speaks for, best first, at most `limit`; ties go by name."""
        scores = query.scores
        spoken_for = (number for number in best(scores, limit) if scores[number] > 0)
        return [Candidate(self._ids[number], scores[number], self._coverage(query, number)) for number in spoken_for]

    def confidence(self, candidate: Candidate, runner_up: Candidate | None) -> float:
        """How sure a candidate is, 0 to about 1.5: its score, its coverage, and its lead where phrasings are many."""
        lead = candidate.score - (runner_up.score if runner_up else 0.0)
        share = LEAD_SHARE * min(1.0, self.evidence.per_intent / LEAD_GROWTH)
        return candidate.score + COVERAGE_SHARE * candidate.coverage + share * lead

    def match(self, query: Query, candidate: Candidate, runner_up: Candidate | None) -> Match:
        """A candidate as it is shown, with the phrasing that comes closest to the message."""
        closest = self._phrasings[candidate.intent][self.nearest(query, candidate.intent)]
        return Match(candidate.intent, score_of(self.confidence(candidate, runner_up)), closest)

    def nearest(self, query: Query, intent: str) -> int:
        """The number of the phrasing of an intent, as `phrasings_of` orders them, that is nearest to a message."""
        return self.evidence.nearest(query.said, self._number[intent])[0]

    def nearest_in_words(self, query: Query, intent: str) -> int:
        """The same, whatever the order of the words."""
        return self.evidence.nearest_in_words(query.said, self._number[intent])

    def verbatim(self, query: Query) -> frozenset[str]:
        """The intents that have a message as a phrasing, word for word as it is read."""
        found = (
            self._ids[number] for number in self.evidence.verbatim.of(feature.number for feature in query.said.features)
        )
        return frozenset(intent for intent in found if self.nearness(query, intent) > SAME)

    def nearness(self, query: Query, intent: str) -> float:
        """The cosine of a message with the nearest phrasing of an intent."""
        return self.evidence.nearest(query.said, self._number[intent])[1]

    def likeness(self, query: Query, intent: str) -> float:
        """The cosine of a message with the nearest look-alike of an intent; 0 where it lists none."""
        return self.evidence.nearest_lookalike(query.said, self._number[intent])

    def contributions(self, query: Query, intent: str) -> list[Contribution]:
        """What every word and pair of words added to an intent's score, largest first."""
        return self.evidence.contributions(query.said, self._number[intent])

    def knows(self, intent: str, key: str) -> bool:
        """Whether a phrasing of the intent has the word."""
        return self.evidence.knows(self._number[intent], key)

    def usual(self, intent: str, key: str) -> float:
        """The share of the intent's phrasings that have the word, 0 to 1."""
        return self.evidence.usual(self._number[intent], key)

    def weight(self, key: str) -> float:
        """How rare a word is, 0 to 1."""
        return self.evidence.vocabulary.weight(key)

    def _terms(self, reading: Reading) -> Terms:
        """The terms of a message; a thing that no phrasing names stands for its class, if one names that."""
        return terms_of([token._replace(key=self._generalised(token)) for token in reading.tokens])

    def _generalised(self, token: Token) -> str:
        vocabulary = self.evidence.vocabulary
        if not token.entity or token.key in vocabulary:
            return token.key
        lineage = self._kb.lexicon.lineage(token.entity)
        return next((ENTITY + thing for thing in lineage if ENTITY + thing in vocabulary), token.key)

    def _coverage(self, query: Query, number: int) -> float:
        words = query.said.words
        total = sum(word.weight for word in words) or 1.0
        return sum(word.weight for word in words if self.evidence.has(number, word.number)) / total


def score_of(confidence: float) -> float:
    """A confidence as it is shown, 0 to 100."""
    return round(100 * (1 - exp(-max(0.0, confidence) / EASE)), 1)


def phrasings_of(intent: Intent) -> tuple[str, ...]:
    """The title, which counts as a phrasing, and the phrasings of an intent, each once."""
    return tuple(dict.fromkeys((intent.title, *intent.phrasings)))


def terms_of(tokens: Sequence[Token]) -> Terms:
    """The terms of tokens: their keys in order, and in the bag also the words that synonyms were read from."""
    order = tuple(token.key for token in tokens)
    spoken = (stem(word) for token in tokens if token.key[0] == CONCEPT for word in token.word.split())
    return Terms(order, tuple(dict.fromkeys((*order, *spoken))))
