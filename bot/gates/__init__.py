"""What no score may outvote: named things, uncovered words, polarity. A gate turns an answer down, never up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.gates.heard import Heard, heard_in
from bot.gates.scope import Scope, Subjects, keys_said, scope_of
from bot.gates.turns import opposites
from bot.knowledge import SMALLTALK, KnowledgeBase
from bot.matching import Matcher, Query, Reading, Token

__all__ = ["Finding", "Gates"]

LEAST_COVERAGE = 0.5  # share of what a message says that an intent has to know to be answered
LEAST_UNNAMED = 0.5  # the same where the message names no subject
LEAST_USUAL = 0.015  # of an intent's phrasings, those that have a word which stands for it where no subject is named
SUBJECT = 0.4  # what the subject that a message names counts for, beside a rare word
BACKGROUND = 0.7  # what a common word counts for that the base never uses, beside a name or a rare word
WORDS_COVERED = 1.0  # of the words of matter, how many at least: a long message tells a story around its question
LEAST_OFFER = 0.08  # share below which it is not even offered
LEAST_ADRIFT = 0.7  # share below which it is not offered where nothing in the message says what it is about
LIKELY = 0.5  # cosine with a phrasing from which a message is worded like it, whatever its single words
ALIKE = 0.5  # cosine of a message and a look-alike from which the one speaks of the other
NEAR = 0.6  # cosine with a phrasing that does without the main subject, from which a message may do so
NEARER = 1.1  # times the cosine with the nearest phrasing, which a look-alike must exceed


class Finding(NamedTuple):
    """What a gate has against an intent: it refuses it, or allows a question back at most."""

    gate: str
    refuses: bool
    names: tuple[str, ...] = ()  # the words or things it is about, as they are told to a person


class Gates:
    """The gates of one knowledge base. Immutable."""

    def __init__(self, kb: KnowledgeBase, matcher: Matcher, readings: Mapping[str, Sequence[Reading]]) -> None:
        self._kb = kb
        self._lexicon = kb.lexicon
        self._matcher = matcher
        self._subjects = Subjects(kb)
        self._scopes = {i: scope_of(kb.intents[i], found, self._subjects) for i, found in readings.items()}

    def findings(self, query: Query, intents: Sequence[str]) -> dict[str, tuple[Finding, ...]]:
        """For each of some intents everything that speaks against answering this message with it.

        Nothing does where it is one of the intent's phrasings, word for word: what an owner wrote down is meant.
        """
        heard, meant = heard_in(query, self._subjects, self._weight), self._matcher.verbatim(query)
        return {one: tuple(self._against(heard, self._scopes[one], one in meant)) for one in intents}

    def _against(self, heard: Heard, scope: Scope, meant: bool) -> Iterator[Finding]:
        """What the gates find; `meant`: whether the message reads like a phrasing of the intent, word for word."""
        said, turned = keys_said(heard.reading), heard.turning.words  # "after a session" may read like "before" one
        if meant and (said, turned) in zip(scope.said, scope.turned, strict=True):
            return
        for gate in self._all:
            yield from gate(self, heard, scope)

    def uncovered(self, reading: Reading) -> tuple[str, ...]:
        """The names of the things in a message that the lexicon knows and the base holds nothing on."""
        things = (thing for thing in reading.entities if not self._lexicon.entities[thing].covered)
        return tuple(name for thing in things for name in self._named(reading, thing))

    def names_usual(self, reading: Reading, intent: str) -> bool:
        """Whether a message names every subject that most phrasings of an intent name: both sides of a comparison."""
        scope = self._scopes[intent]
        return scope.usual <= {*self._subjects.order(reading, scope.intent)}

    def class_named(self, reading: Reading, intent: str) -> str:
        """The name of the class that an entry speaks of, where the message names only members of it; or nothing."""
        about = self._kb.intents[intent].about
        named = [(thing, tuple(self._lexicon.lineage(thing))) for thing in self._subjects.of(reading)]
        if any(thing in about for thing, _ in named):
            return ""
        classes = (parent for _, lineage in named for parent in lineage if parent in about)
        first = next(classes, "")
        return self._lexicon.entities[first].name if first else ""

    def uncovered_things(self, heard: Heard, scope: Scope) -> Iterator[Finding]:
        """Refuse an intent when the message names a thing that the base is known to hold nothing on."""
        for thing, lineage in heard.lineages.items():
            if not self._lexicon.entities[thing].covered and not scope.holds(lineage):
                yield Finding("uncovered_things", refuses=True, names=self._named(heard.reading, thing))

    def other_subject(self, heard: Heard, scope: Scope) -> Iterator[Finding]:
        """Refuse an intent that is not about a subject which the message names."""
        for thing in heard.subjects:
            if not scope.holds(heard.lineages[thing]):
                yield Finding("other_subject", refuses=True, names=self._named(heard.reading, thing))

    def main_subject(self, heard: Heard, scope: Scope) -> Iterator[Finding]:
        """Refuse an intent whose main subject goes unnamed while others are named; doubt it where "it" may be meant."""
        main, subjects = scope.main, heard.subjects
        if not main or not subjects or any(main in heard.lineages[thing] for thing in subjects):
            return
        nearest = scope.orders[self._matcher.nearest(heard.query, scope.intent.id)]
        if nearest and main not in nearest and self._matcher.nearness(heard.query, scope.intent.id) >= NEAR:
            return  # a phrasing does without it, too
        yield Finding("main_subject", refuses=not heard.pronoun, names=(self._lexicon.entities[main].name,))

    def attached_words(self, heard: Heard, scope: Scope) -> Iterator[Finding]:
        """Refuse an intent that speaks of one thing's addiction, say, when the message speaks of another's."""
        for thing, token in heard.attached:
            owners = scope.attached.get(token.key)
            if owners and owners.isdisjoint(heard.lineages[thing]):
                names = (f"{self._lexicon.entities[thing].name} {token.typed}",)
                yield Finding("attached_words", refuses=True, names=names)

    def lookalikes(self, heard: Heard, scope: Scope) -> Iterator[Finding]:
        """Refuse an intent when the message is nearer to one of its look-alikes than to any of its phrasings."""
        like = self._matcher.likeness(heard.query, scope.intent.id)
        if like >= ALIKE and like > NEARER * self._matcher.nearness(heard.query, scope.intent.id):
            yield Finding("lookalikes", refuses=True)

    def direction(self, heard: Heard, scope: Scope) -> Iterator[Finding]:
        """Doubt an intent when the message turns the nearest phrasing round, or one of the very same words."""
        if len(heard.subjects) < 2 or "reversed" in scope.intent.reads_right_for:
            return
        order = self._subjects.order(heard.reading, scope.intent)[:2]
        if len(order) < 2:
            return
        nearest, in_words = self._nearest(heard.query, scope)
        near = {nearest, in_words} if scope.said[in_words] == keys_said(heard.reading) else {nearest}
        if any(order == scope.orders[phrasing][:2][::-1] for phrasing in near):
            names = tuple(self._lexicon.entities[thing].name for thing in order)
            yield Finding("direction", refuses=False, names=names)

    def opposite_words(self, heard: Heard, scope: Scope) -> Iterator[Finding]:
        """Doubt an intent when the message says the opposite of a nearest phrasing: stop for start."""
        turning = heard.turning
        if not turning.words and turning.stems.isdisjoint(scope.unmarked):
            return  # nothing turns it round, nor does it lack an "un"
        keys = set(heard.reading.keys)
        turned = (at for at, words in enumerate(scope.turned) if turning.words and words)
        same = (at for at in turned if len(keys.symmetric_difference(scope.said[at])) <= 2)  # "start" for "stop"
        near = {*self._nearest(heard.query, scope), *same}
        for word in opposites(turning, scope.intent, scope.turned, near):
            yield Finding("opposite_words", refuses=False, names=(word,))

    def wanted_kind(self, heard: Heard, scope: Scope) -> Iterator[Finding]:
        """Doubt an intent that never tells the kind of thing the message asks for: a number, a person, a time."""
        if missing := heard.wanted - scope.wanted:
            yield Finding("wanted_kind", refuses=False, names=tuple(sorted(missing)))

    def uncovered_words(self, heard: Heard, scope: Scope) -> Iterator[Finding]:
        """Doubt or refuse an intent that knows too little of what the message says."""
        chats = scope.intent.topic == SMALLTALK and bool(heard.matter) and not self._likely(heard, scope)
        named = bool(heard.subjects) or not (scope.about or chats)
        least_usual = LEAST_USUAL if scope.usually_named and not named else 0.0
        unknown = [token for token in heard.matter if not self._knows(scope, token, heard, least_usual)]
        total = heard.weight + SUBJECT * named
        share = 1 - sum(map(self._weight, unknown)) / total if total else 0.0
        least = min(LEAST_COVERAGE, WORDS_COVERED / max(1, len(heard.matter))) if named else LEAST_UNNAMED
        adrift = self._adrift(heard, scope)
        if share < least or (adrift and share < LEAST_ADRIFT and not self._likely(heard, scope)):
            refuses = share < LEAST_OFFER or adrift
            yield Finding("uncovered_words", refuses=refuses, names=tuple(token.typed for token in unknown))

    def unusual_words(self, heard: Heard, scope: Scope) -> Iterator[Finding]:
        """Doubt an intent that is hardly ever asked for in any of the words of a message; two subjects say enough."""
        told = len(self._subjects.order(heard.reading, scope.intent)) > 1
        if told or not heard.matter or self._likely(heard, scope):
            return
        adrift = self._adrift(heard, scope)
        if heard.keys.isdisjoint(scope.anchors if adrift else scope.typical):
            yield Finding("unusual_words", refuses=adrift, names=tuple(token.typed for token in heard.matter))

    def unnamed_subject(self, heard: Heard, scope: Scope) -> Iterator[Finding]:
        """Doubt an intent whose subject goes unnamed; refuse it where a word that is no English may name another."""
        unheard = any(not token.known for token in heard.matter)  # "can cyclophosphamide damage it"
        if self._adrift(heard, scope) and (unheard or not self._likely(heard, scope)):
            strange = any(not (token.known or token.english) for token in heard.matter)
            yield Finding(
                "unnamed_subject", refuses=strange, names=(self._lexicon.entities[scope.intent.about[0]].name,)
            )

    def unusual_wish(self, heard: Heard, scope: Scope) -> Iterator[Finding]:
        """Doubt an intent that hardly ever is asked for what the message wants to know: "which songs …"."""
        wish = {token.key for token in heard.wish}
        if wish and wish.isdisjoint(scope.typical) and not self._likely(heard, scope):
            yield Finding("unusual_wish", refuses=False, names=tuple(token.typed for token in heard.wish))

    def polarity(self, heard: Heard, scope: Scope) -> Iterator[Finding]:
        """Doubt an intent whose entry does not read right for a negated question, or for doing without a subject."""
        nearest = self._matcher.nearest(heard.query, scope.intent.id)
        denials = heard.denials if scope.about else heard.negations
        if denials and not scope.negated and not scope.denied[nearest]:
            yield Finding("polarity", refuses=False, names=denials)
        if not scope.reads_without and not scope.without[nearest]:
            for typed, following in heard.without:
                if any(self._done_without(scope, nearest, token) for token in following):
                    yield Finding("polarity", refuses=False, names=(typed,))

    def _adrift(self, heard: Heard, scope: Scope) -> bool:
        """Whether a message says nothing of what an intent is about: no subject, no "it", no word that is typical."""
        if not scope.about or heard.subjects or heard.pronoun:
            return False
        return scope.usually_named or heard.keys.isdisjoint(scope.anchors)

    def _likely(self, heard: Heard, scope: Scope) -> bool:
        """Whether a message is worded like a phrasing of an intent."""
        return self._matcher.nearness(heard.query, scope.intent.id) >= LIKELY

    def _done_without(self, scope: Scope, nearest: int, token: Token) -> bool:
        """Whether an intent is about the thing that a message does without; where it is about nothing, its words."""
        return token.entity in self._subjects or (
            not scope.about and token.content and token.key in scope.said[nearest]
        )

    _all: tuple[Callable[[Gates, Heard, Scope], Iterator[Finding]], ...] = (
        uncovered_things,
        other_subject,
        main_subject,
        attached_words,
        lookalikes,
        direction,
        opposite_words,
        wanted_kind,
        uncovered_words,
        unusual_words,
        unnamed_subject,
        unusual_wish,
        polarity,
    )

    def _nearest(self, query: Query, scope: Scope) -> tuple[int, int]:
        """The nearest phrasing of an intent, and the one that has most of a message's words in whatever order."""
        intent = scope.intent.id
        return self._matcher.nearest(query, intent), self._matcher.nearest_in_words(query, intent)

    def _named(self, reading: Reading, thing: str) -> tuple[str, ...]:
        """The name of a thing that a message names; of one that is known by its ending, the words that were typed."""
        entity = self._lexicon.entities[thing]
        typed = (token.typed for token in reading.tokens if token.entity == thing)
        return tuple(dict.fromkeys(typed)) if entity.endings else (entity.name,)

    def _weight(self, token: Token) -> float:
        weight = self._matcher.weight(token.key)
        return weight if token.known or not token.english else BACKGROUND * weight

    def _knows(self, scope: Scope, token: Token, heard: Heard, least: float) -> bool:
        known = self._matcher.usual(scope.intent.id, token.key) > least
        return known or bool(token.entity and scope.names(heard.lineages[token.entity]))
