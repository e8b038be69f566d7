"""What no score may outvote: named things, uncovered words, polarity. A gate turns an answer down, never up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.knowledge import Intent, KnowledgeBase
from bot.matching import Matcher, Reading, Token

PRONOUNS = frozenset({"it", "this", "that", "they", "them", "these"})
NEGATIONS = frozenset({"not", "no", "never", "without", "neither", "nor", "none", "nobody", "nothing"})
LEAST_COVERAGE = 0.30  # share of the content that an intent has to know to be answered
MAIN_SHARE = 0.8  # of the phrasings that name a subject, those that must name the first of `about`
BACKGROUND = 0.35  # what a common word counts for that the base never uses, beside a name or a rare word
LEAST_OFFER = 0.10  # share below which it is not even offered


@dataclass(frozen=True, slots=True)
class Finding:
    """What a gate has against an intent: it refuses it, or allows a question back at most."""

    gate: str
    refuses: bool
    names: tuple[str, ...] = ()  # the words or things it is about, as they are told to a person


@dataclass(frozen=True, slots=True)
class Scope:
    """What an intent can be asked about, drawn from its `about` and its phrasings."""

    intent: Intent
    about: frozenset[str]
    named: frozenset[str]  # things that its phrasings name
    main: str  # the first of `about`, where most phrasings that name a subject name it; or nothing
    negated: bool  # whether it reads right for a negated question

    def names(self, lineage: Iterable[str]) -> bool:
        """Whether `about` or a phrasing names a thing or one of its classes."""
        return not (self.about | self.named).isdisjoint(lineage)

    def holds(self, lineage: Iterable[str]) -> bool:
        """Whether it is about a thing or one of its classes; where `about` is empty, whether a phrasing names it."""
        return not (self.about or self.named).isdisjoint(lineage)


class Gates:
    """The gates of one knowledge base. Immutable."""

    def __init__(self, kb: KnowledgeBase, matcher: Matcher, readings: Mapping[str, Sequence[Reading]]) -> None:
        self._kb = kb
        self._lexicon = kb.lexicon
        self._matcher = matcher
        about = {thing for intent in kb.intents.values() for thing in intent.about}
        self._subjects = frozenset(self._lexicon.entities[t].kind for t in about if t in self._lexicon.entities)
        self._scopes = {intent: self._scope(kb.intents[intent], found) for intent, found in readings.items()}

    def findings(self, reading: Reading, intent: str) -> tuple[Finding, ...]:
        """Everything that speaks against answering this message with this intent."""
        scope = self._scopes[intent]
        return tuple(finding for gate in self._all for finding in gate(self, reading, scope))

    def uncovered(self, reading: Reading) -> tuple[str, ...]:
        """The names of the things in a message that the lexicon knows and the base holds nothing on."""
        entities = self._lexicon.entities
        return tuple(entities[thing].name for thing in reading.entities if not entities[thing].covered)

    def unheld(self, reading: Reading) -> tuple[str, ...]:
        """The names of what a declined message names: what is not covered, else every thing, else nothing."""
        if uncovered := self.uncovered(reading):
            return uncovered
        return ()

    def class_named(self, reading: Reading, intent: str) -> str:
        """The name of the class that an entry speaks of, where the message names only members of it; or nothing."""
        about = self._kb.intents[intent].about
        for thing in reading.entities:
            if thing in about or any(other in about for other in reading.entities if other != thing):
                continue
            for parent in self._lexicon.lineage(thing):
                if parent in about:
                    return self._lexicon.entities[parent].name
        return ""

    def uncovered_things(self, reading: Reading, scope: Scope) -> Iterator[Finding]:
        """Refuse an intent when the message names a thing that the base is known to hold nothing on."""
        for thing in reading.entities:
            entity = self._lexicon.entities[thing]
            if not entity.covered and not scope.names(self._lexicon.lineage(thing)):
                yield Finding("uncovered_things", refuses=True, names=(entity.name,))

    def other_subject(self, reading: Reading, scope: Scope) -> Iterator[Finding]:
        """Refuse an intent that is not about a subject which the message names."""
        for thing in self._subjects_of(reading):
            if not scope.holds(self._lexicon.lineage(thing)):
                yield Finding("other_subject", refuses=True, names=(self._lexicon.entities[thing].name,))

    def main_subject(self, reading: Reading, scope: Scope) -> Iterator[Finding]:
        """Refuse an intent whose main subject goes unnamed while others are named; doubt it where "it" may be meant."""
        subjects = self._subjects_of(reading)
        if not scope.main or not subjects:
            return
        if not any(scope.main in self._lexicon.lineage(thing) for thing in subjects):
            spoken_of = any(token.word in PRONOUNS for token in reading.tokens)
            yield Finding("main_subject", refuses=not spoken_of, names=(self._lexicon.entities[scope.main].name,))

    def uncovered_words(self, reading: Reading, scope: Scope) -> Iterator[Finding]:
        """Doubt or refuse an intent that knows too little of what the message says."""
        weights = [(token, self._weight(token)) for token in reading.tokens if token.content]
        unknown = [(token, weight) for token, weight in weights if not self._knows(scope, token)]
        total = sum(weight for _, weight in weights)
        share = 1 - sum(weight for _, weight in unknown) / total if total else 1.0
        if share < LEAST_COVERAGE:
            names = tuple(token.typed for token, _ in unknown)
            yield Finding("uncovered_words", refuses=share < LEAST_OFFER, names=names)

    def _weight(self, token: Token) -> float:
        weight = self._matcher.evidence.weight(token.key)
        return weight if token.known or not token.english else weight * BACKGROUND

    def polarity(self, reading: Reading, scope: Scope) -> Iterator[Finding]:
        """Doubt an intent whose entry does not read right for a negated question."""
        if not scope.negated and (found := negations(reading)):
            yield Finding("polarity", refuses=False, names=found)

    _all: tuple[Callable[[Gates, Reading, Scope], Iterator[Finding]], ...] = (
        uncovered_things,
        other_subject,
        main_subject,
        uncovered_words,
        polarity,
    )

    def _subjects_of(self, reading: Reading) -> list[str]:
        return [thing for thing in reading.entities if self._lexicon.entities[thing].kind in self._subjects]

    def _scope(self, intent: Intent, readings: Sequence[Reading]) -> Scope:
        named = frozenset(thing for reading in readings for thing in reading.entities)
        negated = not intent.about or "negated" in intent.reads_right_for or any(map(negations, readings))
        subjects = [found for found in map(self._subjects_of, readings) if found]
        main = intent.about[0] if intent.about else ""
        naming = [s for s in subjects if any(main in self._lexicon.lineage(thing) for thing in s)]
        if len(naming) < MAIN_SHARE * len(subjects):
            main = ""
        return Scope(intent, frozenset(intent.about), named, main, negated)

    def _knows(self, scope: Scope, token: Token) -> bool:
        known = self._matcher.knows(scope.intent.id, token.key)
        return known or bool(token.entity and scope.names(self._lexicon.lineage(token.entity)))


def negations(reading: Reading) -> tuple[str, ...]:
    """The negations of a message, less those that only ask for a yes (a tag, "or not", "why not")."""
    typed = [token.word for token in reading.tokens]
    found = [
        word
        for at, word in enumerate(typed)
        if word in NEGATIONS
        and not (at and typed[at - 1] in {"or", "why", "if", "is", "are", "does"} and at >= len(typed) - 2)
    ]
    return tuple(found)
