"""What must be remembered from one message to the next: a small, frozen value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from bot.knowledge.values import NONE_OF_THESE

VERSION = 4
REMEMBERED = 40  # told intents kept, so that a context stays small
LONGEST = 80  # characters of an id that is kept
LONGEST_FRAME = 160  # characters of a phrasing that is kept
MOST_CHOICES = 200  # a whole list of topics
FORGOTTEN = 5  # turns after which topic and choices are forgotten where nothing took them up
HIGHEST = 1000  # of a count
THIRD_PERSON, ALSO_CRISIS = "third_person", "also_crisis"  # it is about somebody else; the crisis line belongs to it


@dataclass(frozen=True, slots=True)
class Context:
    """What must be remembered from one message to the next; the channel hands it back. Small and immutable.

    It holds ids and phrasings of the base, never words of a person.
    """

    intents: tuple[str, ...] = ()  # answered last, or the category of a reply of safety; "" for a part that was not
    entities: tuple[str, ...] = ()  # named last
    choices: tuple[str, ...] = ()  # intents offered last, in the order of their numbers
    told: tuple[str, ...] = ()  # intents answered in this conversation
    frame: str = ""  # the phrasing of the base that the last question came nearest to
    idle: int = 0  # turns since topic or choices were set
    declines: int = 0  # in a row
    flag: str = ""  # the safety category that flagged the conversation
    refusals: tuple[str, ...] = ()  # the safety categories that were refused, in order, with repeats
    alarm: tuple[str, ...] = ()  # what the last alarm was besides its category: THIRD_PERSON, ALSO_CRISIS
    left: tuple[str, ...] = ()  # intents that a long message asked for, and that are yet to be answered
    whole: int = 0  # whether the whole of the last answers was given already
    region: str = ""
    version: int = VERSION

    @property
    def asked(self) -> bool:
        """Whether the bot has asked back, and waits for a pick."""
        return NONE_OF_THESE in self.choices

    def to_dict(self) -> dict[str, Any]:
        """The context as JSON values."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Context:
        """The context that `to_dict` gave; a fresh one where it is rubbish, too large or of another version."""
        if not isinstance(values, Mapping) or values.get("version") != VERSION:
            return cls()
        kept: dict[str, Any] = {}
        for field in fields(cls):
            value = values.get(field.name, field.default)
            if isinstance(field.default, tuple) and isinstance(value, list):
                value = tuple(value)
            if not _sound(field.name, value, field.default):
                return cls()
            kept[field.name] = value
        return cls(**kept)

    def aged(self) -> Context:
        """The context one turn later; what nothing took up for some turns is forgotten, a flag never."""
        if self.idle < FORGOTTEN:
            return replace(self, idle=self.idle + 1)
        return replace(self, intents=(), entities=(), choices=(), left=(), frame="", idle=0)

    def refusing(self, category: str) -> tuple[str, ...]:
        """The refusals with another one, the oldest forgotten first."""
        return (*self.refusals, category)[-REMEMBERED:]

    def remembering(self, told: Sequence[str]) -> tuple[str, ...]:
        """The told intents with new ones, each once, the oldest forgotten first."""
        return tuple(dict.fromkeys((*self.told, *told)))[-REMEMBERED:]


def _sound(name: str, value: object, default: object) -> bool:
    """Whether a value is one that a context may have."""
    if isinstance(default, tuple):
        most = MOST_CHOICES if name == "choices" else REMEMBERED
        if not isinstance(value, tuple) or len(value) > most:
            return False
        return all(isinstance(item, str) and len(item) <= LONGEST for item in value)
    if isinstance(value, str):
        return isinstance(default, str) and len(value) <= (LONGEST_FRAME if name == "frame" else LONGEST)
    return type(value) is int and isinstance(default, int) and 0 <= value <= HIGHEST
