"""What an intent can be asked about, drawn once from its `about`, its phrasings and its look-alikes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from bot.gates.turns import OFTEN, QUESTION_WORDS, asked_from, turning_words, unmarked
from bot.knowledge import SMALLTALK, Intent, KnowledgeBase, Lexicon
from bot.matching import Reading, Token

MAIN_SHARE = 0.8  # of the phrasings that name a subject, those that must name the first of `about`

TYPICAL = 0.011  # of an intent's phrasings, those that have a word for it to be a usual one
ANCHOR = 0.03  # the same for a word that stands for the subject where none is named
ATTACHED_SHARE = 0.2  # of the phrasings, those in which a word follows a subject for this to be the usual thing
NEGATIONS = frozenset({"not", "no", "never", "neither", "nor", "none", "nobody", "nothing"})
DENYING_SHARE = 0.5  # of the phrasings, those that are negated where an entry speaks of what is not
TAGS = frozenset({"or", "why", "if"})  # before a negation: "or not", "why not"
SHORT_QUESTIONS = frozenset({"is", "are", "do", "does", "can", "will", "it", "they", "right"})
WITHOUT = "without"

# What kind of thing a question wants to know. "When" and "where" also join sentences: they ask before these verbs only.
ASKED_ANYWHERE = {("how", "many"): "a number", ("how", "long"): "a time", ("how", "soon"): "a time"}
ASKED_FIRST = {"who": "a person", "whom": "a person", "when": "a date", "where": "a place"}
VERBS_OF_QUESTIONS = frozenset("is are was were do does did has have had can could will would".split())


class Scope(NamedTuple):
    """What an intent can be asked about."""

    intent: Intent
    about: frozenset[str]
    named: frozenset[str]  # things that its phrasings name
    main: str  # the subject that a question must name, if it names any; or nothing
    usually_named: bool  # whether most of its phrasings name that subject
    usual: frozenset[str]  # of `about`, what most of its phrasings name
    negated: bool  # whether it reads right for a negated question
    denied: tuple[bool, ...]  # for each phrasing whether it is negated
    without: tuple[bool, ...]  # for each phrasing whether it asks of doing without
    reads_without: bool  # whether many do, or the entry reads right for opposites
    wanted: frozenset[str]  # kinds of things that its phrasings want to know: a number, a person, …
    said: tuple[tuple[str, ...], ...]  # for each phrasing its keys, each once and sorted, smaller than a set
    orders: tuple[tuple[str, ...], ...]  # for each phrasing the subjects of `about` that it names, in order
    unmarked: frozenset[str]  # the stems that some phrasing has "un" before
    turned: tuple[frozenset[str], ...]  # for each phrasing the words that turn a question round, if it has some
    typical: frozenset[str]  # keys that more than a few of its phrasings have
    anchors: frozenset[str]  # those that so many have that they stand for a subject which goes unnamed
    attached: Mapping[str, frozenset[str]]  # words that usually follow a subject, and those subjects

    def names(self, lineage: Iterable[str]) -> bool:
        """Whether `about` or a phrasing names a thing or one of its classes."""
        return not (self.about | self.named).isdisjoint(lineage)

    def holds(self, lineage: Iterable[str]) -> bool:
        """Whether it is about a thing or one of its classes; where `about` is empty, whether a phrasing names it."""
        return not (self.about or self.named).isdisjoint(lineage)


class Subjects:
    """The things that `about` can name, told from all others by their kinds (drugs and classes of drugs, say)."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.lexicon: Lexicon = kb.lexicon
        about = {thing for intent in kb.intents.values() for thing in intent.about}
        self._kinds = frozenset(self.lexicon.entities[t].kind for t in about if t in self.lexicon.entities)

    def __contains__(self, entity: str) -> bool:
        return bool(entity) and self.lexicon.entities[entity].kind in self._kinds

    def of(self, reading: Reading) -> list[str]:
        """The subjects that a message names, each once, in order."""
        return [thing for thing in reading.entities if thing in self]

    def order(self, reading: Reading, intent: Intent) -> tuple[str, ...]:
        """The subjects of an intent's `about` that a message names, each once, in order; members as their class."""
        lineages = (self.lexicon.lineage(thing) for thing in self.of(reading))
        named = (next((thing for thing in lineage if thing in intent.about), "") for lineage in lineages)
        return tuple(thing for thing in dict.fromkeys(named) if thing)

    def attached(self, reading: Reading) -> Iterator[tuple[str, Token]]:
        """The subjects of a message, each with the word of matter that follows it directly."""
        for one, other in pairwise(reading.tokens):
            if one.entity in self and other.content and not other.entity:
                yield one.entity, other


