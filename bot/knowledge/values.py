"""What a knowledge base is made of, as immutable values."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot.errors import ContentError, Problem

if TYPE_CHECKING:
    from bot.knowledge.limits import Calibration
    from bot.knowledge.rules import Safety

FORMS = ("negated", "reversed", "opposite")  # forms of a question that an entry may answer as well
HASH_DIGITS = 16  # hexadecimal; enough to tell any two contents apart
SMALLTALK = "smalltalk"  # the topic of what is said beside questions; it does not change the subject
NONE_OF_THESE = "none_of_these"  # the last choice of every question back; no intent may have this id
CLOSINGS = ("emergency_line", "crisis_line")


class Place(NamedTuple):
    """Where a value was read: file and line (0 where there is no file)."""

    path: Path
    line: int


class Source(NamedTuple):
    """The document, by its id, and the section that a fact stands in."""

    document: str
    section: str


class Review(NamedTuple):
    """Who read an entry or a rule, by role, and until when that holds (dates as YYYY-MM-DD)."""

    on: str
    role: str
    due: str


class Intent(NamedTuple):
    """Something people want to know, and how they say it."""

    id: str
    topic: str
    title: str
    phrasings: tuple[str, ...]
    about: tuple[str, ...] = ()
    reads_right_for: frozenset[str] = frozenset()
    lookalikes: tuple[str, ...] = ()  # `not:` in the file
    place: Place = Place(Path(), 0)


class Entry(NamedTuple):
    """What the bot says for an intent: Markdown, the answer first."""

    intent: str
    short: str
    text: str
    sources: tuple[Source, ...] = ()
    follow_ups: tuple[str, ...] = ()
    closing: str = ""  # a key of the region's lines, or nothing
    reviewed: Review | None = None
    handover: bool = False  # whether whoever gets this answer asked for a person
    place: Place = Place(Path(), 0)


class Entity(NamedTuple):
    """A thing that questions name: a drug, a class, an organ, a condition, an animal."""

    id: str
    name: str
    kind: str
    aliases: tuple[str, ...]
    classes: tuple[str, ...] = ()  # `is:` in the file
    covered: bool = True
    endings: tuple[str, ...] = ()  # of words that name a thing of this sort, each by itself
    place: Place = Place(Path(), 0)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The things a base knows by name, and the words that mean the same in it."""

    entities: Mapping[str, Entity] = field(default_factory=dict)
    synonyms: tuple[tuple[str, ...], ...] = ()
    slips: Mapping[str, str] = field(default_factory=dict)

    def lineage(self, entity: str) -> Iterator[str]:
        """The entity and every class it belongs to, nearest first."""
        seen = {entity}
        queue = [entity]
        while queue:
            current = queue.pop(0)
            yield current
            known = self.entities.get(current)
            for parent in known.classes if known else ():
                if parent not in seen:
                    seen.add(parent)
                    queue.append(parent)


class Document(NamedTuple):
    """A source: what it is called, what it is, and the sections it has."""

    id: str
    label: str
    kind: str
    sections: tuple[str, ...] = ()


class Topic(NamedTuple):
    """A file of intents."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """Everything one bot knows. Built by `load`, `from_mapping`, and nothing else; never changed afterwards."""

    intents: Mapping[str, Intent]
    entries: Mapping[str, Entry]
    topics: Mapping[str, Topic]
    lexicon: Lexicon
    documents: Mapping[str, Document]
    voice: Mapping[str, str]  # answers/bot.yaml: every sentence the bot says of itself
    hash: str  # of every file read; hexadecimal, 16 digits
    safety: Safety | None = None  # None: the owner wrote `alarms: off`
    warnings: tuple[str, ...] = ()  # what an owner should hear at start
    calibration: Calibration | None = None  # intents/limits.yaml; None: the limits that ship hold

    @classmethod
    def from_mapping(cls, phrasings: Mapping[str, Sequence[str]], lexicon: Lexicon | None = None) -> KnowledgeBase:
        """A base without files: intent ids with their phrasings, the first of which serves as the title.

        The bot's own words and the alarms are those that ship.

        Raises ContentError where an intent has no phrasing, or an empty one.
        """
        problems = [
            Problem(Path("<mapping>"), 0, f"intent {intent!r} needs at least one phrasing: a list of texts, none empty")
            for intent, examples in phrasings.items()
            if not _is_text(intent)
            or not isinstance(examples, Sequence)
            or not examples
            or isinstance(examples, str)
            or not all(map(_is_text, examples))
        ]
        if problems:
            raise ContentError(problems)
        intents = {
            intent: Intent(intent, "", examples[0], tuple(dict.fromkeys(examples)))
            for intent, examples in phrasings.items()
        }
        entries = {intent: Entry(intent, value.title, value.title) for intent, value in intents.items()}
        lexicon = lexicon or Lexicon()
        said = sorted((i, v.phrasings) for i, v in intents.items())
        digest = hashlib.sha256(repr((said, lexicon)).encode()).hexdigest()
        from bot.knowledge.read import shipped_safety, shipped_voice  # they are read into these values

        voice, safety = shipped_voice(), shipped_safety()
        return cls(intents, entries, {}, lexicon or Lexicon(), {}, voice, digest[:HASH_DIGITS], safety)

    def title(self, intent: str) -> str:
        """What a person taps for this intent."""
        return self.intents[intent].title

    def spoken(self) -> Iterator[str]:
        """Every way of asking that the base knows: titles, phrasings, and what only looks like them."""
        for intent in self.intents.values():
            yield from (intent.title, *intent.phrasings, *intent.lookalikes)

    def of_topic(self, topic: str) -> tuple[Intent, ...]:
        """The intents of a topic, in the order of the file."""
        return tuple(intent for intent in self.intents.values() if intent.topic == topic)


def _is_text(value: object) -> bool:
    """Whether a value is a text with something in it."""
    return isinstance(value, str) and bool(value.strip())


def shipped() -> Path:
    """The folder of the content that ships: inside the package, or at the top of a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "content"
    return inside if inside.is_dir() else package.parent
