"""What was said before: the context of a conversation, and what a short message means in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from bot.text import words

MORE = frozenset(map(words, ("more", "tell me more", "go on", "what else", "and then")))
NUMBERS = frozenset(map(words, ("numbers", "number", "the numbers", "show the numbers", "emergency numbers")))
HELP = frozenset(map(words, ("help", "help me", "i need help", "please help")))
GOODBYE = frozenset(
    map(words, ("bye", "bye bye", "goodbye", "good bye", "good night", "see you", "see ya", "cya", "cheerio"))
)
# What somebody says who takes an alarm back: nothing but words of both lists, one of the first among them.
TAKING_BACK = frozenset(
    "ok okay fine alright safe better kidding joking joke joked forget nvm nevermind mind ignore".split()
)
PADDING = frozenset(
    """i am it is was were just only really now honestly please sorry never that this all of about lol haha hehe a me my
    what said thanks thank you good feeling feel much so totally to be no worries yes yeah everything we both are right
    and but again here well actually""".split()
)
FEW_WORDS = 8  # of a message that goes on with what was said last
VERSION = 1
REMEMBERED = 12  # told intents kept, so that a context stays small


@dataclass(frozen=True, slots=True)
class Context:
    """What must be remembered from one message to the next; the channel hands it back. Small and immutable."""

    intents: tuple[str, ...] = ()  # of the last reply
    entities: tuple[str, ...] = ()  # named last
    choices: tuple[str, ...] = ()  # intents offered last, in the order of their numbers
    told: tuple[str, ...] = ()  # intents answered in this conversation
    flag: str = ""  # the safety category that flagged the conversation
    refusals: int = 0
    region: str = ""
    version: int = VERSION

    def to_dict(self) -> dict[str, Any]:
        """The context as JSON values."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Context:
        """The context that `to_dict` gave; a fresh one where it is rubbish or of another version."""
        if not isinstance(values, Mapping) or values.get("version") != VERSION:
            return cls()
        kept: dict[str, Any] = {}
        for field in fields(cls):
            value = values.get(field.name, field.default)
            if isinstance(field.default, tuple):
                if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
                    return cls()
                value = tuple(value)
            elif type(value) is not type(field.default):
                return cls()
            kept[field.name] = value
        return cls(**kept)

    def remembering(self, told: tuple[str, ...]) -> tuple[str, ...]:
        """The told intents with new ones, each once, the oldest forgotten first."""
        return tuple(dict.fromkeys((*self.told, *told)))[-REMEMBERED:]


def asks_for_more(message: str) -> bool:
    """Whether a message only asks to go on."""
    return words(message) in MORE


def asks_for_numbers(message: str, context: Context) -> bool:
    """Whether a message asks for the emergency numbers; in a flagged conversation "help" does."""
    return words(message) in NUMBERS or (bool(context.flag) and words(message) in HELP)


def says_goodbye(message: str) -> bool:
    """Whether a message only takes leave, thanks aside."""
    said = tuple(word for word in words(message) if word not in ("thanks", "thank", "you", "ok", "okay", "for", "now"))
    return said in GOODBYE or words(message) in GOODBYE


def takes_back(message: str) -> bool:
    """Whether a message only plays down what was said before: "I'm ok", "just kidding", "forget it"."""
    said = words(message)
    asks = message.rstrip().endswith("?") or said[:1] in (("is",), ("are",))
    return not asks and not TAKING_BACK.isdisjoint(said) and set(said) <= TAKING_BACK | PADDING


def goes_on(message: str) -> bool:
    """Whether a message is short enough to belong to what was said last."""
    return len(words(message)) <= FEW_WORDS


def picked(message: str, context: Context) -> str:
    """The intent that a bare number picks among the choices offered last; empty where it picks none."""
    number = message.strip().rstrip(".)")
    if number.isascii() and number.isdigit() and 1 <= int(number[:4]) <= len(context.choices):
        return context.choices[int(number[:4]) - 1]
    return ""