def scope_of(intent: Intent, readings: Sequence[Reading], subjects: Subjects) -> Scope:
    """The scope of an intent, from the readings of its title and phrasings."""
    named = [found for found in map(subjects.of, readings) if found]
    denied = tuple(bool(negations(reading, asking_why=True)) for reading in readings)
    without = tuple(any(token.word == WITHOUT for token in reading.tokens) for reading in readings)
    main = intent.about[0] if intent.about else ""
    naming = [found for found in named if any(main in subjects.lexicon.lineage(thing) for thing in found)]
    attached: dict[str, set[str]] = defaultdict(set)
    times = Counter[str]()
    for reading in readings:
        for thing, token in subjects.attached(reading):
            attached[token.key].update(subjects.lexicon.lineage(thing))
            times[token.key] += 1
    attaching = {word for word, count in times.items() if count >= ATTACHED_SHARE * len(readings)}
    orders = tuple(subjects.order(reading, intent) for reading in readings)
    turned = tuple(map(turning_words, readings))
    having = Counter(key for reading in readings for key in set(reading.keys))
    return Scope(
        intent=intent,
        about=frozenset(intent.about),
        named=frozenset(thing for reading in readings for thing in reading.entities),
        main=main if len(naming) >= MAIN_SHARE * len(named) else "",
        usually_named=len(naming) > len(readings) / 2,
        usual=frozenset(thing for thing in intent.about if sum(thing in order for order in orders) > len(orders) / 2),
        negated="negated" in intent.reads_right_for or _speaks_of_what_is_not(intent, denied),
        denied=denied,
        without=without,
        reads_without="opposite" in intent.reads_right_for or sum(without) >= OFTEN * len(without),
        wanted=frozenset(kind for reading in readings for kind in wanted(reading)),
        said=tuple(map(keys_said, readings)),
        orders=orders,
        unmarked=unmarked(turned),
        turned=turned,
        typical=frozenset(key for key, count in having.items() if count >= TYPICAL * len(readings)),
        anchors=frozenset(key for key, count in having.items() if count >= ANCHOR * len(readings)),
        attached={word: frozenset(things) for word, things in attached.items() if word in attaching},
    )


def negations(reading: Reading, *, asking_why: bool = False) -> tuple[str, ...]:
    """The negations of a message, less those that do not deny what it asks.

    Those only ask for a yes (a tag, "or not", "why not"), or come before the question: "I do not follow, can you …".
    `asking_why`: "why is it not …" denies as well.
    """
    typed = [token.word for token in reading.tokens]
    return tuple(
        word
        for at, word in enumerate(typed)
        if word in NEGATIONS
        and at >= asked_from(typed)
        and not (at and typed[at - 1] in TAGS)
        and not _is_tag(typed, at)
        and (asking_why or typed[max(0, at - 2) : at - 1] != ["why"])
    )


def keys_said(reading: Reading) -> tuple[str, ...]:
    """The keys of a message, each once, whatever their order."""
    return tuple(sorted(set(reading.keys)))


def _speaks_of_what_is_not(intent: Intent, denied: Sequence[bool]) -> bool:
    """Whether an entry is small talk ("no thanks"), or most of its phrasings are negated: "my card does not work"."""
    return intent.topic == SMALLTALK or sum(denied) > DENYING_SHARE * len(denied)


def _is_tag(typed: Sequence[str], at: int) -> bool:
    """Whether a negation closes a question: "…, is it not", "…, doesn't it"; not "what isn't it"."""
    return (
        at >= len(typed) - 2
        and at > 0
        and typed[0] not in QUESTION_WORDS
        and all(word in SHORT_QUESTIONS for word in (typed[at - 1], *typed[at + 1 :]))
    )


def wanted(reading: Reading) -> frozenset[str]:
    """The kinds of things that a message wants to know, by its question words."""
    typed = [word for token in reading.tokens for word in token.typed.split()]
    found = {ASKED_ANYWHERE[pair] for pair in pairwise(typed) if pair in ASKED_ANYWHERE}
    for word, after in islice(pairwise(typed), 2):
        if word in ASKED_FIRST and (word.startswith("who") or after in VERBS_OF_QUESTIONS):
            found.add(ASKED_FIRST[word])
    return frozenset(found)
